/**
 * Requests to a child that answers one at a time, as builds before 0.14 do: the next is made once the one before it is
 * answered. What waits here, and not in the child's pipe, has its whole time limit left when a send that took minutes
 * is over, and gets its turn before the send that was asked for after it.
 */
import { Effect } from "effect"
import type { ImsgSession } from "../../../services/ImsgProcess.ts"
import * as FairSemaphore from "../../effects/FairSemaphore.ts"

/** The session with its requests made in the order in which they are asked for, where its build needs that. */
export const inTurns = (session: ImsgSession): ImsgSession => {
  if (session.build.concurrentReads) return session
  const oneAtATime = FairSemaphore.make(1)
  // Those that wait for their turn count: whatever is asked for now is answered after them.
  let mutations = 0
  const whileMutating = <A, E>(mutation: Effect.Effect<A, E>) =>
    Effect.acquireUseRelease(
      Effect.sync(() => mutations++),
      () => mutation,
      () => Effect.sync(() => mutations--)
    )
  return {
    ...session,
    request: (method, params, timeoutMs) => {
      const asked = oneAtATime.withPermit(session.request(method, params, timeoutMs))
      return method.mutates ? whileMutating(asked) : asked
    },
    isIdle: Effect.zipWith(session.isIdle, oneAtATime.isIdle, (answered, free) => answered && free),
    isMutating: Effect.sync(() => mutations > 0)
  }
}
