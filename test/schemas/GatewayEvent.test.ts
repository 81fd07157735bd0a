import { FileSystem } from "@effect/platform"
import { NodeFileSystem } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, SchemaAST } from "effect"
import { GatewayEvent } from "../../src/schemas/GatewayEvent.ts"

const tagOf = (ast: SchemaAST.AST): string => {
  const type = SchemaAST.getPropertySignatures(ast).find(({ name }) => name === "_tag")?.type
  return type?._tag === "Literal" ? String(type.literal) : ""
}

describe("the events in docs/web.md", () => {
  it.effect("are those that there are, each with its fields", () =>
    Effect.gen(function* () {
      const fileSystem = yield* FileSystem.FileSystem
      const page = yield* fileSystem.readFileString("docs/web.md")
      const [, table = ""] = page.split("### Events")
      const told = [...table.matchAll(/^\| `(\w+)` \| .* \| ([^|]+) \|$/gmu)].map(([, name, fields = ""]) => [
        name,
        [...fields.matchAll(/`(\w+)`/gu)].map(([, field]) => field).sort()
      ])
      const there = GatewayEvent.members.map((member) => [
        tagOf(member.ast),
        Object.keys(member.fields)
          .filter((field) => field !== "_tag")
          .sort()
      ])
      expect(Object.fromEntries(told)).toEqual(Object.fromEntries(there))
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )

  it.effect("have every outcome of a turn", () =>
    Effect.gen(function* () {
      const fileSystem = yield* FileSystem.FileSystem
      const page = yield* fileSystem.readFileString("docs/web.md")
      const row = /^\| `TurnEnded` .*$/mu.exec(page)?.[0] ?? ""
      const turnEnded = GatewayEvent.members.find(
        (member) => "outcome" in member.fields && "turnId" in member.fields
      )
      const outcomes =
        turnEnded !== undefined && "outcome" in turnEnded.fields ? turnEnded.fields.outcome.literals : []
      expect(outcomes.length).toBeGreaterThan(0)
      for (const outcome of outcomes) expect(row).toContain(`\`${outcome}\``)
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )
})
