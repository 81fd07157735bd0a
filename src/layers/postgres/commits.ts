/** Writes of this process, committed together: while one transaction is under way the next ones gather. */
import { Chunk, Effect, Fiber, Mailbox, Option, Schedule } from "effect"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { tryAgain } from "../../schemas/errors/tryAgain.ts"
import { ActsFor } from "../../services/ActsFor.ts"
import type { Step } from "../database/Step.ts"
import { waitAtMost } from "../process/waitAtMost.ts"
import { runStep } from "./asking.ts"
import { causeOf, closed, concernsAll, fenced, isPassing, isTooSlow, OneFailed } from "./failures.ts"
import { type makeTransaction, NotHeld, type Write } from "./transaction.ts"

/** Then other hosts have their turn, if not before. */
const TOGETHER = 200
/** How long the end waits for what is still to be committed, in ms: a server may be away. */
const CLOSING_MS = 10_000
/** What fails for now is begun again for so long. */
const again = Schedule.exponential("50 millis").pipe(
  Schedule.union(Schedule.spaced("500 millis")),
  Schedule.upTo("5 seconds")
)

/** What is still to be committed. What is offered is settled once, whatever becomes of it. */
const makeWaiting = Effect.gen(function* () {
  const queue = yield* Mailbox.make<Write>()
  const open = new Set<Write>()
  const settle = (writes: Iterable<Write>, outcome: Effect.Effect<void, unknown>) =>
    Effect.sync(() => {
      for (const write of writes) {
        open.delete(write)
        write.settle(outcome)
      }
    })
  return {
    settle,
    takeAll: queue.takeAll,
    end: queue.end,
    offer: (write: Write) => {
      open.add(write)
      if (queue.unsafeOffer(write)) return
      open.delete(write)
      write.settle(Effect.fail(closed()))
    },
    /** What has not been begun. */
    refuse: (error: StoreUnavailable) =>
      Effect.flatMap(queue.clear, (writes) => settle(writes, Effect.fail(error))),
    /** What has been begun as well. */
    refuseAll: Effect.suspend(() => settle([...open], Effect.fail(closed())))
  }
})

/** Commits writes, each of which is settled; those that cannot be committed together, each by itself. */
const makeCommitAll = (
  transaction: ReturnType<typeof makeTransaction>,
  { refuse, settle }: Effect.Effect.Success<typeof makeWaiting>,
  { file, onCommit }: { readonly file: string; readonly onCommit: Effect.Effect<void> }
) => {
  const commitAll = (writes: ReadonlyArray<Write>): Effect.Effect<void> =>
    writes.length === 0
      ? Effect.void
      : // While nobody knows what became of them nothing may be written, and that may last.
        transaction(writes, refuse).pipe(
          tryAgain({
            schedule: again,
            while: (error: unknown) =>
              isPassing(error) && !isTooSlow(error) && (writes.length === 1 || concernsAll(error))
          }),
          Effect.matchEffect({
            onSuccess: (rest) =>
              onCommit.pipe(
                Effect.zipRight(settle(writes.slice(0, writes.length - rest.length), Effect.void)),
                Effect.zipRight(commitAll(rest))
              ),
            onFailure: (error) => (error instanceof NotHeld ? leaveOut(writes, error) : giveUp(writes, error))
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
  /** One that fails must not take the others with it, nor keep them waiting: nothing was committed, so it comes last. */
  const giveUp = (writes: ReadonlyArray<Write>, error: unknown): Effect.Effect<void> =>
    writes.length === 1 || concernsAll(error)
      ? settle(writes, Effect.fail(causeOf(error)))
      : Effect.forEach(
          error instanceof OneFailed
            ? [writes.slice(0, error.at), writes.slice(error.at + 1), writes.slice(error.at, error.at + 1)]
            : writes.map((write) => [write]),
          commitAll,
          { discard: true }
        )
  return commitAll
}

/**
 * `transaction` commits writes, all or none, but for those that it answers; `onCommit` is run after each time. What is
 * offered when the scope is closed is committed before it ends, or refused where that takes too long.
 */
export const makeCommitter = (
  transaction: ReturnType<typeof makeTransaction>,
  options: { readonly file: string; readonly onCommit: Effect.Effect<void> }
) =>
  Effect.gen(function* () {
    const waiting = yield* makeWaiting
    const commitAll = makeCommitAll(transaction, waiting, options)
    const committer = yield* Effect.iterate(false, {
      while: (isDone) => !isDone,
      body: () =>
        Effect.flatMap(waiting.takeAll, ([writes, isDone]) =>
          Effect.forEach(
            Chunk.chunksOf(writes, TOGETHER),
            (together) => commitAll(Chunk.toReadonlyArray(together)),
            { discard: true }
          ).pipe(Effect.as(isDone))
        )
    }).pipe(Effect.forkDaemon)
    yield* Effect.addFinalizer(() =>
      waiting.end.pipe(
        Effect.zipRight(waitAtMost(Fiber.await(committer), CLOSING_MS)),
        Effect.zipRight(Fiber.interrupt(committer)),
        Effect.zipRight(waiting.refuseAll)
      )
    )

    return <A>(steps: () => Step<A>): Effect.Effect<A, unknown> =>
      Effect.flatMap(ActsFor, (shard) =>
        Effect.async<A, unknown>((resume) => {
          let result: Effect.Effect<A, unknown> = Effect.never
          waiting.offer({
            shard,
            run: (client) =>
              Effect.map(runStep(client, steps), (value) => {
                result = Effect.succeed(value)
              }),
            settle: (outcome) => resume(Effect.flatMap(outcome, () => result))
          })
        })
      )
  })
