/** What agents remember, as its owner sees it and ends it: by commands, and through a gateway that runs. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Schema } from "effect"
import * as ConversationsSql from "../../src/layers/conversations/ConversationsSql.ts"
import * as DatabaseSqlite from "../../src/layers/sqlite/DatabaseSqlite.ts"
import { AuditEntry } from "../../src/schemas/Audit.ts"
import { ConversationRecord, ConversationWords } from "../../src/schemas/control/Records.ts"
import { STORE_FILE } from "../../src/schemas/storeFile.ts"
import { Conversations } from "../../src/services/Conversations.ts"
import { run } from "../support/command.ts"
import { ask, awaitControl } from "../support/control.ts"
import { brought, group, open, person, say, session, turnsOf } from "../support/conversations.ts"
import { ALICE, BOB } from "../support/envelopes.ts"
import { conversation, type Home, makeHome } from "../support/gateway.ts"

const Listed = Schema.parseJson(Schema.Array(ConversationRecord))
const Shown = Schema.parseJson(ConversationWords)
const Audited = Schema.parseJson(Schema.Array(AuditEntry))

/** Clears the screen, turns the direction, and begins a row of its own. */
const BAD = "\u001b[2J\u202e\nFORGED"

const onStoreOf = <A, E>({ stateDir }: Home, use: Effect.Effect<A, E, Conversations>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* fs.makeDirectory(stateDir, { recursive: true, mode: 0o700 })
    const store = Layer.provide(ConversationsSql.layer, DatabaseSqlite.layer(`${stateDir}/${STORE_FILE}`))
    return yield* Effect.provide(use, store)
  }).pipe(Effect.provide(NodeContext.layer))

const conversations = (home: Home, ...args: ReadonlyArray<string>) =>
  run("conversations", ...args, "--config", home.configFile)

const listed = (home: Home) =>
  Effect.flatMap(conversations(home, "list", "--json"), ({ stdout }) => Schema.decode(Listed)(stdout))

const audited = (home: Home) =>
  Effect.flatMap(run("audit", "--json", "--config", home.configFile), ({ stdout }) =>
    Schema.decode(Audited)(stdout)
  ).pipe(Effect.map((entries) => entries.map(({ by, event }) => `${by._tag} ${event._tag}`)))

const fill = Effect.gen(function* () {
  yield* say(person(ALICE), "t-1")
  yield* say(person("sam", BOB), "t-2", "t-3")
  yield* say(group("group:7"), "t-4")
  const shared = yield* open(session(ALICE, BOB))
  yield* (yield* Conversations).remember(
    brought(shared, { turnId: "t-5", asked: `said ${BAD}`, answered: "" })
  )
})

