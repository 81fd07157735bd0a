import { describe, expect, it } from "@effect/vitest"
import { SchemaAST as AST, Either, Option, Schema } from "effect"
import { ConfigFile } from "../../src/schemas/Config.ts"
import { decode } from "../../src/schemas/config/decode.ts"
import { nearest } from "../../src/schemas/config/spelling.ts"

interface Key {
  readonly path: string
  readonly signature: AST.PropertySignature
}

/** Every key of a schema, those of lists, records and unions included. */
const keysOf = (ast: AST.AST, path = ""): ReadonlyArray<Key> => {
  switch (ast._tag) {
    case "TypeLiteral":
      return [
        ...ast.propertySignatures.flatMap((signature) => {
          const own = `${path}.${String(signature.name)}`
          return [{ path: own, signature }, ...keysOf(signature.type, own)]
        }),
        ...ast.indexSignatures.flatMap(({ type }) => keysOf(type, `${path}.<key>`))
      ]
    case "TupleType":
      return ast.rest.flatMap(({ type }) => keysOf(type, `${path}[]`))
    case "Union":
      return ast.types.flatMap((type) => keysOf(type, path))
    default:
      return []
  }
}

const keys = keysOf(ConfigFile.ast).map((key): [string, AST.PropertySignature] => [key.path, key.signature])

describe("every key", () => {
  it.each(keys)("%s says what it means", (_, signature) => {
    expect(Option.getOrElse(AST.getDescriptionAnnotation(signature), () => "")).toMatch(/^[A-Z`].*\.$/)
  })

  const withDefault = keys.flatMap(([path, signature]) =>
    Option.match(AST.getDefaultAnnotation(signature), {
      onNone: () => [],
      onSome: (value): ReadonlyArray<[string, unknown, AST.AST]> => [[path, value, signature.type]]
    })
  )

  it.each(withDefault)("%s accepts its own default", (_, value, type) => {
    expect(Schema.is(Schema.make(AST.typeAST(type)))(value)).toBe(true)
  })

  it.each(
    withDefault.filter(([path]) => /^\.(imessage(?!\.(groups|accounts)\.)|retention|shutdownMs)/.test(path))
  )("%s is documented with the default that it gets", (path, value) => {
    const config = Either.getOrThrow(decode({ text: "{}", file: "", env: { HOME: "~" } }))
    const resolved = path
      .slice(1)
      .split(".")
      .reduce<unknown>(
        (at, key) =>
          typeof at === "object" && at !== null ? Object.entries(at).find(([k]) => k === key)?.[1] : at,
        { ...config, imessage: config.accounts[0] }
      )
    expect(resolved).toEqual(value)
  })
})

describe("the nearest word", () => {
  const words = ["allowFrom", "dmPolicy", "dbPath", "id", "list"]

  it.each([
    ["alowFrom", "allowFrom"],
    ["allowfrom", "allowFrom"],
    ["allwoFrom", "allowFrom"],
    ["dmPolciy", "dmPolicy"],
    ["dbPaths", "dbPath"],
    ["ids", "id"],
    ["lits", "list"],
    ["defaults", undefined],
    ["ui", undefined],
    ["", undefined]
  ])("to %s is %s", (word, meant) => {
    expect(nearest(word, words)).toBe(meant)
  })
})
