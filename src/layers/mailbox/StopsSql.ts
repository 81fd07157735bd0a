/** The Stops in the gateway's store. Who waits for one is told in memory: the process that stops is the one that runs. */
import { Effect, Layer, Option, PubSub, Queue, Ref, Schema } from "effect"
import { WaitingMessage } from "../../schemas/Actors.ts"
import { envelopeKey } from "../../schemas/Envelope.ts"
import { type StoppedMessage, Stops } from "../../services/Stops.ts"
import { Database } from "../database/Database.ts"

interface WaitingRow {
  readonly seq: number
  readonly envelope: string
}

interface Stopped {
  readonly key: string
  readonly attempt: number
}

const decodeMessage = Schema.decodeUnknownOption(Schema.parseJson(Schema.Struct({ payload: WaitingMessage })))

const stoppedOf = (message: StoppedMessage, attempt = 0): Stopped => ({ key: envelopeKey(message), attempt })

/** The messages of a request: a retry has those of its whole turn. */
const messagesOf = ({ envelope, retry }: WaitingMessage): ReadonlyArray<Stopped> =>
  [envelope, ...(retry?.rest ?? []).map((message) => message.envelope)].map((each) =>
    stoppedOf(each, retry?.attempt)
  )

/** The functions that look at the mailbox, within a step of their caller. */
const makeMailbox = (database: typeof Database.Service) => {
  const select = database.prepare<WaitingRow>(`
    SELECT seq, envelope FROM mailbox
    WHERE processed = 0 AND kind = 'Request' AND entity_type = 'Session' AND lane = ? ORDER BY seq`)
  const selectTurn = database.prepare<{ readonly turn_id: string }>(
    "SELECT turn_id FROM turn_members WHERE envelope_key = ?"
  )
  const isAccepted = database.prepare("SELECT 1 FROM outbox WHERE account_id = ? AND delivery_id = ? LIMIT 1")

  /** Between the reply and its message's end there is nothing to stop any more. */
  const isAnswered = ({ envelope, retry }: WaitingMessage): boolean => {
    const key = envelopeKey(envelope)
    const turnId = retry?.turnId ?? selectTurn.get(key)?.turn_id ?? key
    return isAccepted.get(envelope.accountId, turnId) !== undefined
  }

  return (lane: string) =>
    select
      .all(lane)
      .flatMap(({ envelope, seq }) =>
        Option.toArray(decodeMessage(envelope)).flatMap(({ payload }) =>
          isAnswered(payload) ? [] : [{ seq, messages: messagesOf(payload) }]
        )
      )
}

const make = Effect.gen(function* () {
  const database = yield* Database
  const waitingIn = makeMailbox(database)
  const add = database.prepare(
    "INSERT OR REPLACE INTO stopped_messages (envelope_key, attempt, seq) VALUES (?, ?, ?)"
  )
  const findAny = database.prepare("SELECT 1 FROM stopped_messages LIMIT 1")
  const find = database.prepare("SELECT 1 FROM stopped_messages WHERE envelope_key = ? AND attempt = ?")
  const told = yield* PubSub.unbounded<ReadonlyArray<Stopped>>()
  /** Every message is asked about, and hardly anything is ever stopped: a store that knows of nothing is not asked. */
  const isAny = yield* Ref.make(
    yield* database.read(() => findAny.get() !== undefined).pipe(Effect.orElseSucceed(() => true))
  )

  const isStopped = (message: StoppedMessage, attempt?: number) => {
    const { attempt: number, key } = stoppedOf(message, attempt)
    return Effect.if(Ref.get(isAny), {
      onTrue: () => database.read(() => find.get(key, number) !== undefined),
      onFalse: () => Effect.succeed(false)
    })
  }

  return Stops.of({
    stop: (lane) =>
      database
        .write(() => {
          const waiting = waitingIn(lane)
          for (const { messages, seq } of waiting) {
            for (const { attempt, key } of messages) add.run(key, attempt, seq)
          }
          return waiting
        })
        .pipe(
          Effect.zipLeft(Ref.set(isAny, true)),
          Effect.tap((waiting) =>
            PubSub.publish(
              told,
              waiting.flatMap(({ messages }) => messages)
            )
          ),
          Effect.map((waiting) => waiting.length),
          // What was written must be heard of.
          Effect.uninterruptible
        ),
    isStopped,
    awaitStop: (message, attempt) =>
      Effect.gen(function* () {
        const { attempt: number, key } = stoppedOf(message, attempt)
        // Before the look: what comes between the two is heard.
        const stops = yield* PubSub.subscribe(told)
        // A store that cannot be read keeps nobody from being answered.
        if (yield* Effect.orElseSucceed(isStopped(message, attempt), () => false)) return
        yield* Effect.repeat(Queue.take(stops), {
          until: (some) => some.some((one) => one.key === key && one.attempt === number)
        })
      }).pipe(Effect.scoped)
  })
})

export const layer: Layer.Layer<Stops, never, Database> = Layer.effect(Stops, make)
