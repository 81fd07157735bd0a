/** One send of an account at a time, over whichever child runs. */
import { Clock, Effect, Option } from "effect"
import type { ImsgSession } from "../../services/ImsgProcess.ts"
import type { FairSemaphore } from "../FairSemaphore.ts"
import type { ChildLink } from "./ChildLink.ts"

/**
 * Uses the running child when it is this one's turn; none where none came until `until` (Unix ms). While it waits for
 * a child it does not hold the permit: it would hold up those whose time is over before its own.
 */
export const withChild = <A, E, R>(
  link: ChildLink,
  oneAtATime: FairSemaphore,
  until: number,
  use: (session: ImsgSession) => Effect.Effect<A, E, R>
): Effect.Effect<Option.Option<A>, E, R> =>
  Effect.gen(function* () {
    while (true) {
      const left = until - (yield* Clock.currentTimeMillis)
      if (left <= 0) return Option.none()
      if (Option.isNone(yield* link.poll)) yield* Effect.timeoutOption(link.current, left)
      const used = yield* link.poll.pipe(
        Effect.flatMap(Effect.transposeMapOption(use)),
        oneAtATime.withPermit
      )
      if (Option.isSome(used)) return used
    }
  })
