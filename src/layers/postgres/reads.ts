/** What stores read: as it stood at one moment, whatever is committed meanwhile. */
import { Effect, Schedule } from "effect"
import type pg from "pg"
import type { Step } from "../database/Step.ts"
import { askAhead, runStep } from "./asking.ts"
import { isPassing } from "./failures.ts"
import { connected, giveBack } from "./server.ts"

/** It goes along with the first statement, and nobody waits for the end: most reads are one exchange. */
const BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
const again = Schedule.exponential("50 millis").pipe(Schedule.upTo("1 second"))

export const makeRead =
  (connections: pg.Pool) =>
  <A>(steps: () => Step<A>): Effect.Effect<A, unknown> =>
    Effect.suspend(() => {
      // Who was answered may have taken note of it: then it is up to him to ask again.
      let isAnswered = false
      const noticeAnswer = () => {
        isAnswered = true
      }
      const use = (client: pg.ClientBase) =>
        Effect.flatMap(askAhead(client, BEGIN), (begun) =>
          Effect.catchAll(runStep(client, steps, noticeAnswer), (error) =>
            Effect.zipRight(begun, Effect.fail(error))
          )
        )
      return Effect.acquireUseRelease(connected(connections), use, giveBack("COMMIT")).pipe(
        Effect.retry({ schedule: again, while: (error) => !isAnswered && isPassing(error) })
      )
    })
