/** What is said of the bridge, what is refused without it, and how it changes while a child lives. */
import { Command } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { BridgeSetting } from "../../../../src/programs/simulator/bridge/BridgeState.ts"
import { ALICE, setUp } from "../world.ts"

const OFF = "The bridge is not started. Run imsg launch explicitly before using bridge methods."

describe("the bridge of a running child", () => {
  it.scopedLive("comes, loses what a Mac lacks, is of another version, and goes", () =>
    Effect.gen(function* () {
      const { chats, client } = yield* setUp()
      const said = (setting: BridgeSetting) =>
        Effect.gen(function* () {
          yield* chats.setBridge(setting)
          const { result } = yield* client.request("status")
          return result
        })
      const off = yield* said({})
      expect(off).toMatchObject({ bridge: { ready: false, error: OFF }, capabilities: { features: {} } })
      expect(off?.methods).not.toContain("tapback")

      const on = yield* said({ state: "on" })
      expect(on).toMatchObject({
        bridge: { ready: true, bridge_version: 2, v2_ready: true, selectors: { retractMessagePart: true } },
        capabilities: { features: { "tapback.emoji": 2 } },
        methods: expect.arrayContaining(["tapback", "message.unsend", "send.tracked"])
      })
      expect(on?.methods).toEqual(on?.supported_methods)

      const less = yield* said({ without: ["retractMessagePart", "emojiTapbackSend"] })
      expect(less).toMatchObject({
        bridge: { ready: true, selectors: { retractMessagePart: false, emojiTapbackSend: false } },
        capabilities: { features: {} }
      })
      expect(less?.methods).not.toContain("message.unsend")
      expect(less?.methods).toContain("message.edit")

      const stale = yield* said({ state: "stale" })
      expect(stale).toMatchObject({
        bridge: { ready: false, error: expect.stringContaining("helper_version_mismatch") }
      })
      expect(stale?.methods).not.toContain("message.edit")
      expect(stale?.supported_methods).toContain("message.edit")
    })
  )

  it.scopedLive("is the same for every process on the database, whatever the child was started with", () =>
    Effect.gen(function* () {
      const { chat, chats, client } = yield* setUp([], { bridge: true })
      const typing = Effect.map(client.request("typing", { chat_id: chat.id }), ({ error }) => error?.code)
      expect(yield* typing).toBeUndefined()
      yield* chats.setBridge({ state: "off" })
      expect(yield* typing).toBe(-32603)
    })
  )
})

describe("without what it needs a change is refused", () => {
  const EDIT = ["message.edit", { chat_id: 1, message_id: "x", text: "y" }] as const
  for (const [build, bridge, [method, params], expected] of [
    ["0.15.0", { state: "off" }, ["typing", { to: ALICE }], { data: { detail: OFF } }],
    [
      "0.15.0",
      { state: "off" },
      EDIT,
      { data: { detail: OFF, operation: "message.edit", retry_safe: true } }
    ],
    [
      "0.15.0",
      { state: "stale" },
      EDIT,
      { data: { disposition: "not_started", detail: expect.stringContaining("helper_version_mismatch") } }
    ],
    [
      "0.15.0",
      { state: "on", without: ["editMessageItem"] },
      EDIT,
      { data: { disposition: "not_started", detail: expect.stringContaining("no editMessageItem") } }
    ],
    ["0.13.0", { state: "off" }, EDIT, { message: "Internal error", data: OFF }],
    ["0.13.0", { state: "stale" }, EDIT, { data: expect.stringContaining("helper_version_mismatch") }],
    ["0.13.0", { state: "on" }, EDIT, { data: "Dylib error: Message not found: x" }]
  ] as const) {
    it.scopedLive(`${method} in ${build} with a bridge ${JSON.stringify(bridge)}`, () =>
      Effect.gen(function* () {
        const { client } = yield* setUp([], { build, bridge })
        expect((yield* client.request(method, params)).error).toMatchObject({ code: -32603, ...expected })
      })
    )
  }

  it.scopedLive("and a read too, in its own way", () =>
    Effect.gen(function* () {
      const { chats, client } = yield* setUp([], { bridge: { state: "stale" } })
      const check = client.request("handles.check", { address: ALICE })
      expect((yield* check).error).toMatchObject({
        code: -32003,
        data: { detail: expect.stringContaining("helper_version_mismatch"), retryable: true }
      })
      yield* chats.setBridge({ state: "on" })
      expect((yield* check).result).toMatchObject({ ok: true, available: true, alias_type: "phone" })
    })
  )

  it.scopedLive("and what a build never knew is unknown", () =>
    Effect.gen(function* () {
      for (const [build, method] of [
        ["0.8.0", "tapback"],
        ["0.9.0", "poll.send"],
        ["0.12.0", "poll.unvote"],
        ["0.14.1", "send.tracked"],
        ["0.15.0", "typing.start"]
      ] as const) {
        const { client } = yield* setUp([], { build, bridge: true })
        expect([method, (yield* client.request(method)).error?.code]).toEqual([method, -32601])
      }
    })
  )
})

describe("imsg status", () => {
  it.scopedLive("says as JSON what builds before 0.14 can do", () =>
    Effect.gen(function* () {
      const { chats, cliPath } = yield* setUp([], { build: "0.9.0", bridge: true })
      const status = Effect.map(Command.string(Command.make(cliPath, "status", "--json")), (text) =>
        JSON.parse(text)
      )
      expect(yield* status).toMatchObject({
        version: "0.9.0",
        advanced_features: true,
        v2_ready: true,
        selectors: { retractMessagePart: true },
        rpc_methods: expect.arrayContaining(["typing", "tapback", "group.rename"])
      })
      yield* chats.setBridge({ state: "off" })
      expect(yield* status).toMatchObject({ advanced_features: false, v2_ready: false, selectors: {} })
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("typing of the first builds", () => {
  it.scopedLive("is two methods", () =>
    Effect.gen(function* () {
      const { asked, client } = yield* setUp([], { build: "0.5.0", bridge: true })
      for (const method of ["typing.start", "typing.stop"])
        expect((yield* client.request(method, { to: ALICE })).result).toEqual({ ok: true })
      expect(yield* asked("typing.start")).toEqual([{ to: ALICE }])
      expect((yield* client.request("typing", { to: ALICE })).error?.code).toBe(-32601)
    })
  )
})
