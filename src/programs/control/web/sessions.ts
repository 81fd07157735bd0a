/** Browsers that are signed in. A session lasts as long as its time and the token that it was begun with. */
import { Effect, Option } from "effect"
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"
import { WebSessions as Store } from "../../../services/WebSessions.ts"
import { whenOver } from "./over.ts"
import type { Tokens } from "./tokens.ts"

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
          // What has ended once does not go on when its token is taken again.
          onSome: ({ tokenDigest }) =>
            Effect.tap(isTaken(tokenDigest), (is) => (is ? Effect.void : store.close(id)))
        })
      )
    const sessionOf = (id: string): Session => ({
      id,
      over: whenOver(isOpen(id))
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
