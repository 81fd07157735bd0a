/** What of the outbox cannot be read: it becomes a dead letter as it is, and the others of its account go on. */
import { Clock, Effect, Either, Option } from "effect"
import { UNREADABLE } from "../../schemas/DeadLetter.ts"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import type { OpenDelivery } from "../../services/Outbox.ts"
import type { Database } from "../database/Database.ts"
import type { Step } from "../database/Step.ts"
import { makePutLetter } from "../deadLetters/letters.ts"
import { makeEnd } from "./ends.ts"
import { makeLeftParts } from "./parts.ts"
import { type OutboxRow, openOf } from "./rows.ts"

const SET_ASIDE =
  "it cannot be read: the store is damaged there, or a later version of imsg-gateway wrote it. Nothing more of it is " +
  "sent. Retry it with the version that wrote it, or drop this letter"

/** Looks for the delivery of a row. One that cannot be read is set aside, and another is looked for. */
export const makeReadable = (database: typeof Database.Service) => {
  const end = makeEnd(database)
  const putLetter = makePutLetter(database)
  const leftParts = makeLeftParts(database)

  const setAside = ({ account_id: accountId, attempt, delivery: payload, delivery_id: id, seq }: OutboxRow) =>
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      yield* database.write(function* () {
        yield* leftParts.settle(id, now)
        yield* putLetter({
          ...{ kind: "delivery", id, accountId, sessionKey: "", code: UNREADABLE, message: SET_ASIDE },
          ...{ payload, attempts: attempt + 1, buriedAt: now }
        })
        yield* end(seq, id, now)
      })
      yield* Effect.logError("a delivery cannot be read and is kept as a dead letter").pipe(
        Effect.annotateLogs({ account: accountId, delivery: id, code: UNREADABLE })
      )
    })

  const readableOf = (
    select: () => Step<OutboxRow | undefined>
  ): Effect.Effect<Option.Option<OpenDelivery>, StoreUnavailable> =>
    Effect.flatMap(
      database.read(function* (): Step<Either.Either<Option.Option<OpenDelivery>, OutboxRow>> {
        const row = yield* select()
        if (row === undefined) return Either.right(Option.none())
        const open = openOf(row)
        return Option.isSome(open) && (yield* leftParts.areReadable(row.delivery_id))
          ? Either.right(open)
          : Either.left(row)
      }),
      Either.match({
        onLeft: (row) => Effect.zipRight(setAside(row), readableOf(select)),
        onRight: Effect.succeed
      })
    )

  return readableOf
}
