/**
 * Dead letters in the gateway's store. Orders are written beside them by whichever process an owner uses, and are
 * found there by the gateway.
 */
import { Clock, Effect, Either, Layer, Option, Schema } from "effect"
import { InboundPayload } from "../../schemas/Actors.ts"
import type { AuditEvent } from "../../schemas/Audit.ts"
import {
  accountOf,
  type DeadContent,
  type DeadLetter,
  type DeadLetterStatus,
  idOf,
  isReadable,
  kindOf as tagOf,
  UNCERTAIN,
  type Unreadable
} from "../../schemas/DeadLetter.ts"
import { Delivery } from "../../schemas/Delivery.ts"
import { DeadLetterNotFound, DeadLetterRefused } from "../../schemas/errors/delivery.ts"
import { OnBehalfOf } from "../../services/Audit.ts"
import { DeadLetters, type LetterCounts, type Order } from "../../services/DeadLetters.ts"
import { makeTrail } from "../audit/auditTrail.ts"
import { Database } from "../database/Database.ts"
import * as Step from "../database/Step.ts"
import { makeForgetWords } from "../outbox/words.ts"
import { makeBeginRetry, makePutLetter } from "./letters.ts"

/** The most orders that are looked at together: each is a whole letter in memory. */
const MOST_ORDERS = 100

interface LetterRow {
  readonly number: number
  readonly kind: "turn" | "delivery"
  readonly id: string
  readonly account_id: string
  readonly session_key: string
  readonly code: string
  readonly message: string
  readonly report: string | null
  readonly payload: string
  readonly status: DeadLetterStatus | "dropped"
  readonly attempts: number
  readonly buried_at: number
}

const MessagesJson = Schema.parseJson(Schema.NonEmptyArray(InboundPayload))
const encodeMessages = Schema.encodeSync(MessagesJson)
const decodeMessages = Schema.decodeOption(MessagesJson)

const DeliveryJson = Schema.parseJson(Delivery)
const encodeDelivery = Schema.encodeSync(DeliveryJson)
const decodeDelivery = Schema.decodeOption(DeliveryJson)

const kindOf = (tag: DeadContent["_tag"]): LetterRow["kind"] => (tag === "Turn" ? "turn" : "delivery")

/** What can be read of a letter: one that is damaged must not hide the others. */
const contentOf = ({ account_id, id, kind, payload, session_key }: LetterRow): DeadContent | Unreadable => {
  const content: Option.Option<DeadContent> =
    kind === "turn"
      ? Option.map(decodeMessages(payload), (messages) => ({
          _tag: "Turn",
          id,
          sessionKey: session_key,
          messages
        }))
      : Option.map(decodeDelivery(payload), (delivery) => ({ _tag: "Delivery", delivery }))
  return Option.getOrElse(content, () => ({
    _tag: "Unreadable",
    kind: kind === "turn" ? "Turn" : "Delivery",
    id,
    accountId: account_id,
    sessionKey: session_key
  }))
}

const letterOf = (row: LetterRow, status: DeadLetterStatus): DeadLetter => ({
  number: row.number,
  content: contentOf(row),
  code: row.code,
  message: row.message,
  ...(row.report === null ? {} : { report: row.report }),
  status,
  attempts: row.attempts,
  buriedAt: row.buried_at
})

/** A letter that was dropped is none any more, though its files may wait to be released. */
const standing = (row: LetterRow | undefined): Option.Option<DeadLetter> =>
  row === undefined || row.status === "dropped" ? Option.none() : Option.some(letterOf(row, row.status))

/** None of a letter that cannot be read: a later version may have taken the order. */
const orderOf = (row: LetterRow): Option.Option<Order> => {
  if (row.status === "dropped") {
    return Option.some({
      ...{ _tag: "Release", number: row.number },
      ...{ accountId: row.account_id, deliveryId: row.id }
    })
  }
  const letter = letterOf(row, row.status)
  return isReadable(letter) ? Option.some({ _tag: "Retry", letter }) : Option.none()
}

