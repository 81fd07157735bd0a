/** Facts as the gateway meets them: the file of a config, the rows of Messages, the stores. */
import { Effect, Layer, TestClock } from "effect"
import * as RouterLive from "../../../src/layers/router/RouterLive.ts"
import { fromMessage } from "../../../src/schemas/Envelope.ts"
import { normaliseHandle } from "../../../src/schemas/Handle.ts"
import type { ImsgMessage } from "../../../src/schemas/ImsgProtocol.ts"
import { currentConfig } from "../../../src/services/ConfigService.ts"
import { Outbox } from "../../../src/services/Outbox.ts"
import { Router } from "../../../src/services/Router.ts"
import { type ConfigFileContent, configLayer } from "../../support/configs.ts"
import { NOW } from "./accessDirect.ts"
import { approve, stores } from "./accessStores.ts"
import {
  ACCOUNTS,
  APPROVED,
  chatGuid,
  chatIdentifier,
  type Gateway,
  type Message,
  ONE_PERSON,
  type Options,
  type Quote,
  spell
} from "./accessWorld.ts"

/** The handle of the accounts themselves. */
const OWN_HANDLE = "+15555550100"

const SENT_GUID = "guid-of-a-part"

const optionsOf = ({ allowFrom, groupAllowFrom, ...rest }: Options): ConfigFileContent => ({
  ...rest,
  allowFrom: allowFrom.map(({ spelt }) => spelt),
  ...(groupAllowFrom === undefined ? {} : { groupAllowFrom: groupAllowFrom.map(({ spelt }) => spelt) })
})

/** The content of a gateway's config file. */
const fileOf = ({ accounts, bindings, hasPeople, patterns }: Gateway): ConfigFileContent => ({
  ...(hasPeople ? { people: { sam: ONE_PERSON.map((who) => spell(who, 0)) } } : {}),
  imessage: {
    accounts: {
      home: optionsOf(accounts.home),
      bot: { ...optionsOf(accounts.bot), cliPath: "/usr/local/bin/imsg-bot" }
    }
  },
  agents: {
    list: [
      { id: "main", ...(patterns === undefined ? {} : { groupChat: { mentionPatterns: patterns } }) },
      { id: "family" }
    ]
  },
  bindings
})

/** Stores that know who was approved, and a part that each account sent. */
export const worldStores = Layer.effectDiscard(
  Effect.gen(function* () {
    yield* TestClock.setTime(NOW)
    const outbox = yield* Outbox
    for (const accountId of ACCOUNTS) {
      for (const who of APPROVED[accountId]) yield* approve(accountId, normaliseHandle(spell(who, 0), "US"))
      yield* outbox.putParts({ id: `turn-${accountId}`, accountId }, [
        {
          index: 0,
          part: { _tag: "Text", text: "said before" },
          state: { _tag: "Sent", guid: SENT_GUID, rowId: undefined },
          tries: 1
        }
      ])
    }
  })
).pipe(Layer.provideMerge(stores))

const quoteFields = ({ author, guid }: Quote, spelling: number): Partial<ImsgMessage> => ({
  reply_to_text: "said before",
  ...(author === undefined
    ? {}
    : { reply_to_sender: author === "own" ? OWN_HANDLE : spell(author, spelling) }),
  ...(guid === "none" ? {} : { reply_to_guid: guid === "unknown" ? "guid-of-another" : SENT_GUID })
})

const GUID_SERVICES = { imessage: "iMessage", sms: "SMS" } as const

const chatFields = ({ chat, kind, lacks, sender, spelling, via }: Message): Partial<ImsgMessage> => ({
  ...(lacks === "chat_id" ? {} : { chat_id: chat }),
  // Without the word for it a group is known by its guid, so a thread of several cannot lack it.
  ...(lacks === "is_group" && kind !== "several" ? {} : { is_group: kind === "group" }),
  ...(kind === "two"
    ? {
        chat_identifier: spell(sender, spelling + 1),
        chat_guid: `${via === undefined ? "any" : GUID_SERVICES[via]};-;${spell(sender, 0)}`
      }
    : {
        chat_identifier: chatIdentifier(chat),
        chat_guid: chatGuid(chat),
        // Of a chat with one guid for all services it is what was found out.
        ...(via === undefined ? {} : { service: GUID_SERVICES[via] })
      })
})

const rowOf = (message: Message): ImsgMessage => ({
  id: 1,
  guid: "guid-of-the-row",
  is_from_me: message.isFromMe,
  is_reaction: message.isReaction,
  sender: message.lookalike ?? spell(message.sender, message.spelling),
  text: message.text,
  ...chatFields(message),
  ...(message.ageMs === undefined ? {} : { created_at: new Date(NOW - message.ageMs).toISOString() }),
  ...(message.quote === undefined ? {} : quoteFields(message.quote, message.spelling))
})

/** What the Router of a gateway says to messages. */
export const verdictsOf = (gateway: Gateway, messages: ReadonlyArray<Message>) =>
  Effect.gen(function* () {
    const { accounts } = yield* currentConfig
    const router = yield* Router
    const judged = accounts.flatMap((account) =>
      messages
        .filter(({ accountId }) => accountId === account.id)
        .map((message) => ({ message, envelope: fromMessage(account, rowOf(message)) }))
    )
    return yield* Effect.forEach(judged, ({ envelope, message }) =>
      Effect.map(router.judge(envelope, { baselineAt: undefined }), (verdict) => ({ message, verdict }))
    )
  }).pipe(Effect.provide(RouterLive.layer.pipe(Layer.provideMerge(configLayer(fileOf(gateway))))))
