/** Questions that a row cannot be judged without, to a child that may be too busy to answer now. */
import { Effect, Schedule } from "effect"
import type { AskError } from "../../../services/Children.ts"

/** How often a child that cannot say it now is asked, and how far apart, before it is given up. */
const TRIES = 5
const ASK_EVERY = "1 second"

/** Asked again where a child cannot say it now. */
export const patiently: <A, E extends AskError>(ask: Effect.Effect<A, E>) => Effect.Effect<A, E> =
  Effect.retry(Schedule.intersect(Schedule.spaced(ASK_EVERY), Schedule.recurs(TRIES - 1)))
