import { describe, expect, it } from "vitest"
import {
  afterArrival,
  agreeing,
  type DatabaseClock
} from "../../../../src/programs/account/chatdb/databaseClock.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const SECOND = 1000

/** Rows in their order: by how much each is dated behind its arrival, how long after the one before it came. */
type Rows = ReadonlyArray<readonly [behindMs: number, afterMs?: number, isNewest?: boolean]>

/** How old each row is, in ms, by what was known once it had arrived. */
const ages = (rows: Rows, from: DatabaseClock = agreeing()) => {
  let clock = from
  let at = 0
  return rows.map(([behindMs, afterMs = 10 * SECOND, isNewest = true]) => {
    at += afterMs
    clock = afterArrival(clock, { behindMs, at, isNewest })
    return behindMs - clock.behindMs
  })
}
const isYoung = (age: number) => age < 5 * MINUTE

const CONFIRMED = afterArrival(agreeing(), { behindMs: 20, at: 0, isNewest: true })

describe("the age of rows that arrive", () => {
  const young: ReadonlyArray<readonly [what: string, rows: Rows, from?: DatabaseClock]> = [
    ["by clocks that agree", [[20], [2500], [40 * SECOND]]],
    [
      "by a Mac's clock that is three hours behind",
      [[3 * HOUR], [3 * HOUR + 50], [3 * HOUR + 2000], [3 * HOUR]]
    ],
    ["the same where they come at once", [[3 * HOUR], [3 * HOUR + 50, 10], [3 * HOUR + 90, 10]]],
    ["by a Mac's clock that is three hours ahead", [[-3 * HOUR], [-3 * HOUR + 2000], [-3 * HOUR]]],
    ["after a row that alone is dated in the future", [[-3 * HOUR], [20], [20]]],
    [
      "the same where nothing else was known, and they come at once",
      [[-3 * HOUR], [2500, 1], [40 * SECOND, 1]]
    ],
    ["after one that is dated years ahead, twice", [[-5e5 * HOUR], [-5e5 * HOUR], [20]]],
    ["where that clock is put right", [[3 * HOUR], [3 * HOUR], [20], [500], [20]]],
    ["where one that was ahead is put right", [[-3 * HOUR], [-3 * HOUR], [20], [20]]],
    [
      "where it was known before",
      [
        [3 * HOUR, 0],
        [3 * HOUR + 20, 0]
      ],
      agreeing(3 * HOUR)
    ],
    [
      "where what was known before holds no more",
      [
        [20, 0],
        [20, 0]
      ],
      agreeing(3 * HOUR)
    ]
  ]
  for (const [what, rows, from] of young) {
    it(`is small ${what}`, () => expect(ages(rows, from).filter((age) => !isYoung(age))).toEqual([]))
  }

  it("is small from the second row on where a clock that was right is set back", () =>
    expect(
      ages(
        [
          [3 * HOUR, 0, false],
          [3 * HOUR + 20, 8 * SECOND, false],
          [3 * HOUR, 0]
        ],
        CONFIRMED
      ).map(isYoung)
    ).toEqual([false, true, true]))
})

describe("rows that are really old", () => {
  const old: ReadonlyArray<readonly [what: string, rows: Rows, from?: DatabaseClock]> = [
    [
      "that are older than what is there",
      [
        [3 * HOUR, 1, false],
        [3 * HOUR, 1, false],
        [2.5 * HOUR, 1, false]
      ]
    ],
    ["that come one by one after others that were young", [[3 * HOUR], [5 * HOUR], [2.5 * HOUR]], CONFIRMED],
    [
      "that come at once after others that were young",
      [
        [3 * HOUR, 1],
        [3 * HOUR, 1],
        [3 * HOUR, 1]
      ],
      CONFIRMED
    ],
    ["of two weeks, as when a Mac was off", [[336 * HOUR], [335 * HOUR, 1], [300 * HOUR, 1], [50 * HOUR, 1]]]
  ]
  for (const [what, rows, from] of old) {
    it(`stay old: those ${what}`, () => expect(ages(rows, from).filter(isYoung)).toEqual([]))
  }

  it("stay old but for the first of them, where they are of all ages and of the last day", () =>
    expect(ages([[20 * HOUR], [19 * HOUR, 1], [12 * HOUR, 1], [3 * HOUR, 1]]).map(isYoung)).toEqual([
      true,
      false,
      false,
      false
    ]))
})
