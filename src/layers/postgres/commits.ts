/** Writes of this process, committed together: while one transaction is under way the next ones gather. */
import { Chunk, Effect, Fiber, Mailbox, Option, Schedule } from "effect"
import { ActsFor } from "../../services/ActsFor.ts"
import type { Step } from "../database/Step.ts"
import { runStep } from "./asking.ts"
import { fenced, isPassing, troubleOf } from "./failures.ts"
import { NotHeld, type Write } from "./transaction.ts"

/** Then other hosts have their turn. */
const TOGETHER = 200
/** What fails for now is begun again for so long. */
const again = Schedule.exponential("50 millis").pipe(
  Schedule.union(Schedule.spaced("500 millis")),
  Schedule.upTo("5 seconds")
)

const settle = (writes: Iterable<Write>, outcome: Effect.Effect<void, unknown>) =>
  Effect.sync(() => {
    for (const write of writes) write.settle(outcome)
  })

/**
 * `transaction` commits writes, all or none; `onCommit` is run after each time. What is offered when the scope is
 * closed is committed before it ends.
 */
export const makeCommitter = (
  transaction: (writes: ReadonlyArray<Write>) => Effect.Effect<void, unknown>,
  { file, onCommit }: { readonly file: string; readonly onCommit: Effect.Effect<void> }
) =>
  Effect.gen(function* () {
    const waiting = yield* Mailbox.make<Write>()

    const commitAll = (writes: ReadonlyArray<Write>): Effect.Effect<void> =>
      writes.length === 0
        ? Effect.void
        : transaction(writes).pipe(
            Effect.retry({ schedule: again, while: isPassing }),
            Effect.matchEffect({
              onSuccess: () => Effect.zipRight(onCommit, settle(writes, Effect.void)),
              onFailure: (error) =>
                error instanceof NotHeld ? leaveOut(writes, error) : giveUp(writes, error)
            })
          )
    /** What another host has taken over is refused; the rest is written. */
    const leaveOut = (writes: ReadonlyArray<Write>, { shards }: NotHeld): Effect.Effect<void> => {
      const shardLost = ({ shard }: Write) => Option.filter(shard, (one) => shards.has(one))
      return Effect.zipRight(
        Effect.forEach(
          writes,
          (write) =>
            Option.match(shardLost(write), {
              onNone: () => Effect.void,
              onSome: (shard) => settle([write], Effect.fail(fenced(file, shard)))
            }),
          { discard: true }
        ),
        commitAll(writes.filter((write) => Option.isNone(shardLost(write))))
      )
    }
    /** One that fails must not take the others with it: nothing was committed, so each is tried by itself. */
    const giveUp = (writes: ReadonlyArray<Write>, error: unknown): Effect.Effect<void> =>
      writes.length === 1 || troubleOf(error) !== undefined
        ? settle(writes, Effect.fail(error))
        : Effect.forEach(writes, (write) => commitAll([write]), { discard: true })

    const committer = yield* waiting.takeAll.pipe(
      Effect.flatMap(([writes, isDone]) =>
        Effect.forEach(
          Chunk.chunksOf(writes, TOGETHER),
          (together) => commitAll(Chunk.toReadonlyArray(together)),
          { discard: true }
        ).pipe(Effect.as(isDone))
      ),
      Effect.repeat({ until: (isDone) => isDone }),
      Effect.forkDaemon
    )
    yield* Effect.addFinalizer(() => Effect.zipRight(waiting.end, Fiber.await(committer)))

    return <A>(steps: () => Step<A>): Effect.Effect<A, unknown> =>
      Effect.flatMap(ActsFor, (shard) =>
        Effect.async<A, unknown>((resume) => {
          let result: Effect.Effect<A, unknown> = Effect.never
          const isTaken = waiting.unsafeOffer({
            shard,
            run: (client) =>
              Effect.map(runStep(client, steps), (value) => {
                result = Effect.succeed(value)
              }),
            settle: (outcome) => resume(Effect.flatMap(outcome, () => result))
          })
          if (!isTaken) resume(Effect.fail(new Error("the store is closed")))
        })
      )
  })
