/** Whose words a reaction is to, and when that is not known yet. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Option } from "effect"
import { type Judged, NOT_ANSWERED_YET } from "../../../../src/programs/account/inbox/judged.ts"
import { makeJudgeReaction } from "../../../../src/programs/account/inbox/judgeReaction.ts"
import { makeReactedTo } from "../../../../src/programs/account/inbox/reactedTo.ts"
import { fromMessage } from "../../../../src/schemas/Envelope.ts"
import type { ImsgMessage } from "../../../../src/schemas/ImsgProtocol.ts"
import { Verdict } from "../../../../src/schemas/Verdict.ts"
import { Echoes } from "../../../../src/services/Echoes.ts"
import { Outbox } from "../../../../src/services/Outbox.ts"
import { Router } from "../../../../src/services/Router.ts"
import { makeAccount } from "../../../support/configs.ts"
import { ALICE, makeMessage } from "../../../support/envelopes.ts"

const KEPT = Verdict.Remember({ chatId: 7, limit: 0, reason: "reaction-context" })
const DROPPED = Verdict.Drop({ reason: "reaction" })

/** What is known of the gateway's own words, and of who reacts. */
interface Facts {
  readonly isClaimed?: boolean
  readonly mayBeClaimed?: boolean
  readonly isGivenBack?: boolean
  readonly isOneself?: boolean
  /** Whether its row is a text that says it. */
  readonly isInWords?: boolean
  readonly isLast?: boolean
  /** The message that is reacted to; none where it is older than all that is looked through. */
  readonly target?: Partial<ImsgMessage>
  readonly row?: Partial<ImsgMessage>
}

const account = makeAccount()
const tapback = { is_reaction: true, reaction_type: "love", reacted_to_guid: "guid-5" }

/** A row that is judged by a Router that hears of what is to the gateway's words. */
const judged = ({ isInWords = false, isLast = false, row = {}, target, ...facts }: Facts) =>
  Effect.gen(function* () {
    const said = target === undefined ? [] : [makeMessage({ id: 5, guid: "guid-5", ...target })]
    const looks: Array<number> = []
    const reactedTo = makeReactedTo(
      (chatId) => Effect.sync(() => Option.some({ isWhole: false, rows: said, looks: looks.push(chatId) })),
      account.region
    )
    const judge = yield* makeJudgeReaction({ reactedTo })
    const whole = makeMessage({ id: 9, ...tapback, ...row })
    const asked = {
      row: whole,
      envelope: fromMessage(account, whole),
      options: { baselineAt: undefined },
      isLast
    }
    const inWords = {
      reaction: { kind: "love", isRemoved: false, to: { isOwn: false } },
      target: undefined
    } as const
    return { came: yield* isInWords ? judge.ofText(asked, inWords) : judge.ofRow(asked), looks: looks.length }
  }).pipe(
    Effect.provide(
      Layer.mergeAll(
        Layer.mock(Router, {
          judge: ({ reaction }) => Effect.succeed(reaction?.to.isOwn === true ? KEPT : DROPPED)
        }),
        Layer.mock(Outbox, {
          isClaimed: () => Effect.succeed(facts.isClaimed === true),
          mayBeClaimed: () => Effect.succeed(facts.mayBeClaimed === true)
        }),
        Layer.mock(Echoes, {
          isOneself: () => Effect.succeed(facts.isOneself === true),
          givesBack: () => Effect.succeed(facts.isGivenBack === true)
        })
      )
    )
  )

const reasonOf = (came: Judged): string => {
  switch (came._tag) {
    case "NotYet":
      return came.lack
    case "Fate":
      return came.fate
    case "Message":
      return came.verdict.reason
  }
}

const mine = { is_from_me: true, text: "hello" }

describe("a reaction", () => {
  it.effect.each<readonly [what: string, facts: Facts, reason: string]>([
    ["to a row that is known as a part", { isClaimed: true, target: mine }, "reaction-context"],
    ["to one that is older than all that is looked through", { isClaimed: true }, "reaction-context"],
    ["to what somebody else wrote", { target: { text: "hi" }, mayBeClaimed: true }, "reaction"],
    ["to what the owner typed", { target: mine }, "reaction"],
    [
      "to what is being sent, by its words",
      { target: mine, mayBeClaimed: true, isGivenBack: true },
      "reaction-context"
    ],
    ["to what may be being sent", { target: mine, mayBeClaimed: true }, NOT_ANSWERED_YET.lack],
    ["to that, for the last time", { target: mine, mayBeClaimed: true, isLast: true }, "reaction"],
    ["to nothing that is known", { row: { reacted_to_guid: "" } }, "reaction"],
    ["of oneself", { isOneself: true, isClaimed: true, target: mine }, "echo"],
    ["of oneself in words", { isOneself: true, isInWords: true }, "echo"],
    ["of somebody else in words", { isInWords: true }, "reaction"]
  ])("%s", ([_, facts, reason]) =>
    Effect.map(judged(facts), ({ came }) => expect(reasonOf(came)).toBe(reason))
  )

  it.effect("says what it is to, as far as that is known", () =>
    Effect.gen(function* () {
      const own = { ...mine, destination_caller_id: "(555) 555-0100" }
      const { came } = yield* judged({ isClaimed: true, target: own })
      expect(came).toMatchObject({
        envelope: {
          text: "(reacted with ❤️ to what you said: “hello”)",
          reaction: { to: { isOwn: true, guid: "guid-5", text: "hello", sender: "+15555550100" } }
        }
      })
    })
  )
})

describe("a tapback in words", () => {
  const rows = [
    makeMessage({ id: 4, text: "see you at seven", is_from_me: true }),
    makeMessage({ id: 3, text: "\ufffc", is_from_me: true }),
    makeMessage({ id: 2, text: "see you at six" })
  ]
  const found = (text: string, among: ReadonlyArray<ImsgMessage> | undefined = rows) =>
    makeReactedTo(
      () => Effect.succeed(among.length === 0 ? Option.none() : Option.some({ isWhole: true, rows: among })),
      "US"
    ).ofText(makeMessage({ id: 9, text }))
  const standing = { id: 8, type: "love", sender: ALICE, is_from_me: false }
  const withTapback = [{ ...makeMessage({ id: 4, text: "hello", is_from_me: true }), reactions: [standing] }]

  it.effect.each<readonly [text: string, among: ReadonlyArray<ImsgMessage>, of: object | undefined]>([
    [
      "Loved “see you at seven”",
      rows,
      { reaction: { kind: "love", to: { guid: "guid-4", text: "see you at seven" } } }
    ],
    ["Loved “see you at…”", rows, { reaction: { to: { guid: "guid-4", text: "see you at seven" } } }],
    ["Laughed at an image", rows, { reaction: { kind: "laugh", to: { guid: "guid-3" } } }],
    ["Loved “something else”", rows, undefined],
    ["Loved “somethi…”", [], { reaction: { to: { text: "…" } }, target: undefined }],
    ["Loved “…”", rows, undefined],
    ["Loved “hello”", withTapback, undefined],
    ["Disliked “hello”", withTapback, { reaction: { kind: "dislike" } }],
    ["Removed a heart from “hello”", withTapback, { reaction: { kind: "love", isRemoved: true } }]
  ])("%s", ([text, among, of]) =>
    Effect.map(found(text, among), (told) => {
      const one = Option.getOrUndefined(told)
      if (of === undefined) expect(one === undefined || one === "told").toBe(true)
      else expect(one).toMatchObject(of)
    })
  )
})
