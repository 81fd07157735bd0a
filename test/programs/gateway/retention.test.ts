import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Ref, TestClock } from "effect"
import { keepBounded, keepMs } from "../../../src/programs/gateway/retention.ts"
import { StoreUnavailable } from "../../../src/schemas/errors/store.ts"
import { Retention } from "../../../src/services/Retention.ts"
import { configLayer, makeConfig } from "../../support/configs.ts"

const DAY = 86_400_000
const nothing = {
  deliveries: 0,
  messages: 0,
  parts: 0,
  turns: 0,
  histories: 0,
  exchanges: 0,
  conversations: 0,
  decisions: 0,
  turnEnds: 0,
  permissions: 0,
  pairingRequests: 0,
  deadLetters: 0,
  files: 0
}

describe("what is finished is kept", () => {
  const rows = [
    { what: "a week where nothing is said", config: {}, days: 7 },
    { what: "as long as retention.days says", config: { retention: { days: 30 } }, days: 30 },
    {
      what: "at least as long as missed messages are answered",
      config: { retention: { days: 1 }, imessage: { catchUp: { maxAgeMs: 3 * DAY } } },
      days: 3
    },
    {
      what: "at least as long as a pairing code is valid",
      config: { retention: { days: 1 }, imessage: { pairing: { ttlMs: 14 * DAY } } },
      days: 14
    },
    {
      what: "at least as long as any of the accounts answers missed messages",
      config: {
        retention: { days: 1 },
        imessage: { accounts: { a: {}, b: { dbPath: "/Users/b/chat.db", catchUp: { maxAgeMs: 5 * DAY } } } }
      },
      days: 5
    }
  ]
  for (const { config, days, what } of rows) {
    it(what, () => expect(keepMs(makeConfig(config))).toBe(days * DAY))
  }
})

describe("pruning", () => {
  it.scoped("happens at the start and every hour, also after it failed", () =>
    Effect.gen(function* () {
      const pruned = yield* Ref.make<ReadonlyArray<number>>([])
      const retention = Layer.succeed(Retention, {
        prune: (before) =>
          Ref.modify(pruned, (all) => [all.length, [...all, before]]).pipe(
            Effect.flatMap((count) =>
              count === 1
                ? new StoreUnavailable({ file: "gateway.db", detail: "disk full" })
                : Effect.succeed(nothing)
            )
          )
      })
      yield* TestClock.setTime(100 * DAY)
      yield* keepBounded.pipe(Effect.provide(Layer.mergeAll(retention, configLayer())), Effect.forkScoped)
      yield* TestClock.adjust("150 minutes")
      const start = 93 * DAY
      expect(yield* Ref.get(pruned)).toEqual([start, start + 3_600_000, start + 7_200_000])
    })
  )
})
