/**
 * Rounds of random faults around the built program, for about a minute; `FAULT_SECONDS` and `FAULT_SEED` change
 * how many and which. `npm run test:faults` runs the same rounds and says more.
 */
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "@effect/vitest"
import { Config, Effect, Random } from "effect"
import { runRounds } from "./run.ts"

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url))

/** A round has 12 s of faults, and may take a minute to begin and a minute to come to rest. */
const LAST_ROUND_MS = 180_000

const seconds = Effect.runSync(Config.withDefault(Config.integer("FAULT_SECONDS"), 60))

describe("under random faults", () => {
  it.live(
    "no law is broken",
    () =>
      Effect.gen(function* () {
        const seed = yield* Config.integer("FAULT_SEED").pipe(
          Config.withDefault(yield* Random.nextIntBetween(0, 1_000_000))
        )
        const rounds = yield* runRounds(seed, seconds, {
          main: MAIN,
          cluster: false,
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
