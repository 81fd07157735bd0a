/** That a turn takes long: said once, in a direct chat, where nothing was said yet; or shown by a tapback in any chat. */
import { Clock, Effect, Ref, type Scope } from "effect"
import { interimKeys } from "../../schemas/config/agents.ts"
import { settle } from "../../schemas/config/section.ts"
import { isOnlyReactions, mayBeSeenByOthers, replyTarget } from "../../schemas/Envelope.ts"
import type { Turn } from "../../schemas/Turn.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { Outbox } from "../../services/Outbox.ts"
import { Presence } from "../../services/Presence.ts"
import { stored } from "../effects/stored.ts"
import { makeAcknowledge } from "./acknowledge.ts"
import type { Speech } from "./speech.ts"

/** How long it is worth saying, in ms. */
const WITHIN_MS = 60_000

/** How long a turn may take where nobody has said it: without a text there may be a tapback. */
const DEFAULTS = settle(interimKeys, [])

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
  const acknowledge = yield* makeAcknowledge
  const presence = yield* Presence
  const settings = Effect.map(config.current, ({ messages }) => messages)

  return (turn: Turn, speech: Speech): Effect.Effect<SignOfLife> =>
    Effect.gen(function* () {
      const [envelope] = turn.envelopes
      // A text would be read by all of a group; and who has only reacted waits for nothing.
      const isOver = yield* Ref.make(
        turn.isGroup || mayBeSeenByOthers(envelope) || isOnlyReactions(turn.envelopes)
      )
      const isGiven = yield* Ref.make(false)

      const give = (said?: string) =>
        Effect.gen(function* () {
          const { interim } = yield* settings
          if (interim === undefined || (yield* speech.hasBegun)) return
          // Who sees that somebody writes needs no words for it.
          if (yield* presence.isShown(envelope.accountId, replyTarget(envelope))) return
          if (yield* Ref.getAndSet(isOver, true)) return
          yield* Ref.set(isGiven, true)
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

      /** A tapback says it in the place of a text, where it is wanted and can be given. */
      const giveEither = Effect.gen(function* () {
        if ((yield* speech.hasBegun) || (yield* Ref.get(isGiven)) || (yield* acknowledge(turn, "slow")))
          return
        yield* give()
      })

      const giveAfterAWhile = Effect.gen(function* () {
        const { ack, interim } = yield* settings
        if (ack.when !== "slow" && (interim === undefined || (yield* Ref.get(isOver)))) return
        yield* Effect.forkScoped(Effect.delay(giveEither, (interim ?? DEFAULTS).afterMs))
      })

      return { give, giveAfterAWhile }
    })
})
