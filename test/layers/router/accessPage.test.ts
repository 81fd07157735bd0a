import { FileSystem } from "@effect/platform"
import { NodeFileSystem } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Either } from "effect"
import { admits, parseAllowList } from "../../../src/schemas/AllowList.ts"
import { decode } from "../../../src/schemas/config/decode.ts"
import { makeEnvelope } from "../../support/envelopes.ts"
import { parts, withParts } from "./accessMarkdown.ts"
import { refusals, spellings } from "./accessSpellings.ts"

const readPage = Effect.flatMap(FileSystem.FileSystem, (fileSystem) =>
  fileSystem.readFileString("docs/access.md")
).pipe(Effect.provide(NodeFileSystem.layer))

describe("docs/access.md", () => {
  it.effect("has the tables that the Router is tested by (else run `npm run docs`)", () =>
    Effect.map(readPage, (page) => expect(page).toBe(withParts(page)))
  )

  it.effect("has a place for each of them", () =>
    Effect.map(readPage, (page) =>
      expect(Object.keys(parts).filter((name) => !page.includes(`<!-- made: ${name} -->`))).toEqual([])
    )
  )

  it.effect("has examples that a gateway starts with, and without a warning about who is let in", () =>
    Effect.map(readPage, (page) => {
      const examples = [...page.matchAll(/```json5\n([\s\S]*?)```/gu)].map(([, text = ""]) => text)
      expect(examples.length).toBeGreaterThan(0)
      for (const text of examples) {
        const config = Either.getOrThrow(decode({ text, file: "example", env: {} }))
        expect(config.warnings.filter((warning) => !/echo/u.test(warning))).toEqual([])
      }
    })
  )

  it.effect("links only to pages that are there", () =>
    Effect.gen(function* () {
      const page = yield* readPage
      const fileSystem = yield* FileSystem.FileSystem
      const pages = [...page.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/gu)].map(([, path = ""]) => path)
      const missing = yield* Effect.filter(pages, (path) => fileSystem.exists(`docs/${path}`), {
        negate: true
      })
      expect(missing).toEqual([])
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )
})

describe("an entry of the table of what is refused", () => {
  it.each(refusals)("keeps a gateway from starting: $entry", ({ entry }) => {
    const text = JSON.stringify({ imessage: { allowFrom: [entry] } })
    const refused = Either.getOrThrow(Either.flip(decode({ text, file: "example", env: {} })))
    expect(refused.problems.map(({ path }) => path)).toEqual(["imessage.allowFrom[0]"])
  })
})

describe("an entry of the table of spellings", () => {
  const isIn = (entry: string, envelope: Parameters<typeof makeEnvelope>[0]) =>
    admits(parseAllowList([entry], "US"), makeEnvelope(envelope))

  for (const { entry, lets, names, refuses } of spellings) {
    it(`names ${names}: ${entry}`, () => {
      expect({
        lets: lets === undefined || isIn(entry, lets),
        refuses: refuses === undefined || !isIn(entry, refuses)
      }).toEqual({ lets: true, refuses: true })
    })
  }
})
