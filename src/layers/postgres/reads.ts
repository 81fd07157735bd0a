/** What stores read: as it stood at one moment, whatever is committed meanwhile. */
import { Effect, Exit, Schedule } from "effect"
import type pg from "pg"
import { tryAgain } from "../../schemas/errors/tryAgain.ts"
import type { Step } from "../database/Step.ts"
import { ask, askAhead, isOneStatement, type OneStatement, runStep } from "./asking.ts"
import { isPassing } from "./failures.ts"
import { connected, giveBack } from "./server.ts"

/** It goes along with the first statement, and nobody waits for the end: most of these are one exchange too. */
const BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
const again = Schedule.exponential("50 millis").pipe(Schedule.upTo("1 second"))

/** Connections on which nothing can be written. */
export const READ_ONLY = { options: "-c default_transaction_read_only=on" }

/** Several statements see the same, whatever is committed between them. */
const inTransaction =
  <A>(steps: () => Step<A>, onAnswer: () => void) =>
  (client: pg.ClientBase) =>
    Effect.flatMap(askAhead(client, BEGIN), (begun) =>
      Effect.catchAll(runStep(client, steps, onAnswer), (error) => Effect.zipRight(begun, Effect.fail(error)))
    )

const alone =
  <A>({ query, read }: OneStatement<A>) =>
  (client: pg.ClientBase) =>
    Effect.map(ask(client, query), read)

export const makeRead =
  (connections: pg.Pool) =>
  <A>(steps: () => Step<A>): Effect.Effect<A, unknown> =>
    Effect.suspend(() => {
      // Who was answered may have taken note of it: then it is up to him to ask again.
      let isAnswered = false
      const first = steps()
      const read = isOneStatement(first)
        ? Effect.acquireUseRelease(connected(connections), alone(first), (client, exit) =>
            // What is unanswered on it would be answered to whoever has it next.
            Effect.sync(() => client.release(Exit.isFailure(exit)))
          )
        : Effect.acquireUseRelease(
            connected(connections),
            inTransaction(steps, () => {
              isAnswered = true
            }),
            giveBack("COMMIT")
          )
      return tryAgain({ schedule: again, while: (error: unknown) => !isAnswered && isPassing(error) })(read)
    })
