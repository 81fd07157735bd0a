import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Option, Ref, TestClock } from "effect"
import { makeWithService } from "../../../../src/programs/account/inbox/rowService.ts"
import { viaOf } from "../../../../src/schemas/Envelope.ts"
import { RpcFailed } from "../../../../src/schemas/errors/imsg.ts"
import { Methods } from "../../../../src/schemas/ImsgProtocol.ts"
import type { People } from "../../../../src/schemas/People.ts"
import { type ConfigFileContent, makeAccount } from "../../../support/configs.ts"
import { makeMessage } from "../../../support/envelopes.ts"
import { type Answer, makeChild } from "../../../support/fakeImsg.ts"

const ofUnifiedChat = makeMessage({ id: 9, guid: "guid-9", chat_guid: "any;-;+15555550101" })
const chat = { id: 7, guid: "any;-;+15555550101" }

interface Scene {
  /** What `message.send_status` says of the row. */
  readonly row?: string | null
  /** What the list of chats says of its chat. */
  readonly chat?: string
  readonly newest?: ReadonlyArray<object>
  readonly people?: People
  readonly owners?: ReadonlyArray<string>
  /** What the child answers before it answers that. */
  readonly first?: ReadonlyArray<ReturnType<Answer>>
  /** A build before 0.10. */
  readonly isOld?: boolean
}

const refused = (method: string, rpcCode: number) =>
  Effect.fail(new RpcFailed({ method, rpcCode, reason: "refused" }))

const answering =
  (scene: Scene): Answer =>
  ({ method }) => {
    switch (method) {
      case "message.send_status":
        return scene.isOld
          ? refused(method, -32601)
          : Effect.succeed({ send_state: "pending", service: scene.row ?? null })
      case "chats.list":
        return Effect.succeed({
          chats: [
            { id: 3, service: "SMS" },
            { ...chat, service: scene.chat }
          ]
        })
      default:
        return Effect.succeed({ messages: scene.newest ?? [ofUnifiedChat] })
    }
  }

const setUp = (imessage: ConfigFileContent, scene: Scene) =>
  Effect.gen(function* () {
    const answer = answering(scene)
    const first = yield* Ref.make(scene.first ?? [])
    const child = yield* makeChild({
      concurrentReads: !scene.isOld,
      methods: scene.isOld ? [] : ["message.send_status"],
      answer: (asked) =>
        Effect.flatMap(
          Ref.getAndUpdate(first, (left) => left.slice(1)),
          ([now]) => now ?? answer(asked)
        )
    })
    const withService = makeWithService(
      {
        account: makeAccount(imessage),
        people: Effect.succeed(scene.people ?? []),
        owners: Effect.succeed(scene.owners ?? []),
        findChat: () =>
          Effect.map(child.session.request(Methods.chatsList, { limit: 100 }, 1000), ({ chats }) =>
            Option.fromNullable(chats.readable.find(({ id }) => id === chat.id))
          )
      },
      child.session
    )
    return { withService, asked: Effect.map(child.asked, (all) => all.map(({ method }) => method)) }
  })

const looked = (imessage: ConfigFileContent, scene: Scene = {}, row = ofUnifiedChat) =>
  Effect.gen(function* () {
    const { asked, withService } = yield* setUp(imessage, scene)
    const fiber = yield* Effect.fork(withService(row))
    yield* TestClock.adjust("1 minute")
    return { via: viaOf(yield* Fiber.join(fiber)), asked: yield* asked }
  })

const IMESSAGE: ConfigFileContent = { services: ["imessage"] }

