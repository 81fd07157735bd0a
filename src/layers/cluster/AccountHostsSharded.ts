/** The hosts of accounts by the engine: it knows where the shard of an account is, and takes what is asked there. */
import { ClusterError, EntityId, Sharding } from "@effect/cluster"
import { Cause, Effect, Either, Fiber, Layer, Mailbox, Option, Schema, Stream } from "effect"
import { type FilePiece, FileRefusal } from "../../schemas/AccountActor.ts"
import { AccountNotRunning } from "../../schemas/errors/control.ts"
import {
  AccountHosts,
  accountActorIn,
  type FileOfAccount,
  type NotHandedOver
} from "../../services/AccountHosts.ts"
import { Actors, placeOfAccount } from "../../services/Actors.ts"

/** How long a host may take for what it need not ask its child, in ms. */
const ANSWERS_WITHIN_MS = 3000
/** How long a host may take for the next piece of a file, in ms; the first may come from further away. */
const NEXT_PIECE_MS = 10_000
const FIRST_PIECE_MS = 120_000
/** Pieces of a file that wait to be taken. */
const AHEAD = 2

/** Whether a failure is the host's own word. */
const isAnswer = <E>(error: E): error is Exclude<E, NotHandedOver> =>
  !(
    ClusterError.MailboxFull.is(error) ||
    ClusterError.AlreadyProcessingMessage.is(error) ||
    error instanceof ClusterError.PersistenceError
  )

const couldNotBeFetched: FileRefusal = "could not be fetched"

/**
 * What the engine tries for ever is given up in time. It is not waited for until the engine has taken it back: that too is
 * said to a host which may not be there any more.
 */
const atMost =
  <E2>(withinMs: number, onTimeout: () => Effect.Effect<never, E2>) =>
  <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E | E2> =>
    Effect.disconnect(effect).pipe(
      Effect.timeoutTo({ duration: withinMs, onSuccess: Effect.succeed, onTimeout }),
      Effect.flatten
    )

/** Why there is no file, by how the request for it ended. */
const refusalOf = (cause: Cause.Cause<unknown>): FileRefusal =>
  Option.getOrElse(Option.filter(Cause.failureOption(cause), Schema.is(FileRefusal)), () => couldNotBeFetched)

/** The next piece of a file; nothing once all of them were taken. */
const nextOf = (
  pieces: Mailbox.ReadonlyMailbox<FilePiece, FileRefusal>,
  withinMs: number
): Effect.Effect<Option.Option<FilePiece>, FileRefusal> =>
  pieces.take.pipe(
    Effect.asSome,
    Effect.catchIf(Cause.isNoSuchElementException, () => Effect.succeedNone),
    Effect.timeoutFail({ duration: withinMs, onTimeout: () => couldNotBeFetched })
  )

/**
 * What a piece adds to the `read` bytes before it, of so many in all. Where it is less or more in the end, the file was
 * changed while it was read, or its host is gone.
 */
const contentsOf = (
  piece: Option.Option<FilePiece>,
  read: number,
  all: number
): Effect.Effect<Option.Option<readonly [Uint8Array, number]>, FileRefusal> => {
  if (Option.isNone(piece)) return read === all ? Effect.succeedNone : Effect.fail(couldNotBeFetched)
  if (piece.value._tag === "File") return Effect.fail(couldNotBeFetched)
  const { contents } = piece.value
  const by = read + contents.length
  return by > all ? Effect.fail(couldNotBeFetched) : Effect.succeedSome([contents, by])
}

const make = Effect.gen(function* () {
  const sharding = yield* Sharding.Sharding
  const { groups } = yield* Actors
  const hostOf = yield* accountActorIn(groups).client

  const isHere = (accountId: string) =>
    Effect.sync(() =>
      sharding.hasShardId(
        sharding.getShardId(EntityId.make(placeOfAccount(accountId)), groups.ofAccount(accountId))
      )
    )

  const ask: AccountHosts["Type"]["ask"] = (accountId, use, withinMs) => {
    const notRunning = (why: string) =>
      Effect.zipRight(
        Effect.annotateLogs(Effect.logDebug(`the host of an account gave no answer: ${why}`), {
          account: accountId
        }),
        new AccountNotRunning({ account: accountId })
      )
    return use(hostOf(placeOfAccount(accountId))).pipe(
      atMost(withinMs, () => notRunning("it took too long")),
      // A host that ends answers by an interruption, which is not one of who has asked; and another version by a defect.
      Effect.catchAllCause((cause) =>
        Either.match(Cause.failureOrCause(cause), {
          onLeft: (error) => (isAnswer(error) ? Effect.fail(error) : notRunning("it could not be asked")),
          onRight: (cause) => notRunning(Cause.pretty(cause))
        })
      )
    )
  }

  /** The pieces of a file. Nobody waits until the engine has taken back what is not wanted any more. */
  const piecesOf = ({ accountId, file, reader }: FileOfAccount) =>
    Effect.gen(function* () {
      const mailbox = yield* Mailbox.make<FilePiece, FileRefusal>(AHEAD)
      const given = hostOf(placeOfAccount(accountId)).ReadFile({ file, reader }, { streamBufferSize: AHEAD })
      const fetching = yield* Stream.runForEach(given, (piece) => mailbox.offer(piece)).pipe(
        Effect.matchCauseEffect({
          onFailure: (cause) => mailbox.fail(refusalOf(cause)),
          onSuccess: () => mailbox.end
        }),
        Effect.forkDaemon
      )
      yield* Effect.addFinalizer(() => Fiber.interruptFork(fetching))
      return mailbox
    })

  const file: AccountHosts["Type"]["file"] = (wanted) =>
    Effect.gen(function* () {
      const pieces = yield* piecesOf(wanted)
      const first = yield* nextOf(pieces, FIRST_PIECE_MS)
      if (Option.isNone(first) || first.value._tag !== "File") return yield* Effect.fail(couldNotBeFetched)
      const { bytes, mimeType, name } = first.value
      const contents = Stream.unfoldEffect(0, (read) =>
        Effect.flatMap(nextOf(pieces, NEXT_PIECE_MS), (piece) => contentsOf(piece, read, bytes))
      )
      return { bytes, mimeType, name, contents }
    })

  return AccountHosts.of({
    isHere,
    ask,
    restart: (accountId) => ask(accountId, (host) => host.Restart(), ANSWERS_WITHIN_MS),
    file
  })
})

export const layer: Layer.Layer<AccountHosts, never, Sharding.Sharding> = Layer.effect(AccountHosts, make)