describe("a store without a gateway", () => {
  it.scopedLive("is listed, shown and cleared by commands, which the audit log has", () =>
    Effect.gen(function* () {
      const home = yield* makeHome({ people: { alex: [ALICE] } })
      expect(yield* conversations(home, "list")).toMatchObject({
        code: 0,
        stdout: "No agent remembers anything.\n"
      })
      yield* onStoreOf(home, fill)

      const all = yield* listed(home)
      expect(all.map(({ agentId, exchanges, kind, of }) => ({ agentId, exchanges, kind, of }))).toEqual([
        { agentId: "main", kind: "session", of: "agent:main:main", exchanges: 1 },
        { agentId: "main", kind: "group", of: "group:7", exchanges: 1 },
        { agentId: "main", kind: "person", of: "sam", exchanges: 2 },
        { agentId: "main", kind: "person", of: ALICE, exchanges: 1 }
      ])
      const table = (yield* conversations(home, "list")).stdout
      expect(table).toMatch(/^ID +AGENT +OF +EXCHANGES +BEGAN +LAST\n/u)
      expect(table).toContain(`alex (${ALICE})`)
      expect(table).toContain("session agent:main:main")

      const [shared, inGroup, sam] = all.map(({ id }) => String(id))
      const words = yield* conversations(home, "show", shared ?? "")
      expect(words.stdout).toContain("    said \\u001b[2J\\u202e\n    FORGED\nnothing was answered\n")
      const shown = yield* Schema.decode(Shown)(
        (yield* conversations(home, "show", sam ?? "", "--json")).stdout
      )
      expect(shown.said.map(({ answered }) => answered)).toEqual(["answered t-2", "answered t-3"])

      const cleared = yield* conversations(home, "clear", shared ?? "", inGroup ?? "")
      expect(cleared.stdout).toBe(
        "main remembers nothing of session agent:main:main any more.\nmain remembers nothing of group:7 any more.\n"
      )
      expect((yield* listed(home)).map(({ of }) => of)).toEqual(["sam", ALICE])
      expect(yield* audited(home)).toEqual([
        "CommandLine ConversationShown",
        "CommandLine ConversationShown",
        "CommandLine ConversationCleared",
        "CommandLine ConversationCleared"
      ])
    })
  )

  it.scopedLive("is cleared of a person by handle or name, and of everybody", () =>
    Effect.gen(function* () {
      const home = yield* makeHome({ people: { alex: [ALICE] } })
      yield* onStoreOf(home, fill)
      expect((yield* conversations(home, "clear", "--of", "(555) 555-0101")).stdout).toBe(
        "No agent remembers anything of (555) 555-0101 any more: 2 conversations were ended.\n"
      )
      expect((yield* listed(home)).map(({ of }) => of)).toEqual(["group:7", "sam"])
      expect((yield* conversations(home, "clear", "--of", "alex")).stdout).toBe(
        "No agent remembers anything of alex.\n"
      )
      expect(yield* conversations(home, "clear", "--all")).toMatchObject({ code: 0 })
      expect(yield* listed(home)).toEqual([])
    })
  )

  it.scopedLive("refuses what is not there, and to guess what is meant", () =>
    Effect.gen(function* () {
      const home = yield* makeHome({})
      for (const command of ["show", "clear"]) {
        expect(yield* conversations(home, command, "7")).toMatchObject({
          code: 1,
          stderr: expect.stringContaining("there is no conversation 7")
        })
      }
      for (const args of [[], ["--all", "7"], ["--all", "--of", ALICE]]) {
        expect(yield* conversations(home, "clear", ...args)).toMatchObject({ code: 2 })
      }
    })
  )
})

describe("a gateway that runs", () => {
  it.scopedLive("shows what is remembered and clears it, and is no hindrance to commands", () =>
    Effect.gen(function* () {
      const { home } = yield* conversation()
      yield* awaitControl(home)
      yield* onStoreOf(home, fill)
      const all = yield* Schema.decode(Listed)((yield* ask(home, "/conversations")).body)
      expect(all.map(({ of }) => of)).toEqual(["agent:main:main", "group:7", "sam", ALICE])
      const [shared, inGroup] = all.map(({ id }) => id)
      const words = yield* ask(home, `/conversations/${shared}`)
      expect(yield* Schema.decode(Shown)(words.body)).toMatchObject({
        said: [{ turnId: "t-5", answered: "" }]
      })
      expect(yield* ask(home, `/conversations/${inGroup}`, "DELETE")).toMatchObject({ status: 200 })
      const missing = yield* ask(home, `/conversations/${inGroup}`)
      expect(missing).toMatchObject({ status: 404, body: expect.stringContaining("conversation_not_found") })
      expect(yield* audited(home)).toEqual(["Socket ConversationShown", "Socket ConversationCleared"])

      // Beside it, on the same store: nothing that the gateway has in hand stands in the way.
      expect((yield* conversations(home, "clear", "--of", ALICE)).code).toBe(0)
      expect(yield* onStoreOf(home, turnsOf(person("sam", BOB)))).toEqual(["t-2", "t-3"])
      expect((yield* listed(home)).map(({ of }) => of)).toEqual(["sam"])
    })
  )
})