describe("the service of a row whose chat is one for all services", () => {
  const own = { via: "sms", asked: ["message.send_status"] }

  it.effect.each([
    ["where an account leaves one out", IMESSAGE],
    ["where somebody is let in by one only", { allowFrom: ["imessage:+15555550101"] }],
    ["where somebody is let in to groups by one only", { groupAllowFrom: ["sms:+15555550101"] }]
  ] as const)("is asked for %s", ([, imessage]) =>
    Effect.map(looked(imessage, { row: "SMS" }), (found) => expect(found).toEqual(own))
  )

  it.effect("is asked for where another handle of its person is let in by one only", () =>
    Effect.gen(function* () {
      const people: People = [{ name: "sam", handles: ["sam@example.com", "+15555550101"] }]
      const imessage = { allowFrom: ["imessage:sam@example.com"] }
      expect(yield* looked(imessage, { row: "SMS", people })).toEqual(own)
      expect(yield* looked(imessage, { row: "SMS" })).toEqual({ via: undefined, asked: [] })
    })
  )

  it.effect(
    "is asked for where an owner writes, by whichever handle: only an iMessage is theirs for certain",
    () =>
      Effect.gen(function* () {
        const people: People = [{ name: "sam", handles: ["sam@example.com", "+15555550101"] }]
        expect(yield* looked({}, { row: "SMS", people, owners: ["sam@example.com"] })).toEqual(own)
        expect(yield* looked({}, { row: "SMS", owners: ["sam@example.com"] })).toEqual({
          via: undefined,
          asked: []
        })
      })
  )

  it.effect.each([
    {},
    { allowFrom: ["+15555550101", "auto:+15555550102", "chat_id:7", "*"] },
    { allowFrom: ["imessage:+15555550199"] }
  ])("is not asked for where nothing depends on it: %j", (imessage) =>
    Effect.map(looked(imessage), (found) => expect(found).toEqual({ via: undefined, asked: [] }))
  )

  it.effect("is not asked for where the guid of the chat tells it", () =>
    Effect.map(looked(IMESSAGE, {}, makeMessage({ chat_guid: "iMessage;-;+15555550101" })), (found) =>
      expect(found).toEqual({ via: "imessage", asked: [] })
    )
  )

  it.effect.each([
    ["iMessage", "imessage"],
    ["iMessageLite", "imessage"],
    ["SMS", "sms"],
    ["RCS", "sms"],
    ["Carrier Pigeon", undefined]
  ] as const)("%s is %s", ([service, via]) =>
    Effect.map(looked(IMESSAGE, { row: service }), (found) => expect(found.via).toBe(via))
  )

  it.effect("is the row's own, whatever came after it", () =>
    Effect.map(
      looked(IMESSAGE, {
        row: "SMS",
        chat: "iMessage",
        newest: [makeMessage({ id: 10, guid: "guid-10" }), ofUnifiedChat]
      }),
      ({ via }) => expect(via).toBe("sms")
    )
  )

  it.effect(
    "is asked for again where a child is busy, and fails where it stays so: the row comes again",
    () =>
      Effect.gen(function* () {
        const busy = refused("message.send_status", -32000)
        expect((yield* looked(IMESSAGE, { row: "SMS", first: [busy, Effect.never, busy] })).via).toBe("sms")
        const never = yield* Effect.exit(
          looked(IMESSAGE, { row: "SMS", first: [busy, busy, busy, busy, busy] })
        )
        expect(Exit.isFailure(never)).toBe(true)
      })
  )
})

describe("the service of a row of which the build says nothing", () => {
  const builds = [
    ["before 0.10", { isOld: true }],
    ["that does not know the row", { row: null }]
  ] as const

  it.effect.each(builds)("is that of its chat, whose newest it is: a build %s", ([, build]) =>
    Effect.gen(function* () {
      const found = yield* looked(IMESSAGE, { ...build, chat: "iMessage" })
      expect(found).toEqual({
        via: "imessage",
        // The chat first: what is newest after that was so before.
        asked: ["message.send_status", "chats.list", "messages.history"]
      })
    })
  )

  it.effect.each(builds)("is unknown where another came after it: a build %s", ([, build]) =>
    Effect.gen(function* () {
      for (const newest of [
        [makeMessage({ id: 10, guid: "guid-10" }), ofUnifiedChat],
        // Messages orders by dates, which an SMS brings with it.
        [ofUnifiedChat, makeMessage({ id: 10, guid: "guid-10" })],
        [{ id: "unreadable" }, ofUnifiedChat],
        [makeMessage({ id: 10, guid: "guid-10" })],
        []
      ]) {
        expect((yield* looked(IMESSAGE, { ...build, chat: "iMessage", newest })).via).toBe(undefined)
      }
    })
  )

  it.effect("is unknown where its chat is not known, or does not say it", () =>
    Effect.gen(function* () {
      expect((yield* looked(IMESSAGE, { isOld: true })).via).toBe(undefined)
      expect((yield* looked(IMESSAGE, { isOld: true, chat: "" })).via).toBe(undefined)
    })
  )

  it.effect("is unknown where its chat cannot be read for good: others are not held up", () =>
    Effect.gen(function* () {
      const broken = Array.from({ length: 5 }, () => refused("message.send_status", -32603))
      expect((yield* looked(IMESSAGE, { row: "SMS", chat: "iMessage", first: broken })).via).toBe("imessage")
    })
  )

  it.effect("is asked of the row once only where the build cannot tell it", () =>
    Effect.gen(function* () {
      const { asked, withService } = yield* setUp(IMESSAGE, { isOld: true, chat: "SMS" })
      yield* withService(ofUnifiedChat)
      yield* withService(ofUnifiedChat)
      expect((yield* asked).filter((method) => method === "message.send_status")).toHaveLength(1)
    })
  )
})
