/**
 * Judges tokens. The right one is right at any time, however many wrong ones came from wherever: a limit that refused
 * it would be a way to keep the owner out, above all behind a tunnel, where everybody has the same address. What keeps
 * it from being guessed is its length, which the config asks for. Wrong ones are answered slowly beyond a limit.
 */
import { createHash, timingSafeEqual } from "node:crypto"
import { Clock, Effect, Redacted, Ref } from "effect"
import { TooManyTries, WrongToken } from "../../../schemas/errors/web.ts"

const WITHIN_MS = 60_000
/** Networks that are remembered; the one that failed longest ago is forgotten first. */
const MOST_NETWORKS = 1000
/** How long somebody waits who has tried too often. */
const SLOWLY = "1 second"

export interface TokenLimits {
  /** Wrong tokens within a minute from one network, and from all together. */
  readonly perNetwork: number
  readonly overall: number
}

/** People mistype; a program with an old token asks again and again. */
const TOKEN_LIMITS: TokenLimits = { perNetwork: 10, overall: 100 }

const digest = (text: string) => createHash("sha256").update(text).digest()

/** When each network failed, in Unix ms, the latest failure last. */
type Failures = ReadonlyMap<string, ReadonlyArray<number>>

const withFailure = (failures: Failures, network: string, times: ReadonlyArray<number>): Failures => {
  const others = [...failures].filter(([one]) => one !== network).slice(1 - MOST_NETWORKS)
  return new Map([...others, [network, times]])
}

/** What is said to a wrong token, and the failures with it; beyond the limits none is written down. */
const refuse = (
  failures: Failures,
  network: string,
  now: number,
  limits: TokenLimits
): readonly [WrongToken | TooManyTries, Failures] => {
  const isRecent = (at: number) => at > now - WITHIN_MS && at <= now
  const own = (failures.get(network) ?? []).filter(isRecent)
  const all = [...failures.values()].flat().filter(isRecent)
  const again = (times: ReadonlyArray<number>) => Math.ceil((Math.min(...times) + WITHIN_MS - now) / 1000)
  if (own.length >= limits.perNetwork) return [new TooManyTries({ retryAfter: again(own) }), failures]
  if (all.length >= limits.overall) return [new TooManyTries({ retryAfter: again(all) }), failures]
  return [new WrongToken(), withFailure(failures, network, [...own, now])]
}

/** A judge of tokens that remembers failures. */
export const makeTokens = (token: Redacted.Redacted<string>, limits: TokenLimits = TOKEN_LIMITS) =>
  Effect.map(Ref.make<Failures>(new Map()), (failures) => {
    const expected = digest(Redacted.value(token))
    /** How long it takes says nothing about where they differ. */
    const isRight = (given: string): boolean => timingSafeEqual(digest(given), expected)
    return {
      /** Whether it is the token; nothing is remembered of one that is not. */
      isRight,
      /** Fails for a token that is not right. `network` is where it came from. */
      judge: (given: string, network: string): Effect.Effect<void, WrongToken | TooManyTries> =>
        Effect.gen(function* () {
          if (isRight(given)) return
          const now = yield* Clock.currentTimeMillis
          // One step, so that tries at the same time are counted like others.
          const refusal = yield* Ref.modify(failures, (all) => refuse(all, network, now, limits))
          if (refusal._tag === "TooManyTries") yield* Effect.sleep(SLOWLY)
          return yield* refusal
        })
    }
  })

export type Tokens = Effect.Effect.Success<ReturnType<typeof makeTokens>>
