/** Browsers that are signed in, in memory: a restart of the gateway, or of its web server, signs everybody out. */
import { randomBytes } from "node:crypto"
import { Clock, Deferred, Duration, Effect, Option, Ref } from "effect"

/** How long a browser stays signed in. */
export const SESSION_LASTS = Duration.hours(24)
/** Sessions at a time; one more ends the oldest. */
const MOST = 64
const ID_BYTES = 32

export interface Session {
  /** What the cookie holds: random, and nothing of the token. */
  readonly id: string
  /** Succeeds when the session is over: signed out, pushed out, or too old. */
  readonly over: Effect.Effect<void>
}

interface Kept {
  readonly expiresAt: number
  readonly ended: Deferred.Deferred<void>
}

type Sessions = ReadonlyMap<string, Kept>

/** The sessions of one server. */
export const makeSessions = Effect.gen(function* () {
  const sessions = yield* Ref.make<Sessions>(new Map())

  const end = (ids: ReadonlyArray<string>) =>
    Effect.flatMap(
      Ref.modify(sessions, (all) => [
        ids.flatMap((id) => all.get(id) ?? []),
        new Map([...all].filter(([id]) => !ids.includes(id)))
      ]),
      (gone) => Effect.forEach(gone, ({ ended }) => Deferred.succeed(ended, undefined), { discard: true })
    )

  const sessionOf = (id: string, { ended, expiresAt }: Kept): Session => ({
    id,
    over: Effect.flatMap(Clock.currentTimeMillis, (now) =>
      Effect.race(Deferred.await(ended), Effect.sleep(Duration.millis(expiresAt - now)))
    )
  })

  return {
    /** Signs a browser in. */
    open: Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const id = randomBytes(ID_BYTES).toString("base64url")
      const kept = { expiresAt: now + Duration.toMillis(SESSION_LASTS), ended: yield* Deferred.make<void>() }
      const before = [...(yield* Ref.get(sessions))]
      const expired = before.filter(([, { expiresAt }]) => expiresAt <= now)
      // A map keeps the order in which its keys came.
      const crowded = before.slice(0, Math.max(0, before.length - MOST + 1))
      yield* end([...expired, ...crowded].map(([one]) => one))
      yield* Ref.update(sessions, (all) => new Map([...all, [id, kept]]))
      return sessionOf(id, kept)
    }),
    /** The session of a cookie, as long as it lasts. */
    find: (id: string) =>
      Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        const kept = (yield* Ref.get(sessions)).get(id)
        return kept === undefined || kept.expiresAt <= now ? Option.none() : Option.some(sessionOf(id, kept))
      }),
    /** Signs a browser out. */
    close: (id: string) => end([id])
  }
})

export type WebSessions = Effect.Effect.Success<typeof makeSessions>
