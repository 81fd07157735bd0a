/** The Stops in the gateway's store. Who waits for one is told in memory, and by the store where another host stops. */
import { Effect, Layer, Option, PubSub, Queue, Ref, Schema, Stream } from "effect"
import { WaitingMessage } from "../../schemas/Actors.ts"
import { envelopeKey } from "../../schemas/Envelope.ts"
import { type StoppedMessage, Stops } from "../../services/Stops.ts"
import { Database } from "../database/Database.ts"
import * as Step from "../database/Step.ts"

/** Requests that are read at once: other hosts wait for the end of a write, and what is sent must fit on its way. */
const PAGE = 16

interface WaitingRow {
  readonly seq: number
  readonly envelope: string
}

interface Stopped {
  readonly key: string
  readonly attempt: number
}

/** A request that can be stopped, by its place in the mailbox. */
interface Waiting {
  readonly seq: number
  readonly messages: ReadonlyArray<Stopped>
}

/** What was stopped here, or that there was a stop elsewhere: the store has what was stopped then. */
type Heard = ReadonlyArray<Stopped> | "elsewhere"

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
    WHERE processed = 0 AND kind = 'Request' AND entity_type = 'Session' AND lane = ? AND seq > ?
    ORDER BY seq LIMIT ${PAGE}`)
  const selectTurn = database.prepare<{ readonly turn_id: string }>(
    "SELECT turn_id FROM turn_members WHERE envelope_key = ?"
  )
  const isAccepted = database.prepare("SELECT 1 FROM outbox WHERE account_id = ? AND delivery_id = ? LIMIT 1")

  /** Between the reply and its message's end there is nothing to stop any more. */
  const isAnswered: (message: WaitingMessage) => Step.Step<boolean> = function* ({ envelope, retry }) {
    const key = envelopeKey(envelope)
    const turnId = retry?.turnId ?? (yield* selectTurn.get(key))?.turn_id ?? key
    return (yield* isAccepted.get(envelope.accountId, turnId)) !== undefined
  }

  const waitingIn: (lane: string) => Step.Step<ReadonlyArray<Waiting>> = function* (lane) {
    const waiting: Array<Waiting> = []
    let rows = yield* select.all(lane, 0)
    while (rows.length > 0) {
      for (const { envelope, seq } of rows) {
        const message = decodeMessage(envelope)
        if (Option.isNone(message)) continue
        const { payload } = message.value
        if (!(yield* isAnswered(payload))) waiting.push({ seq, messages: messagesOf(payload) })
      }
      rows = rows.length < PAGE ? [] : yield* select.all(lane, rows.at(-1)?.seq ?? 0)
    }
    return waiting
  }
  return waitingIn
}

/**
 * Whether anything may have been stopped. Every message is asked about, and hardly anything is: a store that knows of
 * nothing is not asked, unless other hosts write it, of whose stops this one may not have heard yet.
 */
const makeIsAny = (database: typeof Database.Service) =>
  Effect.gen(function* () {
    if (database.isShared) return yield* Ref.make(true)
    const find = database.prepare("SELECT 1 FROM stopped_messages LIMIT 1")
    const look = database.read(() => Step.map(find.get(), (row) => row !== undefined))
    return yield* Effect.flatMap(
      Effect.orElseSucceed(look, () => true),
      Ref.make
    )
  })

const make = Effect.gen(function* () {
  const database = yield* Database
  const waitingIn = makeMailbox(database)
  const add = database.prepare(`
    INSERT INTO stopped_messages (envelope_key, attempt, seq) VALUES (?, ?, ?)
    ON CONFLICT (envelope_key, attempt) DO UPDATE SET seq = excluded.seq`)
  const find = database.prepare("SELECT 1 FROM stopped_messages WHERE envelope_key = ? AND attempt = ?")
  const told = yield* PubSub.unbounded<Heard>()
  const isAny = yield* makeIsAny(database)
  yield* database.told.pipe(
    Stream.filter(({ topic }) => topic === "stops"),
    Stream.runForEach(() => PubSub.publish(told, "elsewhere")),
    Effect.interruptible,
    Effect.forkScoped
  )

  const isStopped = (message: StoppedMessage, attempt?: number) => {
    const { attempt: number, key } = stoppedOf(message, attempt)
    return Effect.if(Ref.get(isAny), {
      onTrue: () => database.read(() => Step.map(find.get(key, number), (row) => row !== undefined)),
      onFalse: () => Effect.succeed(false)
    })
  }

  return Stops.of({
    stop: (lane) =>
      database
        .write(function* () {
          const waiting = yield* waitingIn(lane)
          for (const { messages, seq } of waiting) {
            for (const { attempt, key } of messages) yield* add.run(key, attempt, seq)
          }
          if (waiting.length > 0) yield* database.tell({ topic: "stops", of: "" })
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
        const look = Effect.orElseSucceed(isStopped(message, attempt), () => false)
        if (yield* look) return
        const isAmong = (heard: Heard) =>
          heard === "elsewhere"
            ? look
            : Effect.succeed(heard.some((one) => one.key === key && one.attempt === number))
        yield* Effect.repeat(Effect.flatMap(Queue.take(stops), isAmong), { until: (isIt) => isIt })
      }).pipe(Effect.scoped)
  })
})

export const layer: Layer.Layer<Stops, never, Database> = Layer.scoped(Stops, make)
