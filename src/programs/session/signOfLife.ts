/** That a turn takes long: said once, in a direct chat, where nothing was said yet. */
import { Clock, Effect, Ref, type Scope } from "effect"
import { mayBeSeenByOthers, replyTarget } from "../../schemas/Envelope.ts"
import type { Turn } from "../../schemas/Turn.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { Outbox } from "../../services/Outbox.ts"
import { Presence } from "../../services/Presence.ts"
import { stored } from "../effects/stored.ts"
import type { Speech } from "./speech.ts"

/** How long it is worth saying, in ms. */
const WITHIN_MS = 60_000

export interface SignOfLife {
  /** Gives it now, in the agent's words where it has some. */
  readonly give: (said?: string) => Effect.Effect<void>
  /** Gives it once the turn has taken long, for as long as the scope. */
  readonly giveAfterAWhile: Effect.Effect<void, never, Scope.Scope>
}

/** The function that makes the sign of life of a turn. */
export const makeSignOfLife = Effect.gen(function* () {
  const config = yield* ConfigService
  const outbox = yield* Outbox
  const presence = yield* Presence
  const settings = Effect.map(config.current, ({ messages }) => messages.interim)

  return (turn: Turn, speech: Speech): Effect.Effect<SignOfLife> =>
    Effect.gen(function* () {
      const [envelope] = turn.envelopes
      const isOver = yield* Ref.make(turn.isGroup || mayBeSeenByOthers(envelope))

      const give = (said?: string) =>
        Effect.gen(function* () {
          const interim = yield* settings
          if (interim === undefined || (yield* speech.hasBegun)) return
          // Who sees that somebody writes needs no words for it.
          if (yield* presence.isShown(envelope.accountId, replyTarget(envelope))) return
          if (yield* Ref.getAndSet(isOver, true)) return
          yield* stored(
            outbox.accept({
              id: `interim:${turn.id}`,
              accountId: envelope.accountId,
              target: replyTarget(envelope),
              expiresAt: (yield* Clock.currentTimeMillis) + WITHIN_MS,
              replies: [{ text: said ?? interim.text }]
            })
          )
        })

      const giveAfterAWhile = Effect.gen(function* () {
        const interim = yield* settings
        if (interim === undefined || (yield* Ref.get(isOver))) return
        yield* Effect.forkScoped(Effect.delay(give(), interim.afterMs))
      })

      return { give, giveAfterAWhile }
    })
})
