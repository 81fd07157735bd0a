import { expect, layer } from "@effect/vitest"
import { Effect, FastCheck as fc } from "effect"
import type { Verdict } from "../../../src/schemas/Verdict.ts"
import { isAdmitted, isFresh, isGroup, isQuotable } from "./accessOracle.ts"
import { verdictsOf, worldStores } from "./accessRows.ts"
import { type Gateway, gateways, MACHINES, type Message, messages } from "./accessWorld.ts"

type Judged = { readonly message: Message; readonly verdict: Verdict }

/** Several messages share what it takes to make a gateway. */
const several = fc.array(messages, { minLength: 5, maxLength: 5 })

const MOST_RUNS = { fastCheck: { numRuns: 1000 } }
const RUNS = { fastCheck: { numRuns: 300 } }

/** The messages of which something does not hold; each test wants none. */
const against = (gateway: Gateway, all: ReadonlyArray<Message>, holds: (judged: Judged) => boolean) =>
  Effect.map(verdictsOf(gateway, all), (judged) => {
    expect(judged.filter((each) => !holds(each))).toEqual([])
  })

layer(worldStores)("law 5: nobody unapproved, whatever the config and the message", (it) => {
  it.effect.prop(
    "only who is admitted is answered or remembered",
    [gateways, several],
    ([gateway, all]) =>
      against(gateway, all, ({ message, verdict }) =>
        verdict._tag === "Dispatch" || verdict._tag === "Remember" ? isAdmitted(gateway, message) : true
      ),
    MOST_RUNS
  )

  it.effect.prop(
    "only the words of who is admitted are quoted, of the gateway, or of one of two",
    [gateways, several],
    ([gateway, all]) =>
      against(gateway, all, ({ message, verdict }) =>
        verdict._tag === "Dispatch" && !verdict.withholdQuote ? isQuotable(gateway, message) : true
      ),
    RUNS
  )

  it.effect.prop(
    "only strangers who are people get a code, only in direct chats, and only where the policy is pairing",
    [gateways, several],
    ([gateway, all]) =>
      against(gateway, all, ({ message, verdict }) => {
        if (verdict._tag !== "Pair") return true
        const account = gateway.accounts[message.accountId]
        const isForThem = account.dmPolicy === "pairing" && !isGroup(account, message)
        return (
          isForThem && !MACHINES.includes(message.sender) && isFresh(message) && !isAdmitted(gateway, message)
        )
      }),
    RUNS
  )
})

/** A message of late that mentions every agent, whatever its patterns. */
const mentioning = several.map((all) =>
  all.map((message) => ({
    ...message,
    text: "hello @main, @family and @helper, aaa",
    ageMs: 0,
    isFromMe: false,
    isReaction: false
  }))
)

layer(worldStores)("nobody admitted is left out", (it) => {
  it.effect.prop(
    "who is admitted is answered where they mention the agent",
    [gateways.filter(({ patterns }) => patterns?.length !== 0), mentioning],
    ([gateway, all]) =>
      against(gateway, all, ({ message, verdict }) =>
        isAdmitted(gateway, message) ? verdict._tag === "Dispatch" : true
      ),
    RUNS
  )

  it.effect.prop(
    "who is admitted is heard with what they quote, where that may be read",
    [gateways, several],
    ([gateway, all]) =>
      against(gateway, all, ({ message, verdict }) =>
        verdict._tag === "Dispatch" && isQuotable(gateway, message) ? !verdict.withholdQuote : true
      ),
    RUNS
  )
})
