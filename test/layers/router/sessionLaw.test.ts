/** Law 5 for sessions: what one person said reaches another's only where both are in the chat, or the config says so. */
import { expect, layer } from "@effect/vitest"
import { Effect, FastCheck as fc, Layer } from "effect"
import * as RouterLive from "../../../src/layers/router/RouterLive.ts"
import { fromMessage } from "../../../src/schemas/Envelope.ts"
import type { ImsgMessage } from "../../../src/schemas/ImsgProtocol.ts"
import { currentConfig } from "../../../src/services/ConfigService.ts"
import { Router } from "../../../src/services/Router.ts"
import { type ConfigFileContent, configLayer } from "../../support/configs.ts"
import { stores } from "./accessStores.ts"
import { circleOf, type Gateway, gateways, HANDLES, type Message, messages, PERSON } from "./sessionWorld.ts"

const fileOf = ({ bound, hasPeople, scope }: Gateway): ConfigFileContent => ({
  ...(scope === undefined ? {} : { session: { dmScope: scope } }),
  ...(hasPeople ? { people: { [PERSON.name]: PERSON.handles.map((handle) => HANDLES[handle]) } } : {}),
  imessage: {
    dmPolicy: "open",
    allowFrom: ["*"],
    groups: { "*": { requireMention: false } },
    accounts: { home: {}, bot: { cliPath: "/usr/local/bin/imsg-bot" } }
  },
  agents: { list: [{ id: "main" }, { id: "other" }] },
  bindings:
    bound === undefined
      ? []
      : [
          {
            agentId: "other",
            match: { channel: "imessage", peer: { kind: "direct", id: HANDLES[bound] } }
          }
        ]
})

const rowOf = ({ chat, sender }: Message): ImsgMessage => ({
  id: 1,
  guid: "guid",
  is_from_me: false,
  sender: HANDLES[sender] ?? "",
  text: "hello",
  chat_id: chat.chatId,
  is_group: chat.kind === "group",
  participants: chat.members.map((who) => HANDLES[who] ?? ""),
  ...(chat.kind === "direct"
    ? { chat_identifier: HANDLES[sender] ?? "", chat_guid: `any;-;${HANDLES[sender]}` }
    : {
        chat_identifier: chat.group ?? "",
        chat_guid: `${chat.chatId === 57 ? "RCS" : "iMessage"};${chat.kind === "group" ? "+" : "-"};${chat.group}`
      })
})

/** The sessions of messages, in their order. */
const sessionsOf = (gateway: Gateway, all: ReadonlyArray<Message>) =>
  Effect.gen(function* () {
    const { accounts } = yield* currentConfig
    const router = yield* Router
    return yield* Effect.forEach(all, (message) =>
      Effect.gen(function* () {
        const account = accounts.find(({ id }) => id === message.chat.account)
        if (account === undefined) return yield* Effect.dieMessage("the world has other accounts")
        const verdict = yield* router.judge(fromMessage(account, rowOf(message)), { baselineAt: undefined })
        if (verdict._tag !== "Dispatch") return yield* Effect.dieMessage(`not answered: ${verdict.reason}`)
        return { message, session: verdict.sessionKey, circle: circleOf(gateway, message) }
      })
    )
  }).pipe(Effect.provide(RouterLive.layer.pipe(Layer.provideMerge(configLayer(fileOf(gateway))))))

layer(stores)("law 5: what one said never reaches another", (it) => {
  it.effect.prop(
    "messages share a session exactly where all who can write there may hear of each other",
    [gateways, fc.array(messages, { minLength: 6, maxLength: 6 })],
    ([gateway, all]) =>
      Effect.map(sessionsOf(gateway, all), (judged) => {
        const wrong = judged.flatMap((one, at) =>
          judged
            .slice(at + 1)
            .filter((other) => (one.session === other.session) !== (one.circle === other.circle))
            .map((other) => [one, other])
        )
        expect(wrong).toEqual([])
      }),
    { fastCheck: { numRuns: 400 } }
  )
})
