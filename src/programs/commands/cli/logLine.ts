/** A JSON line of the log, as a terminal shows it. */
import {
  Cause,
  Console,
  Effect,
  FiberId,
  FiberRefs,
  HashMap,
  List,
  LogLevel,
  LogSpan,
  Option,
  Schema
} from "effect"
import { prettyLogger } from "../../../layers/terminal/prettyLogger.ts"

const Line = Schema.parseJson(
  Schema.Struct({
    message: Schema.Unknown,
    logLevel: Schema.String,
    timestamp: Schema.DateFromString,
    cause: Schema.optional(Schema.String),
    annotations: Schema.optionalWith(Schema.Record({ key: Schema.String, value: Schema.Unknown }), {
      default: () => ({})
    }),
    spans: Schema.optionalWith(Schema.Record({ key: Schema.String, value: Schema.Number }), {
      default: () => ({})
    }),
    fiberId: Schema.optionalWith(Schema.String, { default: () => "" })
  })
)
const decode = Schema.decodeUnknownOption(Line)

const pretty = prettyLogger({ stderr: false })

const levelOf = (label: string): LogLevel.LogLevel =>
  LogLevel.allLevels.find((level) => level.label === label) ?? LogLevel.Info

const fiberOf = (name: string): FiberId.FiberId => {
  const id = /^#(\d+)$/u.exec(name)?.[1]
  return id === undefined ? FiberId.none : FiberId.runtime(Number(id), 0)
}

/** Prints a line with the logger that writes to a terminal; what is no line of ours is printed as it is. */
export const printLine = (text: string): Effect.Effect<void> =>
  Option.match(decode(text), {
    onNone: () => Console.log(text),
    onSome: ({ annotations, cause, fiberId, logLevel, message, spans, timestamp }) =>
      Effect.sync(() =>
        pretty.log({
          annotations: HashMap.fromIterable(Object.entries(annotations)),
          // It was a cause once, and is a text now: it stands below the message, as a cause would.
          cause: Cause.empty,
          context: FiberRefs.empty(),
          date: timestamp,
          fiberId: fiberOf(fiberId),
          logLevel: levelOf(logLevel),
          message: [
            ...(Array.isArray(message) ? message : [message]),
            ...(cause === undefined ? [] : [cause])
          ],
          spans: List.fromIterable(
            Object.entries(spans).map(([label, ms]) => LogSpan.make(label, timestamp.getTime() - ms))
          )
        })
      )
  })
