/**
 * Rounds of random faults around two hosts and a real database: one, or as many as begin within `CLUSTER_FAULT_SECONDS`, from
 * `FAULT_SEED`. `npm run test:faults -- --cluster` runs the same rounds and says more.
 */
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "@effect/vitest"
import { Config, Effect, Random } from "effect"
import { runRounds } from "./run.ts"

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url))

/** A round has 45 s of faults, of which the last may take 20 s more, and may take three minutes to come to rest. */
const LAST_ROUND_MS = 300_000

const seconds = Effect.runSync(Config.withDefault(Config.integer("CLUSTER_FAULT_SECONDS"), 1))

describe("two hosts under random faults", () => {
  it.live(
    "no law is broken",
    () =>
      Effect.gen(function* () {
        const seed = yield* Config.integer("FAULT_SEED").pipe(
          Config.withDefault(yield* Random.nextIntBetween(0, 1_000_000))
        )
        const rounds = yield* runRounds(seed, seconds, {
          main: MAIN,
          cluster: true,
          verbose: false,
          without: new Set()
        })
        expect(
          rounds.flatMap(({ seed, violations }) =>
            violations.map(({ law, what }) => `seed ${seed}, law ${law}: ${what}`)
          )
        ).toEqual([])
      }),
    seconds * 1000 + LAST_ROUND_MS
  )
})
