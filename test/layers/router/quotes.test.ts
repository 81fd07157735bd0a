import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { type Envelope, withoutQuote, withReaction } from "../../../src/schemas/Envelope.ts"
import type { Reaction } from "../../../src/schemas/Reaction.ts"
import { Outbox } from "../../../src/services/Outbox.ts"
import { Router } from "../../../src/services/Router.ts"
import type { ConfigFileContent } from "../../support/configs.ts"
import { ALICE, BOB, makeEnvelope } from "../../support/envelopes.ts"
import { approve, judge, routerOf, stores } from "./accessStores.ts"

const CAROL = "+15555550103"
const SENT = "guid-of-a-part"

/** Bob was approved, and each account has sent a part. */
const before = Effect.gen(function* () {
  const outbox = yield* Outbox
  yield* approve("default", BOB)
  for (const [accountId, guid] of [
    ["default", SENT],
    ["other", "guid-of-another-account"]
  ] as const) {
    yield* outbox.putParts({ id: `turn-${accountId}`, accountId }, [
      {
        index: 0,
        part: { _tag: "Text", text: "said before" },
        state: { _tag: "Sent", guid, rowId: 1 },
        tries: 1
      }
    ])
  }
})

interface Row {
  readonly what: string
  readonly imessage: ConfigFileContent
  readonly envelope?: Partial<Envelope>
  readonly quote: { readonly sender?: string; readonly guid?: string }
  readonly withheld: boolean
}

const quotes = (title: string, rows: ReadonlyArray<Row>) =>
  describe(title, () => {
    for (const { envelope, imessage, quote, what, withheld } of rows) {
      it.effect(`${what} ${withheld ? "is withheld" : "is read"}`, () =>
        Effect.gen(function* () {
          yield* before
          const message = makeEnvelope({ ...envelope, replyTo: { text: "said before", ...quote } })
          const verdict = yield* judge({ imessage }, message)
          expect(verdict).toMatchObject({ _tag: "Dispatch", withholdQuote: withheld })
        }).pipe(Effect.provide(stores))
      )
    }
  })

quotes("where the config lets agents see what everybody wrote,", [
  ...(["all", "allowlist_quote"] as const).flatMap((contextVisibility) => [
    {
      what: `a stranger's message in a group, with ${contextVisibility},`,
      imessage: {
        contextVisibility,
        groupPolicy: "allowlist",
        groupAllowFrom: [ALICE],
        groups: { "*": { requireMention: false } }
      },
      envelope: { isGroup: true },
      quote: { sender: CAROL },
      withheld: false
    },
    {
      what: `a stranger's message in a thread, with ${contextVisibility},`,
      imessage: { contextVisibility, dmPolicy: "allowlist", allowFrom: [ALICE] },
      envelope: { chatIdentifier: "chat1" },
      quote: { sender: CAROL },
      withheld: false
    }
  ])
])

/** Alice writes in a group in which she and nobody else may. */
const listed = {
  groupPolicy: "allowlist",
  groupAllowFrom: [ALICE],
  allowFrom: [CAROL],
  groups: { "*": { requireMention: false } }
}
const inGroup = { isGroup: true, chatIdentifier: "chat7" }

quotes("in a group a quotation", [
  {
    what: "of the sender",
    imessage: listed,
    envelope: inGroup,
    quote: { sender: ALICE, guid: "g" },
    withheld: false
  },
  {
    what: "of another admitted member",
    imessage: { ...listed, groupAllowFrom: [ALICE, "(555) 555-0103"] },
    envelope: inGroup,
    quote: { sender: CAROL, guid: "g" },
    withheld: false
  },
  {
    what: "of a member who is not admitted",
    imessage: listed,
    envelope: inGroup,
    quote: { sender: CAROL, guid: "g" },
    withheld: true
  },
  {
    what: "of one who is only approved by pairing",
    imessage: listed,
    envelope: inGroup,
    quote: { sender: BOB, guid: "g" },
    withheld: true
  },
  {
    what: "of nobody known",
    imessage: listed,
    envelope: inGroup,
    quote: {},
    withheld: true
  },
  {
    what: "of the gateway's own words",
    imessage: listed,
    envelope: inGroup,
    quote: { sender: CAROL, guid: SENT },
    withheld: false
  },
  {
    what: "of the gateway's own words, as Messages spells it,",
    imessage: listed,
    envelope: inGroup,
    quote: { sender: CAROL, guid: SENT.toUpperCase() },
    withheld: false
  },
  {
    what: "of what another account sent",
    imessage: listed,
    envelope: inGroup,
    quote: { guid: "guid-of-another-account" },
    withheld: true
  },
  {
    what: "of anybody where the chat is listed",
    imessage: { ...listed, groupAllowFrom: ["chat_id:7"] },
    envelope: inGroup,
    quote: { sender: CAROL },
    withheld: false
  },
  {
    what: "of anybody where everyone is admitted",
    imessage: { groups: listed.groups },
    envelope: inGroup,
    quote: { sender: CAROL },
    withheld: false
  },
  {
    what: "of a stranger where Messages names the group by the sender",
    imessage: listed,
    envelope: { isGroup: true, chatIdentifier: ALICE },
    quote: { sender: CAROL },
    withheld: true
  }
])

