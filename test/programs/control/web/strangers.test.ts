import { describe, expect, it } from "@effect/vitest"
import { overdue, tooMany } from "../../../../src/programs/control/web/strangers.ts"

/** Strangers by the network of each, in the order in which they came. */
const from = (networks: string) => [...networks].map((network, at) => ({ network, at, until: at }))

/** Which of them have to go, by their places. */
const going = (networks: string, limits = { perNetwork: 3, overall: 5 }) =>
  tooMany(from(networks), limits).map(({ at }) => at)

describe("connections without a token", () => {
  it.each<[what: string, networks: string, gone: ReadonlyArray<number>]>([
    ["may stay while there is room", "aaabb", []],
    ["of one network have a share, of which the oldest makes room", "aaaab", [0]],
    ["that are all of one network leave as many as its share", "aaaaaaaaa", [0, 1, 2, 3, 4, 5]],
    ["beyond the sum make room from the network that has the most", "abbbcd", [1]],
    ["of many networks go the oldest first", "abcdefg", [0, 1]],
    ["of a flood do not push out a neighbour", "nfffffffffff", [1, 2, 3, 4, 5, 6, 7, 8]]
  ])("%s", (_, networks, gone) => {
    expect(going(networks)).toEqual(gone)
  })

  it("go when their time is over", () => {
    expect(overdue(from("abc"), 1).map(({ at }) => at)).toEqual([0, 1])
  })
})
