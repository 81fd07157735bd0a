/** What lasts as long as the store says so, by whichever process that is ended. */
import { Effect, Schedule } from "effect"
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"

/** Who is told events meanwhile is looked at so often. */
const LOOK_EVERY = "1 second"

/** Succeeds when it is not open any more. A store that cannot be read for a while ends nothing. */
export const whenOver = (isOpen: Effect.Effect<boolean, StoreUnavailable>): Effect.Effect<void> =>
  Effect.orElseSucceed(isOpen, () => true).pipe(
    Effect.repeat({ until: (open) => !open, schedule: Schedule.spaced(LOOK_EVERY) }),
    Effect.asVoid
  )
