/** One question to a model's server and its answer, streamed or in one piece. */
import type { HttpClientResponse } from "@effect/platform"
import { Effect, Either, Option, Ref, Schema, Stream } from "effect"
import { noteInput } from "../../../services/AgentInputs.ts"
import { MAX_ANSWER_BYTES } from "../lines.ts"
import { events } from "../sse.ts"
import type { Asked, Dialect, Piece } from "./Dialect.ts"
import { Failure, statusOf } from "./Failure.ts"
import { type Gathered, gather, hasBegun, NOTHING } from "./gathered.ts"
import { send } from "./http.ts"

/** An answer in one piece, with all that is around its text. */
const MAX_WHOLE_BYTES = 4 * MAX_ANSWER_BYTES
/** How long is waited for what may follow the end of an answer: what it took, and the end of the connection. */
const AFTER_END_MS = 2000

const decodeJson = Schema.decodeEither(Schema.parseJson())

const broken = (detail: string) => Failure.Broken({ detail })

/**
 * The bytes of an answer. Between two of its pieces the server may be silent for as long as `patience` says; before the
 * first for any time, for a model may have to be loaded.
 */
const bytesOf = (response: HttpClientResponse.HttpClientResponse, patience: Effect.Effect<number>) =>
  Effect.gen(function* () {
    const pull = yield* Stream.toPull(
      Stream.mapError(response.stream, () => broken("the connection broke off in its midst"))
    )
    const first = yield* Ref.make(true)
    const next = Effect.flatMap(patience, (ms) =>
      Effect.timeoutFail(pull, {
        duration: ms,
        onTimeout: () => Option.some(broken(`it was silent for ${ms} ms`))
      })
    )
    return Stream.repeatEffectChunkOption(
      Effect.flatMap(Ref.getAndSet(first, false), (isFirst) => (isFirst ? pull : next))
    )
  }).pipe(Stream.unwrapScoped)

/** Events that are no JSON are no answer, but for the mark of the end that OpenAI's servers write. */
const piecesOfEvent = (dialect: Dialect, data: string): Effect.Effect<ReadonlyArray<Piece>, Failure> => {
  const text = data.trim()
  if (text === "[DONE]") return Effect.succeed([{ _tag: "Last" }])
  if (text === "") return Effect.succeed([])
  return Either.match(decodeJson(text), {
    onLeft: () => Effect.fail(broken("an event of its answer is not JSON")),
    onRight: (value) => Effect.succeed(dialect.event(value))
  })
}

const piecesOfWhole = (dialect: Dialect, body: string): Effect.Effect<ReadonlyArray<Piece>, Failure> =>
  Either.match(decodeJson(body), {
    onLeft: () => Effect.fail(broken("its answer is not JSON")),
    onRight: (value) => Effect.succeed([...dialect.whole(value), { _tag: "Last" }])
  })

const isStreamed = ({ headers }: HttpClientResponse.HttpClientResponse, isWanted: boolean): boolean => {
  const type = headers["content-type"] ?? ""
  if (/event-stream/iu.test(type)) return true
  return isWanted && !/json/iu.test(type)
}

const pieces = (
  dialect: Dialect,
  response: HttpClientResponse.HttpClientResponse,
  isWanted: boolean,
  patience: Effect.Effect<number>
): Stream.Stream<Piece, Failure> => {
  const text = Stream.decodeText(bytesOf(response, patience))
  if (isStreamed(response, isWanted)) {
    return events(text, () => broken("an event of its answer is too large")).pipe(
      Stream.mapEffect((data) => piecesOfEvent(dialect, data)),
      Stream.flattenIterables
    )
  }
  return Stream.runFoldEffect(text, "", (body, more) =>
    body.length + more.length > MAX_WHOLE_BYTES
      ? Effect.fail(broken(`its answer is larger than ${MAX_WHOLE_BYTES} bytes`))
      : Effect.succeed(body + more)
  ).pipe(
    Effect.flatMap((body) => piecesOfWhole(dialect, body)),
    Effect.map(Stream.fromIterable),
    Stream.unwrap
  )
}

/** What a server complains of in a 200. Before its answer has begun it is a refusal like any other. */
const failureOf = (gathered: Gathered): Failure | undefined => {
  const { complaint, end } = gathered
  if (complaint === undefined) {
    return end === undefined ? broken("its answer ended without its end") : undefined
  }
  const status = statusOf(complaint)
  return hasBegun(gathered) || status === undefined || status >= 500
    ? Failure.Broken({ detail: "it reported an error in the midst of its answer", said: complaint.said })
    : Failure.Refused({ status, complaint })
}

/** What is worth to be kept of an answer whose connection failed: one that has its end is whole. */
const orWhatIsWhole = (gathered: Gathered, failure: Failure): Effect.Effect<Gathered, Failure> =>
  gathered.end === undefined ? Effect.fail(failure) : Effect.succeed(gathered)

const isWithin = ({ refusal, text }: Gathered): boolean =>
  (text.length + refusal.length) * 3 <= MAX_ANSWER_BYTES ||
  Buffer.byteLength(text + refusal) <= MAX_ANSWER_BYTES

export interface ExchangeOptions {
  readonly stream: boolean
  readonly silenceMs: number
  /** Run once the server may have begun. */
  readonly connected: Effect.Effect<void>
}

/** Asks once. The connection ends with the answer, and where the asking is interrupted. */
export const exchange = (
  dialect: Dialect,
  asked: Asked,
  { connected, silenceMs, stream }: ExchangeOptions
): Effect.Effect<Gathered, Failure> =>
  Effect.gen(function* () {
    const { headers, url } = dialect
    const body = dialect.body(asked)
    yield* noteInput({ _tag: "Request", url, body })
    const response = yield* send({ url, headers, body }, connected)
    const gathered = yield* Ref.make(NOTHING)
    const patience = Effect.map(Ref.get(gathered), ({ end }) =>
      end === undefined ? silenceMs : Math.min(AFTER_END_MS, silenceMs)
    )
    yield* pieces(dialect, response, stream, patience).pipe(
      Stream.mapEffect((piece) => Ref.updateAndGet(gathered, (before) => gather(before, piece))),
      Stream.tap((now) =>
        isWithin(now)
          ? Effect.void
          : Effect.fail(broken(`its answer has more than ${MAX_ANSWER_BYTES} bytes`))
      ),
      Stream.takeUntil(({ isLast }) => isLast),
      Stream.runDrain,
      Effect.catchAll((failure) =>
        Effect.flatMap(Ref.get(gathered), (before) => orWhatIsWhole(before, failure))
      )
    )
    const whole = yield* Ref.get(gathered)
    const failure = failureOf(whole)
    return failure === undefined ? whole : yield* Effect.fail(failure)
  }).pipe(Effect.scoped)
