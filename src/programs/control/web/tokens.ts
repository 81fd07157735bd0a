/**
 * Judges tokens. The right one is right at any time, however many wrong ones came from wherever: a limit that refused
 * it would be a way to keep the owner out, above all behind a tunnel, where everybody has the same address. What keeps
 * it from being guessed is its length: those of the store are made, and the config asks for a long one. Wrong ones are
 * answered slowly beyond a limit.
 */
import { Clock, Effect, Option, type Redacted, Ref } from "effect"
import { digestOf } from "../../../schemas/accessToken.ts"
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"
import { TooManyTries, WrongToken } from "../../../schemas/errors/web.ts"
import { AccessTokens } from "../../../services/AccessTokens.ts"
import { type KnownToken, knownTokens } from "../knownTokens.ts"
import { whenOver } from "./over.ts"

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

/** A judge of tokens that remembers failures: right is what the config has, if it has one, and what is in the store. */
export const makeTokens = (
  configured: Redacted.Redacted<string> | undefined,
  limits: TokenLimits = TOKEN_LIMITS
) =>
  Effect.gen(function* () {
    const failures = yield* Ref.make<Failures>(new Map())
    const stored = yield* AccessTokens
    const find = knownTokens(stored, configured)

    /** Whether the token of a digest is taken now; nothing is remembered of one that is not. */
    const isTaken = (digest: string): Effect.Effect<boolean, StoreUnavailable> =>
      Effect.map(find(digest), Option.isSome)

    return {
      isTaken,
      /** Succeeds when the token of a digest is not taken any more. */
      over: (digest: string): Effect.Effect<void> => whenOver(isTaken(digest)),
      /** Answers what a token is, notes its use, and fails for one that is not right. `network` is where it came from. */
      judge: (
        given: string,
        network: string
      ): Effect.Effect<KnownToken, WrongToken | TooManyTries | StoreUnavailable> =>
        Effect.gen(function* () {
          const known = yield* find(digestOf(given))
          if (Option.isSome(known)) {
            const { made } = known.value
            if (made !== undefined) yield* Effect.forkDaemon(Effect.ignore(stored.used(made)))
            return known.value
          }
          const now = yield* Clock.currentTimeMillis
          // One step, so that tries at the same time are counted like others.
          const refusal = yield* Ref.modify(failures, (all) => refuse(all, network, now, limits))
          if (refusal._tag === "TooManyTries") yield* Effect.sleep(SLOWLY)
          return yield* refusal
        })
    }
  })

export type Tokens = Effect.Effect.Success<ReturnType<typeof makeTokens>>
