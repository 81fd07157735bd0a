/** Questions to a child that may be busy. */
import { Effect, Schedule } from "effect"
import type { ImsgSession } from "../../services/ImsgProcess.ts"

const LOOK_EVERY = "1 second"

/** Builds that answer one request at a time are silent while a send takes its time, which has a limit of its own. */
export const whenIdle = (session: ImsgSession): Effect.Effect<void> =>
  session.build.concurrentReads
    ? Effect.void
    : Effect.asVoid(
        session.isMutating.pipe(
          Effect.repeat({ while: (isMutating) => isMutating, schedule: Schedule.spaced(LOOK_EVERY) })
        )
      )
