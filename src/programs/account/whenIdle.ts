/** Waiting for builds that answer one request at a time. */
import { Effect, Schedule } from "effect"
import type { ImsgSession } from "../../services/ImsgProcess.ts"

const LOOK_EVERY = "1 second"

/** Until the child can answer: such builds are silent while a send takes its time, which has a limit of its own. */
export const whenIdle = (session: ImsgSession): Effect.Effect<void> =>
  session.build.concurrentReads
    ? Effect.void
    : Effect.asVoid(
        session.isMutating.pipe(
          Effect.repeat({ while: (isMutating) => isMutating, schedule: Schedule.spaced(LOOK_EVERY) })
        )
      )
