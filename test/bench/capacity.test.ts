import { describe, expect, it } from "@effect/vitest"
import { capacityOf, MESSAGES_A_DAY, type Measured, PEAK, sharesOf } from "../../bench/capacity.ts"

/** What so many hosts and accounts take, of five a host and a tenth an account. */
const taken = (hosts: number, accounts: number) => ({ hosts, accounts, amount: 5 * hosts + accounts / 10 })

describe("what a host and what an account take", () => {
  it("is told apart by settings that have not as many accounts a host", () => {
    const { off, perAccount, perHost } = sharesOf([taken(1, 4), taken(1, 200), taken(4, 200)])
    expect(perHost).toBeCloseTo(5)
    expect(perAccount).toBeCloseTo(0.1)
    expect(off).toBeCloseTo(0)
  })

  it("is the hosts' where nobody can tell them apart", () => {
    expect(sharesOf([taken(1, 50), taken(2, 100)])).toEqual({ perHost: 10, perAccount: 0, off: 0 })
    expect(sharesOf([taken(2, 100)])).toEqual({ perHost: 10, perAccount: 0, off: 0 })
  })

  it("says by how much it is off where something grows by more than hosts and accounts", () => {
    const squared = (accounts: number) => ({ hosts: 1, accounts, amount: accounts ** 2 })
    expect(sharesOf([squared(4), squared(50), squared(200)]).off).toBeGreaterThan(1)
  })
})

const measured: Measured = {
  turnsPerSecond: 40,
  writingMsPerTurn: 10,
  transactionsPerTurn: 35,
  loggedPerTurn: 8000,
  connectionsPerHost: 11,
  atRest: { perHost: 5, perAccount: 0, off: 0 }
}

describe("what a database carries", () => {
  it("is a day whose busiest minute is what was measured", () => {
    const { accounts, loggedADay, messagesADay } = capacityOf(measured)
    expect(messagesADay).toBe((40 * 86_400) / PEAK)
    expect(accounts).toBe(messagesADay / MESSAGES_A_DAY)
    expect(loggedADay).toBe(messagesADay * 8000)
  })

  it("is bounded by the one turn to write, however quick the rest is", () => {
    expect(capacityOf(measured).mostTurnsPerSecond).toBe(100)
  })

  it("has as many hosts as a server lets in, beside the others that ask it", () => {
    expect(capacityOf(measured).hosts).toBe(8)
    expect(capacityOf({ ...measured, connectionsPerHost: 10 }).hosts).toBe(9)
  })

  it("has as many hosts as ask a tenth of what it carries while nobody writes", () => {
    expect(capacityOf(measured).hostsAtRest).toBe(28)
    expect(capacityOf({ ...measured, atRest: { perHost: 5, perAccount: 2, off: 0 } }).hostsAtRest).toBe(20)
  })

  it("does not take what a measurement was off by for a gift", () => {
    expect(capacityOf({ ...measured, atRest: { perHost: 5, perAccount: -1, off: 0 } }).hostsAtRest).toBe(28)
  })
})