const make = Effect.gen(function* () {
  const database = yield* Database
  const trail = makeTrail(database)
  const forgetWords = makeForgetWords(database)
  const put = makePutLetter(database)
  const forget = database.prepare("DELETE FROM dead_letters WHERE kind = ? AND id = ?")
  const selectAttempts = database.prepare<{ readonly attempts: number }>(
    "SELECT attempts FROM dead_letters WHERE kind = ? AND id = ?"
  )
  const selectAll = database.prepare<LetterRow>(
    "SELECT * FROM dead_letters WHERE status <> 'dropped' ORDER BY buried_at DESC, number DESC"
  )
  const selectOne = database.prepare<LetterRow>("SELECT * FROM dead_letters WHERE number = ?")
  const countKinds = database.prepare<LetterCounts>(`
    SELECT count(*) FILTER (WHERE kind = 'turn') AS turns,
      count(*) FILTER (WHERE kind = 'delivery' AND code <> '${UNCERTAIN}') AS deliveries,
      count(*) FILTER (WHERE kind = 'delivery' AND code = '${UNCERTAIN}') AS uncertain
    FROM dead_letters WHERE status <> 'dropped'`)
  const ask = database.prepare(`
    UPDATE dead_letters SET status = 'asked', is_anyway = CASE WHEN ? = 1 THEN 1 ELSE is_anyway END
    WHERE number = ? AND status IN ('dead', 'asked')`)
  const remove = database.prepare("DELETE FROM dead_letters WHERE number = ?")
  // Nothing of what was said is kept; only the name of its files.
  const empty = database.prepare(
    "UPDATE dead_letters SET status = 'dropped', message = '', report = NULL, payload = '' WHERE number = ?"
  )
  const selectOrders = database.prepare<LetterRow>(
    `SELECT * FROM dead_letters WHERE status IN ('asked', 'dropped')
       AND (status = 'dropped' OR account_id IN (SELECT value FROM json_each(?)))
     ORDER BY number LIMIT ${MOST_ORDERS}`
  )
  const begin = makeBeginRetry(database)

  const find = (number: number) =>
    Step.map(selectOne.get(number), (row) =>
      Either.fromOption(standing(row), () => new DeadLetterNotFound({ number }))
    )

  /** Carries out what somebody orders about a letter, and records who did. */
  const ordered = (
    number: number,
    event: AuditEvent,
    act: (letter: DeadLetter) => Step.Step<Either.Either<DeadLetter, DeadLetterRefused>>
  ) =>
    Effect.flatMap(Effect.all([Clock.currentTimeMillis, OnBehalfOf]), ([at, by]) =>
      Effect.flatten(
        database.write(function* (): Step.Step<
          Either.Either<DeadLetter, DeadLetterNotFound | DeadLetterRefused>
        > {
          const found = yield* find(number)
          if (Either.isLeft(found)) return Either.left(found.left)
          const done = yield* act(found.right)
          if (Either.isRight(done)) yield* trail({ at, by, event })
          return done
        })
      )
    )

  return DeadLetters.of({
    bury: ({ attempt, code, content, message, report }) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        database.write(() =>
          put({
            kind: kindOf(content._tag),
            id: idOf(content),
            accountId: accountOf(content),
            sessionKey: content._tag === "Turn" ? content.sessionKey : "",
            code,
            message,
            report,
            payload:
              content._tag === "Turn" ? encodeMessages(content.messages) : encodeDelivery(content.delivery),
            attempts: attempt + 1,
            buriedAt: now
          })
        )
      ),
    resolve: (tag, id) => Effect.asVoid(database.write(() => forget.run(kindOf(tag), id))),
    failures: (tag, id) =>
      database.read(() => Step.map(selectAttempts.get(kindOf(tag), id), (row) => row?.attempts ?? 0)),

    counts: database.read(() =>
      Step.map(countKinds.get(), (counts) => counts ?? { turns: 0, deliveries: 0, uncertain: 0 })
    ),
    all: database.read(() =>
      Step.map(selectAll.all(), (rows) => rows.flatMap((row) => Option.toArray(standing(row))))
    ),
    get: (number) => Effect.flatten(database.read(() => find(number))),
    retry: (number, { anyway }) =>
      ordered(number, { _tag: "DeadLetterRetried", number, anyway }, function* (letter) {
        if (letter.code === UNCERTAIN && letter.status === "dead" && !anyway) {
          return Either.left(new DeadLetterRefused({ number, reason: "uncertain" }))
        }
        if (!isReadable(letter)) return Either.left(new DeadLetterRefused({ number, reason: "unreadable" }))
        yield* ask.run(anyway ? 1 : 0, number)
        return Either.right(letter)
      }),
    drop: (number) =>
      ordered(number, { _tag: "DeadLetterDropped", number }, function* (letter) {
        if (letter.status === "retrying") {
          return Either.left(new DeadLetterRefused({ number, reason: "retrying" }))
        }
        if (tagOf(letter.content) === "Turn") yield* remove.run(number)
        else {
          yield* empty.run(number)
          // A retry that is ordered may be on its way; its words go once the order is carried out.
          if (letter.status === "dead") yield* forgetWords(idOf(letter.content))
        }
        return Either.right(letter)
      }),

    orders: (accounts) =>
      database.read(() =>
        Step.map(selectOrders.all(JSON.stringify(accounts)), (rows) =>
          rows.flatMap((row) => Option.toArray(orderOf(row)))
        )
      ),
    carriedOut: (order) =>
      database.write(function* () {
        if (order._tag === "Release") {
          yield* remove.run(order.number)
          yield* forgetWords(order.deliveryId)
        } else yield* begin(order.letter.number, order.letter.attempts)
      })
  })
})

export const layer: Layer.Layer<DeadLetters, never, Database> = Layer.effect(DeadLetters, make)
