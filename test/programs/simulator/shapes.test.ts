/** What builds from 0.14 answer, to the letter where a caller goes by it. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { eventually } from "../../support/simulator.ts"
import { ALICE, setUp, type World } from "./world.ts"

const NO_BRIDGE = "The bridge is not started. Run imsg launch explicitly before using bridge methods."
const ATTEMPT = "6f1c1f0e-8f5b-4c0a-9d7e-0123456789ab"

const sentTo = ({ chat, client }: World, params: object = {}, method = "send") =>
  client.request(method, { chat_id: chat.id, text: "hi", ...params })

const delivery = (disposition: string, detail: string, transport = "applescript") => ({
  retry_safe: disposition === "not_started",
  disposition,
  transport,
  operation: "send",
  detail
})

describe("a change that failed", () => {
  it.scopedLive("before it was begun is -32603 with a disposition", () =>
    Effect.gen(function* () {
      const world = yield* setUp()
      const { error } = yield* world.client.request("send", { chat_guid: "iMessage;-;nobody", text: "hi" })
      expect(error).toEqual({
        code: -32603,
        message: "Delivery failed before dispatch",
        data: delivery("not_started", "Messages automation failed with AppleScript error -1728.")
      })
    })
  )

  it.scopedLive("and is still in flight blocks all later ones of this child, and nothing else", () =>
    Effect.gen(function* () {
      const data = delivery("still_in_flight", "osascript still runs.")
      const failSend = { _tag: "failSend", code: -32001, message: "Delivery outcome unknown", data } as const
      const world = yield* setUp([failSend])
      expect((yield* sentTo(world)).error).toEqual({
        code: -32001,
        message: "Delivery outcome unknown",
        data
      })
      for (const _ of [1, 2]) {
        expect((yield* sentTo(world)).error).toEqual({
          code: -32004,
          message: "Mutation lane blocked",
          data: {
            ...data,
            detail: "A prior send remains in flight. Restart the RPC child before sending another mutation."
          }
        })
      }
      expect((yield* world.client.request("chats.list")).error).toBeUndefined()
      expect(yield* world.chats.sent()).toEqual([])
    })
  )
})

describe("what cannot be used now", () => {
  it.scopedLive("the database: why, and that it may be tried again; the same child recovers", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const world = yield* setUp([{ _tag: "denyFullDisk" }])
      const trouble = Effect.map(world.client.request("chats.list"), ({ error }) => error)
      const unavailable = (detail: string) => ({
        code: -32002,
        message: "Database unavailable",
        data: { path: world.dbPath, detail: expect.stringContaining(detail), retryable: true }
      })
      expect(yield* trouble).toEqual(unavailable("grant Full Disk Access to the supervising process"))
      yield* world.chats.clearFaults
      yield* fs.rename(world.dbPath, `${world.dbPath}.away`)
      expect(yield* trouble).toEqual(unavailable("does not exist"))
      const { result } = yield* world.client.request("status")
      expect(result?.database).toEqual({
        path: world.dbPath,
        ready: false,
        error: expect.stringContaining("does not exist")
      })
      expect(result?.methods).not.toContain("chats.list")
      yield* fs.rename(`${world.dbPath}.away`, world.dbPath)
      expect(yield* trouble).toBeUndefined()
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("the bridge: for what reads, for what changes something, and in what is said of it", () =>
    Effect.gen(function* () {
      const { chat, client } = yield* setUp()
      expect((yield* client.request("handles.check", { address: ALICE })).error).toEqual({
        code: -32003,
        message: "Bridge unavailable",
        data: { detail: NO_BRIDGE, retryable: true }
      })
      expect((yield* client.request("typing", { chat_id: chat.id })).error).toMatchObject({
        code: -32603,
        data: { disposition: "not_started", operation: "typing", detail: NO_BRIDGE }
      })
      const { result } = yield* client.request("status")
      expect(result).toMatchObject({
        database: { ready: true, features: { reactions: true } },
        bridge: { ready: false, error: NO_BRIDGE },
        contacts: { available: true },
        capabilities: { engine: { version: "0.15.0" }, features: {} },
        methods: expect.arrayContaining(["typing", "read"]),
        supported_methods: expect.arrayContaining(["send.tracked"])
      })
      expect(result?.methods).not.toContain("send.tracked")
    })
  )
})

describe("requests that are not as they should be", () => {
  it.scopedLive("without jsonrpc are none from 0.14", () =>
    Effect.gen(function* () {
      for (const [build, code] of [
        ["0.15.0", -32600],
        ["0.13.0", undefined]
      ] as const) {
        const { client } = yield* setUp([], { build })
        yield* client.line('{"id":7,"method":"chats.list"}')
        const frames = yield* eventually("an answer", client.frames, (all) => all.length > 0)
        expect([frames[0]?.id, frames[0]?.error?.code]).toEqual([7, code])
      }
    })
  )

  it.scopedLive("with limits and ids that cannot be are refused", () =>
    Effect.gen(function* () {
      const { chat, client } = yield* setUp()
      for (const [method, params] of [
        ["chats.list", { limit: 0 }],
        ["chats.get", { chat_id: 99 }],
        ["messages.history", { chat_id: chat.id, limit: 0 }],
        ["messages.after", { since_rowid: -1 }],
        ["messages.after", { since_rowid: 0, limit: -5 }],
        ["messages.search", { query: "hi", limit: 101 }],
        ["messages.search", { query: "" }],
        ["watch.subscribe", { buffer_limit: 5000 }]
      ] as const) {
        expect([method, (yield* client.request(method, params)).error?.code]).toEqual([method, -32602])
      }
    })
  )
})

describe("what came with 0.14 and 0.15", () => {
  it.scopedLive("one chat, and messages by their words", () =>
    Effect.gen(function* () {
      const { chat, client, hear } = yield* setUp()
      yield* hear("Über uns")
      yield* hear("nothing")
      expect((yield* client.request("chats.get", { chat_id: chat.id })).result).toMatchObject({
        id: chat.id,
        guid: chat.guid
      })
      const search = (params: object) =>
        Effect.map(client.request("messages.search", params), ({ result }) => result?.messages)
      expect(yield* search({ query: "über" })).toMatchObject([{ text: "Über uns", attachments: [] }])
      expect(yield* search({ query: "über", match: "exact" })).toEqual([])
    })
  )

  it.scopedLive("the fields behind a message's state; null for a guid that is no row's", () =>
    Effect.gen(function* () {
      const { chat, chats, client } = yield* setUp()
      const { guid } = yield* chats.send({ chatId: chat.id, text: "hi" })
      const status = (of: string) =>
        Effect.map(client.request("message.send_status", { guid: of }), ({ result }) => result)
      expect(yield* status(guid)).toMatchObject({
        send_state: "delivered",
        status_fields: { is_sent: true, is_delivered: true, error: 0, date_delivered: expect.any(String) }
      })
      expect(yield* status("none")).toMatchObject({
        send_state: "pending",
        service: null,
        status_fields: null
      })
    })
  )
})

describe("sends over the bridge", () => {
  it.scopedLive("are acknowledged with a guid and no id, where there is a chat", () =>
    Effect.gen(function* () {
      const world = yield* setUp([{ _tag: "denyAutomation" }], { bridge: true })
      const { result } = yield* sentTo(world)
      const [row] = yield* world.chats.sent()
      expect(result).toEqual({
        ok: true,
        transport: "bridge",
        guid: row?.guid,
        message_id: row?.guid,
        chat_guid: world.chat.guid,
        service: "iMessage"
      })
      expect((yield* sentTo(world, { transport: "applescript" })).error?.code).toBe(-32603)
    })
  )

  it.scopedLive("can be tracked: the attempt becomes the guid, and is good for one", () =>
    Effect.gen(function* () {
      const world = yield* setUp([], { bridge: true })
      const tracked = sentTo(world, { attempt_id: ATTEMPT.toUpperCase() }, "send.tracked")
      expect((yield* tracked).result).toMatchObject({
        ok: true,
        guid: ATTEMPT,
        message_id: ATTEMPT,
        attempt_id: ATTEMPT
      })
      expect((yield* tracked).error).toMatchObject({ code: -32603, data: { disposition: "not_started" } })
      expect((yield* world.chats.sent()).map(({ guid }) => guid)).toEqual([ATTEMPT])
    })
  )

  it.scopedLive("that are tracked stay reserved where no row came of them", () =>
    Effect.gen(function* () {
      const world = yield* setUp([{ _tag: "ghostSend" }], { bridge: true })
      const tracked = sentTo(world, { attempt_id: ATTEMPT }, "send.tracked")
      expect((yield* tracked).result).toMatchObject({ ok: true, guid: ATTEMPT })
      expect((yield* tracked).error).toMatchObject({ data: { disposition: "not_started" } })
      const { result } = yield* world.client.request("message.send_status", { guid: ATTEMPT })
      expect(result).toMatchObject({ send_state: "pending", service: null })
    })
  )

  it.scopedLive("that are tracked need one", () =>
    Effect.gen(function* () {
      const world = yield* setUp()
      expect((yield* sentTo(world, { attempt_id: ATTEMPT }, "send.tracked")).error).toMatchObject({
        code: -32603,
        data: { disposition: "not_started", detail: NO_BRIDGE }
      })
      expect((yield* sentTo(world, { attempt_id: "1" }, "send.tracked")).error?.code).toBe(-32602)
    })
  )
})
