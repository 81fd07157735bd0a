import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeWithService } from "../../../src/programs/account/rowService.ts"
import { viaOf } from "../../../src/schemas/Envelope.ts"
import { RpcFailed } from "../../../src/schemas/errors/imsg.ts"
import { type ConfigFileContent, makeAccount } from "../../support/configs.ts"
import { makeMessage } from "../../support/envelopes.ts"
import { type Answer, makeChild } from "../../support/fakeImsg.ts"

const UNIFIED = "any;-;+15555550101"
const ofUnifiedChat = makeMessage({ chat_guid: UNIFIED })

const chats =
  (...list: ReadonlyArray<object>): Answer =>
  () =>
    Effect.succeed({ chats: list })

const looked = (
  imessage: ConfigFileContent,
  row = ofUnifiedChat,
  answer = chats({ id: 7, service: "SMS" })
) =>
  Effect.gen(function* () {
    const child = yield* makeChild({ answer })
    const found = yield* makeWithService(makeAccount(imessage), child.session)(row)
    return { via: viaOf(found), asked: (yield* child.asked).map(({ method }) => method) }
  })

describe("the service of a row whose chat is one for all services", () => {
  it.effect.each([
    ["where an account leaves one out", { services: ["imessage"] }],
    ["where somebody is let in by one only", { allowFrom: ["imessage:+15555550101"] }],
    ["where somebody is let in to groups by one only", { groupAllowFrom: ["sms:+15555550101"] }]
  ] as const)("is asked of the chat %s", ([, imessage]) =>
    Effect.map(looked(imessage), (found) => expect(found).toEqual({ via: "sms", asked: ["chats.list"] }))
  )

  it.effect.each([
    {},
    { allowFrom: ["+15555550101", "auto:+15555550102", "chat_id:7", "*"] },
    { allowFrom: ["imessage:+15555550199"] }
  ])("is not asked for where nothing depends on it: %j", (imessage) =>
    Effect.map(looked(imessage), (found) => expect(found).toEqual({ via: undefined, asked: [] }))
  )

  it.effect("is not asked for where the guid of the chat tells it", () =>
    Effect.map(
      looked({ services: ["imessage"] }, makeMessage({ chat_guid: "iMessage;-;+15555550101" })),
      (found) => expect(found).toEqual({ via: "imessage", asked: [] })
    )
  )

  it.effect.each([
    ["iMessage", "imessage"],
    ["iMessageLite", "imessage"],
    ["SMS", "sms"],
    ["RCS", "sms"],
    ["Carrier Pigeon", undefined],
    ["", undefined]
  ] as const)("%s is %s", ([service, via]) =>
    Effect.map(looked({ services: ["imessage"] }, ofUnifiedChat, chats({ id: 7, service })), (found) =>
      expect(found.via).toBe(via)
    )
  )

  it.effect("is that of the chat with its guid where the row has no id", () =>
    Effect.gen(function* () {
      const { chat_id: _, ...row } = ofUnifiedChat
      const answer = chats({ id: 3, service: "SMS" }, { id: 7, guid: UNIFIED, service: "iMessage" })
      expect((yield* looked({ services: ["imessage"] }, row, answer)).via).toBe("imessage")
    })
  )

  it.effect("is unknown where no chat is the row's, or says it", () =>
    Effect.gen(function* () {
      for (const answer of [chats(), chats({ id: 8, service: "SMS" }), chats({ id: 7 })]) {
        expect((yield* looked({ services: ["imessage"] }, ofUnifiedChat, answer)).via).toBe(undefined)
      }
    })
  )

  it.effect("is not guessed where a child cannot say it now: the row comes again", () =>
    Effect.gen(function* () {
      const busy: Answer = ({ method }) =>
        Effect.fail(new RpcFailed({ method, rpcCode: -32000, reason: "busy" }))
      expect((yield* Effect.exit(looked({ services: ["imessage"] }, ofUnifiedChat, busy)))._tag).toBe(
        "Failure"
      )
    })
  )
})
