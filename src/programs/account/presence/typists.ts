/** Who is to be seen writing on behalf of other hosts: each turn until it is over, or has not been spoken of for a while. */
import { Effect, FiberMap } from "effect"
import { LEASE_MS } from "../../../schemas/AccountActor.ts"
import type { Chat } from "../../../schemas/Target.ts"
import { Presence } from "../../../services/Presence.ts"
import { monotonicMillis } from "../supervision/monotonic.ts"

/** Those of an account, for as long as the scope. */
export const makeTypists = (accountId: string) =>
  Effect.gen(function* () {
    const presence = yield* Presence
    const writing = yield* FiberMap.make<string>()
    /** When each turn was spoken of last. */
    const spokenOf = new Map<string, number>()

    const untilLapsed = (turn: string): Effect.Effect<void> =>
      Effect.flatMap(monotonicMillis, (now) => {
        const left = (spokenOf.get(turn) ?? 0) + LEASE_MS - now
        return left > 0 ? Effect.zipRight(Effect.sleep(left), untilLapsed(turn)) : Effect.void
      })

    const write = (turn: string, chat: Chat) =>
      Effect.zipRight(presence.typing(accountId, chat), untilLapsed(turn)).pipe(
        Effect.scoped,
        Effect.ensuring(Effect.sync(() => spokenOf.delete(turn)))
      )

    return {
      /** A turn begins, or goes on. */
      typing: (turn: string, chat: Chat) =>
        Effect.gen(function* () {
          spokenOf.set(turn, yield* monotonicMillis)
          yield* FiberMap.run(writing, turn, write(turn, chat), { onlyIfMissing: true })
        }),
      /** It is over. */
      quiet: (turn: string) => FiberMap.remove(writing, turn)
    }
  })
