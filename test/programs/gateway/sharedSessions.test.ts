/** Whether people share a session that nobody chose. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Option } from "effect"
import * as PairingStoreSql from "../../../src/layers/pairing/PairingStoreSql.ts"
import * as DatabaseSqlite from "../../../src/layers/sqlite/DatabaseSqlite.ts"
import { approvalsIn } from "../../../src/programs/commands/doctor/approvals.ts"
import { memoryCheck, sessionsCheck } from "../../../src/programs/commands/doctor/sharedSessions.ts"
import { describeShared, sharedSessions } from "../../../src/programs/gateway/sharedSessions.ts"
import { STORE_FILE } from "../../../src/schemas/storeFile.ts"
import { PairingStore } from "../../../src/services/PairingStore.ts"
import { type ConfigFileContent, makeConfig } from "../../support/configs.ts"
import { ALICE, BOB } from "../../support/envelopes.ts"
import { codeOf } from "../../support/pairing.ts"

const twoAgents = { list: [{ id: "main" }, { id: "bobs" }] }
const bobsAgent = [{ agentId: "bobs", match: { channel: "imessage", peer: { kind: "direct", id: BOB } } }]

describe("a session is shared", () => {
  const rows: ReadonlyArray<{
    readonly what: string
    readonly config: ConfigFileContent
    readonly approved?: ReadonlyArray<string>
    readonly shared: ReadonlyArray<string>
  }> = [
    { what: "by nobody who is not let in", config: {}, shared: [] },
    { what: "by nobody where one is listed", config: { imessage: { allowFrom: [ALICE] } }, shared: [] },
    { what: "by two who are listed", config: { imessage: { allowFrom: [ALICE, BOB] } }, shared: ["main 2"] },
    {
      what: "by one who is listed and one who was approved",
      config: { imessage: { allowFrom: [ALICE] } },
      approved: [BOB],
      shared: ["main 2"]
    },
    {
      what: "by nobody who was approved under a policy by which that does not count",
      config: { imessage: { dmPolicy: "allowlist", allowFrom: [ALICE] } },
      approved: [BOB],
      shared: []
    },
    {
      what: "by nobody where direct messages are disabled",
      config: { imessage: { dmPolicy: "disabled", allowFrom: [ALICE, BOB] } },
      shared: []
    },
    {
      what: "by everyone under an open policy",
      config: { imessage: { dmPolicy: "open", allowFrom: ["*"] } },
      shared: ["main everyone"]
    },
    {
      what: "not by the two handles of one person",
      config: { imessage: { allowFrom: [ALICE] }, people: { sam: [ALICE, BOB] } },
      approved: [BOB],
      shared: []
    },
    {
      what: "not by two who have an agent each",
      config: { imessage: { allowFrom: [ALICE, BOB] }, agents: twoAgents, bindings: bobsAgent },
      shared: []
    },
    {
      what: "by those who write to one agent through two accounts",
      config: {
        imessage: {
          accounts: { default: { allowFrom: [ALICE] }, other: { allowFrom: [BOB], cliPath: "/o" } }
        }
      },
      shared: ["main 2"]
    },
    {
      what: "by nobody where each is bound to an agent, be it by one service",
      config: {
        imessage: { allowFrom: [ALICE, `sms:${BOB}`] },
        agents: { list: [{ id: "main" }, { id: "other" }] },
        bindings: [{ agentId: "other", match: { peer: { kind: "direct", id: `sms:${BOB}` } } }]
      },
      shared: []
    },
    {
      what: "by nobody where a scope was chosen, be it main",
      config: { imessage: { allowFrom: [ALICE, BOB] }, session: { dmScope: "main" } },
      shared: []
    }
  ]
  for (const { approved = [], config, shared, what } of rows) {
    it(what, () => {
      const approvals = approved.map((sender) => ({ accountId: "default", sender }))
      expect(
        sharedSessions(makeConfig(config), approvals).map(
          ({ agentId, isForEveryone, people }) => `${agentId} ${isForEveryone ? "everyone" : people}`
        )
      ).toEqual(shared)
    })
  }

  it("is said with who shares it, and what to do", () => {
    const config = makeConfig({ imessage: { allowFrom: [ALICE, BOB] } })
    expect(describeShared(sharedSessions(config, []))).toContain("may write to main (2 people)")
    expect(sessionsCheck(config, Option.some([]))).toMatchObject({
      status: "warning",
      remedy: expect.stringContaining('session.dmScope to "per-channel-peer"')
    })
  })

  it("is in order where it is not", () => {
    expect(sessionsCheck(makeConfig({}), Option.some([]))).toMatchObject({ status: "ok" })
    expect(sessionsCheck(makeConfig({ session: { dmScope: "per-peer" } }), Option.none())).toMatchObject({
      status: "ok",
      detail: 'session.dmScope is "per-peer"'
    })
  })

  it("is not known where nobody can say who was approved, unless nobody can be", () => {
    expect(sessionsCheck(makeConfig({}), Option.none())).toMatchObject({
      status: "warning",
      detail: expect.stringContaining("it is not known who was approved")
    })
    expect(sessionsCheck(makeConfig({ imessage: { dmPolicy: "allowlist" } }), Option.none())).toMatchObject({
      status: "ok"
    })
  })

  it.scoped("is known from the store, where no gateway runs", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const dir = yield* fs.makeTempDirectoryScoped()
      expect(yield* approvalsIn({ stateDir: dir })).toEqual(Option.some([]))
      const store = Layer.provide(PairingStoreSql.layer, DatabaseSqlite.layer(`${dir}/${STORE_FILE}`))
      yield* Effect.gen(function* () {
        const { approve } = yield* PairingStore
        for (const sender of [ALICE, BOB]) yield* approve(yield* codeOf(sender))
      }).pipe(Effect.provide(store))
      expect(sessionsCheck(makeConfig({}), yield* approvalsIn({ stateDir: dir }))).toMatchObject({
        status: "warning",
        detail: expect.stringContaining("may write to main (2 people)")
      })
      yield* fs.writeFileString(
        `${dir}/${STORE_FILE}`,
        "no database at all, but long enough for a header. ".repeat(99)
      )
      expect(yield* approvalsIn({ stateDir: dir })).toEqual(Option.none())
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("what doctor says of agents that remember by session", () => {
  const agents = (scope: "person" | "session") => ({
    list: [
      {
        id: "main",
        runtime: { type: "openai", baseUrl: "http://localhost:11434/v1", model: "llama" },
        memory: { scope }
      }
    ]
  })
  const both = { imessage: { allowFrom: [ALICE, BOB] } }
  const rows: ReadonlyArray<{
    readonly what: string
    readonly config: ConfigFileContent
    readonly approvals?: Option.Option<ReadonlyArray<{ readonly accountId: string; readonly sender: string }>>
    readonly says: ReadonlyArray<object>
  }> = [
    {
      what: "is nothing where they remember people",
      config: { ...both, agents: agents("person") },
      says: []
    },
    { what: "is nothing of an agent that remembers nothing", config: both, says: [] },
    {
      what: "is a warning where several share one",
      config: { ...both, agents: agents("session") },
      says: [{ id: "memory", status: "warning", detail: expect.stringContaining("main (2 people)") }]
    },
    {
      what: "is a warning also where somebody has chosen that they share one",
      config: { ...both, agents: agents("session"), session: { dmScope: "main" } },
      says: [{ status: "warning", remedy: expect.stringContaining("Take memory.scope out") }]
    },
    {
      what: "is a warning where one was listed and one was approved",
      config: { imessage: { allowFrom: [ALICE] }, agents: agents("session") },
      approvals: Option.some([{ accountId: "default", sender: BOB }]),
      says: [{ status: "warning", detail: expect.stringContaining("main (2 people)") }]
    },
    {
      what: "is in order where each has a session",
      config: { ...both, agents: agents("session"), session: { dmScope: "per-peer" } },
      says: [{ status: "ok", detail: expect.stringContaining('under "per-peer"') }]
    },
    {
      what: "is in order where there is but one",
      config: { imessage: { allowFrom: [ALICE] }, agents: agents("session") },
      says: [{ status: "ok", detail: expect.stringContaining("no more than one person") }]
    },
    {
      what: "is a warning where nobody can say who was approved",
      config: { imessage: { allowFrom: [ALICE] }, agents: agents("session") },
      approvals: Option.none(),
      says: [{ status: "warning", detail: expect.stringContaining("it is not known who was approved") }]
    }
  ]
  for (const { approvals = Option.some([]), config, says, what } of rows) {
    it(what, () => expect(memoryCheck(makeConfig(config), approvals)).toMatchObject(says))
  }
})
