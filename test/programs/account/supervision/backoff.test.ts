import { describe, expect, it } from "@effect/vitest"
import { FastCheck as fc } from "effect"
import {
  backoffDelay,
  degradedDelay,
  nextAttempt
} from "../../../../src/programs/account/supervision/backoff.ts"

const policy = { baseMs: 500, factor: 2, maxMs: 60_000, resetAfterMs: 60_000 }
const MIDDLE = 0.5

describe("the delay before a restart", () => {
  const rows = [
    { attempt: 1, random: MIDDLE, millis: 500 },
    { attempt: 2, random: MIDDLE, millis: 1000 },
    { attempt: 5, random: MIDDLE, millis: 8000 },
    { attempt: 1, random: 0, millis: 400 },
    { attempt: 8, random: MIDDLE, millis: 50_000 },
    { attempt: 9, random: MIDDLE, millis: 50_000 },
    { attempt: 10_000, random: MIDDLE, millis: 50_000 }
  ]
  for (const { attempt, millis, random } of rows) {
    it(`is ${millis} ms at attempt ${attempt} with chance ${random}`, () =>
      expect(backoffDelay(policy, attempt, random)).toBe(millis))
  }

  const policies = fc.record({
    baseMs: fc.integer({ min: 1, max: 100_000 }),
    factor: fc.double({ min: 1, max: 10, noNaN: true }),
    maxMs: fc.integer({ min: 1, max: 2_147_483_647 }),
    resetAfterMs: fc.constant(1)
  })
  const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  const attempts = fc.integer({ min: 1, max: 100_000 })

  it("is never longer than maxMs, its spread included", () =>
    fc.assert(
      fc.property(policies, attempts, chances, (any, attempt, chance) => {
        expect(backoffDelay(any, attempt, chance)).toBeLessThanOrEqual(any.maxMs)
      })
    ))

  it("is never negative and never no number", () =>
    fc.assert(
      fc.property(policies, attempts, chances, (any, attempt, chance) => {
        expect(backoffDelay(any, attempt, chance)).toBeGreaterThanOrEqual(0)
      })
    ))

  it("does not become shorter from one attempt to the next", () =>
    fc.assert(
      fc.property(policies, attempts, chances, (any, attempt, chance) => {
        expect(backoffDelay(any, attempt + 1, chance)).toBeGreaterThanOrEqual(
          backoffDelay(any, attempt, chance)
        )
      })
    ))

  it("is spread, so that accounts that fail together do not come back together", () =>
    expect(backoffDelay(policy, 20, 0)).toBeLessThan(backoffDelay(policy, 20, 0.99)))
})

describe("the delay of a degraded account", () => {
  it("is a quarter of the longest backoff", () => expect(degradedDelay(policy, MIDDLE)).toBe(15_000))
  it("is spread", () => expect(degradedDelay(policy, 0)).toBe(12_000))
})

describe("the next attempt", () => {
  const rows = [
    { what: "is the first after a first failure", attempt: 0, healthyMs: 0, next: 1 },
    { what: "counts on after a child that was never healthy", attempt: 3, healthyMs: 0, next: 4 },
    { what: "counts on after a child that was not healthy for long", attempt: 3, healthyMs: 59_999, next: 4 },
    { what: "starts over after a child that was", attempt: 3, healthyMs: 60_000, next: 1 }
  ]
  for (const { attempt, healthyMs, next, what } of rows) {
    it(what, () => expect(nextAttempt(policy, attempt, healthyMs)).toBe(next))
  }
})
