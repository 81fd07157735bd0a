import { describe, expect, it } from "@effect/vitest"
import { Array as Arr, Effect } from "effect"
import { HOST_KINDS, HOSTS } from "./cluster/troubles.ts"
import { type FaultKind, KINDS } from "./kinds.ts"
import { makeSchedule, type Schedule } from "./schedule.ts"

const SEEDS = Arr.range(1, 200)

const kindsOf = ({ steps }: Schedule): ReadonlyArray<FaultKind> =>
  steps.flatMap(({ step }) => ("kind" in step ? [step.kind] : []))

describe("a schedule", () => {
  it.effect("is the same for the same seed, and another for another", () =>
    Effect.gen(function* () {
      expect(yield* makeSchedule(7)).toEqual(yield* makeSchedule(7))
      expect(yield* makeSchedule(8)).not.toEqual({ ...(yield* makeSchedule(7)), seed: 8 })
    })
  )

  it.effect("without a kind of fault is the same otherwise", () =>
    Effect.gen(function* () {
      const all = yield* makeSchedule(7)
      const [kind] = kindsOf(all)
      const some = yield* makeSchedule(7, new Set(Arr.fromNullable(kind)))
      expect(some.steps).toEqual(all.steps.filter(({ step }) => !("kind" in step && step.kind === kind)))
      expect(some.steps.length).toBeLessThan(all.steps.length)
    })
  )

  it.effect("numbers its messages without gaps, and its steps are in the order of their times", () =>
    Effect.gen(function* () {
      for (const seed of SEEDS) {
        const { steps } = yield* makeSchedule(seed)
        const numbers = steps.flatMap(({ step }) =>
          step._tag === "Write" ? step.messages.map(({ n }) => n) : []
        )
        expect(numbers).toEqual(Arr.range(1, numbers.length))
        expect(steps.map(({ at }) => at)).toEqual(steps.map(({ at }) => at).sort((a, b) => a - b))
      }
    })
  )

  it.effect("does nothing to the account that it spares, nor to the gateway", () =>
    Effect.gen(function* () {
      const lopsided = (yield* Effect.forEach(SEEDS, (seed) => makeSchedule(seed))).filter(
        ({ spared }) => spared !== undefined
      )
      expect(lopsided.length).toBeGreaterThan(0)
      for (const { spared, steps } of lopsided) {
        const harms = steps.filter(
          ({ step }) => step._tag !== "Write" && !("account" in step && step.account !== spared)
        )
        expect(harms).toEqual([])
      }
    })
  )

  it.effect("has every kind of fault in some of many seeds", () =>
    Effect.gen(function* () {
      const schedules = yield* Effect.forEach(SEEDS, (seed) => makeSchedule(seed))
      const seen = new Set<FaultKind>([...schedules.flatMap(kindsOf), "mirror"])
      expect(KINDS.filter((kind) => !seen.has(kind))).toEqual([])
    })
  )
})

describe("a schedule of a cluster", () => {
  const schedules = Effect.forEach(SEEDS, (seed) => makeSchedule(seed, new Set(), true))

  it.effect("has every kind of trouble of hosts in some of many seeds, and in each several", () =>
    Effect.gen(function* () {
      const troubles = (yield* schedules).map((schedule) =>
        kindsOf(schedule).filter((kind) => HOST_KINDS.some((one) => one === kind))
      )
      expect([...new Set(troubles.flat())].sort()).toEqual([...HOST_KINDS].sort())
      for (const some of troubles) expect(some.length).toBeGreaterThan(1)
    })
  )

  it.effect("troubles a host only once the trouble before is over", () =>
    Effect.gen(function* () {
      for (const { steps } of yield* schedules) {
        for (const host of HOSTS) {
          const own = steps.flatMap(({ at, step }) =>
            "host" in step && step.host === host && step.kind !== "cut-hosts"
              ? [{ at, until: at + step.downMs }]
              : []
          )
          const early = own.filter(({ at }, index) => at <= (own[index - 1]?.until ?? 0))
          expect(early).toEqual([])
        }
      }
    })
  )
})