const pairing = { allowFrom: [ALICE] }

quotes("between two a quotation", [
  {
    what: "of the sender",
    imessage: pairing,
    envelope: { chatIdentifier: ALICE },
    quote: { sender: ALICE },
    withheld: false
  },
  {
    what: "of the account's owner",
    imessage: pairing,
    envelope: { chatIdentifier: ALICE },
    quote: { sender: "+15555550100" },
    withheld: false
  },
  {
    what: "of nobody known, in a chat that is spelt otherwise,",
    imessage: pairing,
    envelope: { chatIdentifier: "(555) 555-0101" },
    quote: {},
    withheld: false
  }
])

const thread = { chatIdentifier: "chat7" }

quotes("in a thread of several that is no group a quotation", [
  {
    what: "of one in allowFrom",
    imessage: { allowFrom: [ALICE, CAROL] },
    envelope: thread,
    quote: { sender: CAROL },
    withheld: false
  },
  {
    what: "of one who was approved",
    imessage: pairing,
    envelope: thread,
    quote: { sender: BOB },
    withheld: false
  },
  {
    what: "of one who was approved, where approvals do not count,",
    imessage: { ...pairing, dmPolicy: "allowlist" },
    envelope: thread,
    quote: { sender: BOB },
    withheld: true
  },
  {
    what: "of a stranger",
    imessage: pairing,
    envelope: thread,
    quote: { sender: CAROL },
    withheld: true
  },
  {
    what: "of nobody known",
    imessage: pairing,
    envelope: thread,
    quote: {},
    withheld: true
  },
  {
    what: "of a stranger, where the chat has no name,",
    imessage: pairing,
    quote: { sender: CAROL },
    withheld: true
  },
  {
    what: "of a stranger, where everyone is admitted,",
    imessage: { dmPolicy: "open", allowFrom: ["*"] },
    envelope: thread,
    quote: { sender: CAROL },
    withheld: false
  },
  {
    what: "of the gateway's own words",
    imessage: pairing,
    envelope: thread,
    quote: { guid: SENT },
    withheld: false
  },
  {
    what: "of one in allowFrom, where the thread is named as a group that they are not admitted to,",
    imessage: { ...listed, groups: { 7: { requireMention: false } } },
    envelope: thread,
    quote: { sender: CAROL },
    withheld: true
  }
])

describe("a message that quotes nothing", () => {
  it.effect("has nothing withheld", () =>
    Effect.gen(function* () {
      const verdict = yield* judge({ imessage: pairing }, withoutQuote(makeEnvelope()))
      expect(verdict).toMatchObject({ _tag: "Dispatch", withholdQuote: false })
    }).pipe(Effect.provide(stores))
  )
})

/** Asked anew when a turn begins: the config may have changed since the reaction was let in. */
describe("what a reaction in a group quotes", () => {
  const options = [{ id: "a", text: "Pizza" }]
  const of = (to: Partial<Reaction["to"]>, how: Partial<Reaction> = {}): Partial<Reaction> => ({
    ...how,
    to: { isOwn: false, ...to }
  })

  it.effect.each<readonly [what: string, reaction: Partial<Reaction>, withheld: boolean]>([
    ["of somebody who is admitted is read", of({ text: "hi", sender: ALICE }), false],
    ["of somebody who is not is withheld", of({ text: "hi", sender: CAROL }), true],
    ["of nobody known is withheld", of({ text: "hi" }), true],
    ["of the gateway is read", of({ text: "hi", isOwn: true, sender: CAROL }), false],
    ["of a poll without a question is withheld too", of({ sender: CAROL }, { kind: "vote", options }), true],
    ["of such a poll of who is admitted is read", of({ sender: ALICE }, { kind: "vote", options }), false],
    ["is nothing without words", of({ sender: CAROL }, { kind: "vote", options: [{ id: "a" }] }), false]
  ])("%s", ([_, reaction, withheld]) =>
    Effect.gen(function* () {
      yield* before
      const router = yield* Router
      const whole: Reaction = { kind: "like", isRemoved: false, to: { isOwn: false }, ...reaction }
      const envelope = withReaction(makeEnvelope(inGroup), whole)
      expect(yield* router.withholdsQuote(envelope, true)).toBe(withheld)
    }).pipe(Effect.provide(routerOf({ imessage: listed })), Effect.provide(stores))
  )
})
