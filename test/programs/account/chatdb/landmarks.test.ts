import { describe, expect, it } from "@effect/vitest"
import { noted, notedUnseen } from "../../../../src/programs/account/chatdb/landmarks.ts"
import type { ImsgMessage } from "../../../../src/schemas/ImsgProtocol.ts"
import { NO_LANDMARKS } from "../../../../src/schemas/Landmark.ts"
import { makeMessage } from "../../../support/envelopes.ts"

const START = Date.parse("2026-01-01T00:00:00Z")

/** A row that was sent as many seconds after the start as its rowid says. */
const row = (id: number, partial: Partial<ImsgMessage> = {}) =>
  makeMessage({ id, created_at: new Date(START + id * 1000).toISOString(), ...partial })

const idsAfter = (rows: ReadonlyArray<ImsgMessage>) =>
  noted(NO_LANDMARKS, rows).rows.map(({ rowId }) => rowId)

const upTo = (last: number, partial: (id: number) => Partial<ImsgMessage> = () => ({})) =>
  Array.from({ length: last }, (_, at) => row(at + 1, partial(at + 1)))

describe("a database is known by", () => {
  it("a row of each chat at first, and by more of them as they come", () => {
    expect(idsAfter([row(1, { chat_id: 1 }), row(2, { chat_id: 2 }), row(3, { chat_id: 1 })])).toEqual([1, 2])
    expect(idsAfter(upTo(9))).toEqual([1, 5, 9])
  })

  it("eight rows, of which some are old and some are new", () => {
    const ids = idsAfter(upTo(2000))
    expect(ids).toHaveLength(8)
    expect(ids.filter((id) => id < 100)).toHaveLength(4)
    expect(Math.max(...ids)).toBeGreaterThan(2000 - 64)
  })

  it("rows of different chats, however much is written in one of them", () => {
    const rows = [row(1, { chat_id: 1 }), row(2, { chat_id: 2 }), ...upTo(3000).slice(2)]
    expect(idsAfter(rows)).toEqual(expect.arrayContaining([1, 2]))
  })

  it("some of the first rows, however many chats come after", () => {
    const ids = idsAfter(upTo(3000, (id) => ({ chat_id: id })))
    expect(ids).toEqual(expect.arrayContaining([1, 2, 3, 4]))
  })

  it("few changes: what is known stays the same value for most rows", () => {
    let known = noted(NO_LANDMARKS, upTo(100))
    let changes = 0
    for (let id = 101; id <= 740; id++) {
      const next = noted(known, [row(id, { chat_id: id })])
      if (next.rows !== known.rows) changes += 1
      known = next
    }
    expect(changes).toBe(10)
  })

  const unfit = [
    ["an outgoing row", { is_from_me: true }],
    ["a reaction", { is_reaction: true }],
    ["a row without its chat", { chat_id: 0 }],
    ["a row without a time", { created_at: "soon" }]
  ] as const
  for (const [what, partial] of unfit) {
    it(`nothing of ${what}`, () => expect(idsAfter([row(1, partial)])).toEqual([]))
  }

  it("nothing of a row that was synced in late into a chat with newer ones", () => {
    expect(idsAfter([row(1), row(50, { created_at: "2020-01-01T00:00:00Z" })])).toEqual([1])
  })
})

describe("the latest time of a database", () => {
  it("is that of all rows, also of outgoing ones", () => {
    const rows = [row(5, { is_from_me: true }), row(3)]
    expect(noted(NO_LANDMARKS, rows).newestAt).toBe(START + 5000)
    expect(noted({ rows: [], newestAt: START + 9000 }, rows).newestAt).toBe(START + 9000)
  })

  it("is now at the latest where rows were passed over", () => {
    expect(notedUnseen(NO_LANDMARKS, START).newestAt).toBe(START)
    expect(notedUnseen({ rows: [], newestAt: START + 9 }, START).newestAt).toBe(START + 9)
  })
})
