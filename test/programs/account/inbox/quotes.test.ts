import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, Ref } from "effect"
import { lacksQuotation, makeWithQuotation } from "../../../../src/programs/account/inbox/quotes.ts"
import type { ImsgMessage } from "../../../../src/schemas/ImsgProtocol.ts"
import { ALICE, BOB, makeMessage } from "../../../support/envelopes.ts"

const OWN = "+15555550100"
const said = [
  makeMessage({ id: 3, guid: "bobs", sender: BOB, text: "Friday" }),
  // In a direct chat the sender of an outgoing row can be the other one.
  makeMessage({ id: 4, guid: "own", is_from_me: true, text: "echo: hi", destination_caller_id: OWN }),
  makeMessage({ id: 5, guid: "nameless", is_from_me: true, text: "echo: ho" })
]

const completed = (row: ImsgMessage, rows: ReadonlyArray<ImsgMessage> = said) =>
  makeWithQuotation(() => Effect.succeedSome({ rows, isWhole: true }))(row)

describe("what a message replies to", () => {
  const rows: ReadonlyArray<
    readonly [what: string, row: Partial<ImsgMessage>, quotation: Partial<ImsgMessage>]
  > = [
    ["is looked up", { thread_originator_guid: "bobs" }, { reply_to_text: "Friday", reply_to_sender: BOB }],
    ["is the account's own by its own handle", { thread_originator_guid: "own" }, { reply_to_sender: OWN }]
  ]
  for (const [what, row, quotation] of rows) {
    it.effect(what, () =>
      Effect.gen(function* () {
        expect(yield* completed(makeMessage({ id: 9, ...row }))).toMatchObject(quotation)
      })
    )
  }

  it.effect("is not looked up where the row only says which message came before it", () =>
    Effect.gen(function* () {
      const row = makeMessage({ id: 9, reply_to_guid: "bobs" })
      expect(yield* completed(row)).toEqual(row)
    })
  )

  it.effect("is never taken for the other one's because it is nobody's", () =>
    Effect.gen(function* () {
      const row = yield* completed(makeMessage({ id: 9, sender: ALICE, thread_originator_guid: "nameless" }))
      expect(row).toMatchObject({ reply_to_text: "echo: ho" })
      expect(row.reply_to_sender).toBeUndefined()
    })
  )

  it.effect("stays unknown where it is not found, and the message is the same", () =>
    Effect.gen(function* () {
      const row = makeMessage({ id: 9, thread_originator_guid: "gone" })
      expect(yield* completed(row)).toEqual(row)
    })
  )

  it("is not asked for where the row says it", () => {
    expect(lacksQuotation(makeMessage({ thread_originator_guid: "bobs", reply_to_text: "Friday" }))).toBe(
      false
    )
    expect(lacksQuotation(makeMessage())).toBe(false)
  })

  it.effect("is asked for once, however often it is replied to", () =>
    Effect.gen(function* () {
      const looks = yield* Ref.make(0)
      const withQuotation = makeWithQuotation(() =>
        Effect.as(
          Ref.update(looks, (count) => count + 1),
          Option.some({ rows: said, isWhole: true })
        )
      )
      for (const id of [9, 10, 11]) yield* withQuotation(makeMessage({ id, thread_originator_guid: "bobs" }))
      expect(yield* Ref.get(looks)).toBe(1)
    })
  )
})
