/** Browsers that are signed in. A session lasts as long as its time and the token that it was begun with. */
import { Effect, Option, Schedule } from "effect"
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"
import { WebSessions as Store } from "../../../services/WebSessions.ts"
import type { Tokens } from "./tokens.ts"

/** Sessions end in the store, by whichever process: who is told events meanwhile is looked at so often. */
const LOOK_EVERY = "1 second"

export interface Session {
  /** What the cookie holds: random, and nothing of the token. */
  readonly id: string
  /** Succeeds when the session is over: signed out, pushed out, too old, or its token is taken no more. */
  readonly over: Effect.Effect<void>
}

/** The sessions of one server. */
export const makeSessions = ({ isTaken }: Pick<Tokens, "isTaken">) =>
  Effect.map(Store, (store) => {
    const isOpen = (id: string): Effect.Effect<boolean, StoreUnavailable> =>
      Effect.flatMap(
        store.find(id),
        Option.match({
          onNone: () => Effect.succeed(false),
          onSome: ({ tokenDigest }) => isTaken(tokenDigest)
        })
      )
    const sessionOf = (id: string): Session => ({
      id,
      // A store that cannot be read for a while ends nobody's session.
      over: Effect.orElseSucceed(isOpen(id), () => true).pipe(
        Effect.repeat({ until: (open) => !open, schedule: Schedule.spaced(LOOK_EVERY) }),
        Effect.asVoid
      )
    })
    return {
      /** Signs a browser in that has shown the token of a digest. */
      open: (tokenDigest: string) => Effect.map(store.open(tokenDigest), sessionOf),
      /** The session of a cookie, as long as it lasts. */
      find: (id: string) =>
        Effect.map(isOpen(id), (open) => (open ? Option.some(sessionOf(id)) : Option.none())),
      /** Signs a browser out. */
      close: store.close
    }
  })

export type WebSessions = Effect.Effect.Success<ReturnType<typeof makeSessions>>
