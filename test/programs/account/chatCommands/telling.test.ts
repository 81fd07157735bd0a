import { describe, expect, it } from "@effect/vitest"
import {
  NOTHING_TOLD,
  ownersBeside,
  tellingOf
} from "../../../../src/programs/account/chatCommands/telling.ts"
import { ALICE, BOB } from "../../../support/envelopes.ts"

const HOUR = 3_600_000

/** What is told of requests at these times. */
const toldOf = (times: ReadonlyArray<number>) => {
  let told = NOTHING_TOLD
  return times.map((now) => {
    const telling = tellingOf(told, now)
    told = telling.told
    return telling.what
  })
}
const times = (count: number, from = 0) => Array.from({ length: count }, (_, at) => from + at)

describe("owners are told of", () => {
  it("each of ten requests in an hour, then once that there are more, then of none", () =>
    expect(toldOf(times(13))).toEqual([...times(10).map(() => "request"), "more", "nothing", "nothing"]))

  it("as many again in the next hour", () =>
    expect(toldOf([...times(12), ...times(12, 2 * HOUR)]).slice(12)).toEqual([
      ...times(10).map(() => "request"),
      "more",
      "nothing"
    ]))

  it("one more as soon as one of the ten is an hour old", () =>
    expect(toldOf([...times(11), HOUR])).toEqual([...times(10).map(() => "request"), "more", "request"]))
})

describe("the owners who are told of somebody", () => {
  const people = [{ name: "ann", handles: [ALICE, "ann@example.com"] }]
  it("are each person once", () =>
    expect(ownersBeside([ALICE, "ann@example.com", BOB], people, "+15555550199")).toEqual([ALICE, BOB]))
  it("are never who asks, by whichever handle", () => {
    expect(ownersBeside([ALICE, BOB], people, "ann@example.com")).toEqual([BOB])
    expect(ownersBeside([ALICE], people, ALICE)).toEqual([])
  })
})
