/** The ways in which the simulator can be told to misbehave. */
import { Schema } from "effect"

/**
 * When a fault strikes: as the process starts, as any request is read, as a `send` is read, when the row of a
 * `send` is written and its reply is not, or as a `watch.subscribe` is read.
 */
export const Moment = Schema.Literal("start", "request", "send", "sent", "subscribe")
export type Moment = typeof Moment.Type

/** How often it strikes; -1 until cleared. Absent: once, or until cleared for what describes a condition. */
const times = { times: Schema.optional(Schema.Int.pipe(Schema.greaterThanOrEqualTo(-1))) }

/** `on` is `request` when absent; `method` narrows `request` to one method. */
const timed = {
  ...times,
  on: Schema.optional(Moment),
  method: Schema.optional(Schema.String)
}

/** `method` narrows it to one method of those that go over the private bridge. */
const called = { ...times, method: Schema.optional(Schema.String) }

const Bytes = Schema.Int.pipe(Schema.positive())

/** A fault that strikes at a moment of the process or of a request. */
export const TimedFault = Schema.Union(
  /** The process exits at once. */
  Schema.TaggedStruct("exit", { ...timed, code: Schema.Int }),
  /** The process stops reading and answering, and keeps running; only a signal ends it. */
  Schema.TaggedStruct("hang", timed),
  /** A line for people on stdout. */
  Schema.TaggedStruct("noise", { ...timed, line: Schema.String }),
  /** That many bytes on stdout without a newline, and with one only after the next thing written. */
  Schema.TaggedStruct("oversize", { ...timed, bytes: Bytes }),
  /** That many bytes on stderr. */
  Schema.TaggedStruct("stderr", { ...timed, bytes: Bytes }),
  /** stdout is closed; the process goes on reading. */
  Schema.TaggedStruct("closeStdout", timed),
  /** stdin is closed, so that writing to it fails; the process goes on running. */
  Schema.TaggedStruct("refuseStdin", timed)
)
export type TimedFault = typeof TimedFault.Type

/** All faults, told apart by `_tag`. */
export const Fault = Schema.Union(
  ...TimedFault.members,
  /** Nothing happens for that long after the start. */
  Schema.TaggedStruct("slowStart", { ...times, ms: Schema.NonNegative }),
  /** A `send` takes that long before its row is written. */
  Schema.TaggedStruct("slowSend", { ...times, ms: Schema.NonNegative }),
  /** The row is written; its `send` is never answered. */
  Schema.TaggedStruct("loseSendReply", times),
  /** A `send` is answered with ok, and with the guid of a row where the build names one, and no row is written. */
  Schema.TaggedStruct("ghostSend", times),
  /** A `send` fails with this error, and writes no row. */
  Schema.TaggedStruct("failSend", {
    ...times,
    code: Schema.Int,
    message: Schema.String,
    data: Schema.optional(Schema.Unknown)
  }),
  /** No Full Disk Access. A condition. */
  Schema.TaggedStruct("denyFullDisk", times),
  /** No Automation of Messages. A condition. */
  Schema.TaggedStruct("denyAutomation", times),
  /**
   * In a chat with oneself each message is two rows, one from me and one not. `prefix` stands before the text of the
   * second one, as where it was recovered from what Messages keeps in binary. A condition.
   */
  Schema.TaggedStruct("mirror", { ...times, prefix: Schema.optional(Schema.String) }),
  /**
   * The other side of a direct chat answers each `send` with its own words, between `before` and `after`, `delayMs`
   * later: a machine, or a Messages that mirrors under a handle that nobody knows. A condition.
   */
  Schema.TaggedStruct("parrot", {
    ...times,
    before: Schema.optional(Schema.String),
    after: Schema.optional(Schema.String),
    delayMs: Schema.optional(Schema.NonNegative)
  }),
  /**
   * Of the next received message so much comes only `ms` later: its join to its chat, that to its attachments, or their
   * files. Of one without attachments the last two take no notice.
   */
  Schema.TaggedStruct("unripe", {
    ...times,
    what: Schema.Literal("chat", "attachments", "file"),
    ms: Schema.NonNegative
  }),
  /** The watch never announces a row, and goes past it; `messages.after` has it. */
  Schema.TaggedStruct("skipped", times),
  /** The live watch holds the rows that it sees next so much longer. */
  Schema.TaggedStruct("held", { ...times, ms: Schema.NonNegative }),
  /** From the next notification on the watch of that process is silent, while requests are answered. */
  Schema.TaggedStruct("stall", times),
  /** A message is notified before Messages has put it into its chat: nothing is said of the chat. */
  Schema.TaggedStruct("hideChat", times),
  /** A notification is written twice. */
  Schema.TaggedStruct("duplicate", times),
  /** The first two of the next notifications that are written together change places. */
  Schema.TaggedStruct("reorder", times),
  /** A broken line of JSON and a line for people come before the next notification. */
  Schema.TaggedStruct("garble", times),
  /** The next rows are not notified: the watch ends with `watch.overflow` (builds from 0.14). */
  Schema.TaggedStruct("overflow", times),
  /**
   * The helper of the private bridge dies in mid-call, and is gone until it is launched again: nobody can tell whether what
   * was asked for happened, which `done` says.
   */
  Schema.TaggedStruct("helperDies", { ...called, done: Schema.Boolean }),
  /** The helper never answers a change, which does not happen, and holds up those behind it. */
  Schema.TaggedStruct("helperHangs", called),
  /** The helper refuses a change, in these words, such as `Message not found: …`. */
  Schema.TaggedStruct("helperRefuses", { ...called, detail: Schema.String }),
  /** The helper does what was asked, and imsg never answers; `exits`: because its process ends. */
  Schema.TaggedStruct("loseReply", { ...called, exits: Schema.optional(Schema.Boolean) }),
  /** SIGTERM does not end the process. A condition. */
  Schema.TaggedStruct("ignoreTerm", times),
  /** The end of stdin does not end the process. A condition. */
  Schema.TaggedStruct("ignoreEof", times),
  /** What is written comes in pieces that cut UTF-8 sequences. A condition. */
  Schema.TaggedStruct("splitWrites", times)
)
export type Fault = typeof Fault.Type

/** How often a fault strikes that does not say it. */
export const timesOf = (fault: Fault): number => {
  if (fault.times !== undefined) return fault.times
  switch (fault._tag) {
    case "denyFullDisk":
    case "denyAutomation":
    case "mirror":
    case "parrot":
    case "ignoreTerm":
    case "ignoreEof":
    case "splitWrites":
      return -1
    default:
      return 1
  }
}

/** Whether a fault strikes at this moment of a request for `method` (empty at the start of the process). */
export const strikesAt =
  (moment: Moment, method: string) =>
  (fault: Fault): fault is TimedFault =>
    Schema.is(TimedFault)(fault) &&
    (fault.on ?? "request") === moment &&
    (fault.method === undefined || fault.method === method)
