/** Judges tokens, at most so many wrong ones a minute from one address. */
import { createHash, timingSafeEqual } from "node:crypto"
import { Clock, Effect, Redacted, Ref } from "effect"
import { TooManyTries, WrongToken } from "../../../schemas/errors/web.ts"

const WITHIN_MS = 60_000
/** Addresses that are remembered; the one that failed longest ago is forgotten first. */
const MOST_ADDRESSES = 1000

const digest = (text: string) => createHash("sha256").update(text).digest()

/** Whether two texts are the same; how long it takes says nothing about where they differ. */
const isSame = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other))

/** When each address failed, in Unix ms, the latest failure last. */
type Failures = ReadonlyMap<string, ReadonlyArray<number>>

const withFailure = (failures: Failures, address: string, times: ReadonlyArray<number>): Failures => {
  const others = [...failures].filter(([one]) => one !== address).slice(1 - MOST_ADDRESSES)
  return new Map([...others, [address, times]])
}

type Judged = "right" | WrongToken | TooManyTries

/**
 * A judge of tokens that remembers failures. `most` wrong tokens from one address, and its next ones are refused
 * unseen until the oldest of these failures is a minute ago.
 */
export const makeTokens = (token: Redacted.Redacted<string>, most: number) =>
  Effect.map(
    Ref.make<Failures>(new Map()),
    (failures) => (given: string, address: string) =>
      Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        // One step, so that tries at the same time are counted like others.
        const judged = yield* Ref.modify(failures, (all): readonly [Judged, Failures] => {
          const recent = (all.get(address) ?? []).filter((at) => at > now - WITHIN_MS)
          const [oldest] = recent
          if (oldest !== undefined && recent.length >= most) {
            return [new TooManyTries({ retryAfter: Math.ceil((oldest + WITHIN_MS - now) / 1000) }), all]
          }
          if (isSame(given, Redacted.value(token))) return ["right", all]
          return [new WrongToken(), withFailure(all, address, [...recent, now])]
        })
        if (judged !== "right") return yield* judged
      })
  )

export type JudgeToken = Effect.Effect.Success<ReturnType<typeof makeTokens>>
