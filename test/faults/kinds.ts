/** The faults that a schedule chooses from. */
import { Effect, Random } from "effect"
import type { Fault, Moment } from "../../src/programs/simulator/Fault.ts"
import type { HostKind } from "./cluster/troubles.ts"

/** By these names faults are counted, and left out. */
export type FaultKind =
  | Exclude<Fault["_tag"], "ignoreTerm" | "ignoreEof">
  | "kill"
  | "stop"
  | "term"
  | "gateway-kill"
  | "gateway-stop"
  | "bridge-off"
  | HostKind

/** What matters about the build that a fault is for: from 0.14 on errors are told apart. */
export interface Generation {
  readonly strict: boolean
}

interface Chosen {
  readonly kind: FaultKind
  readonly fault: Fault
}

const upTo = (least: number, most: number) => Random.nextIntBetween(least, most + 1)

const oneOf = <A>(first: A, ...others: ReadonlyArray<A>) =>
  Effect.map(
    Random.nextIntBetween(0, others.length + 1),
    (index) => (index === 0 ? first : others[index - 1]) ?? first
  )

const always = (fault: Fault & { readonly _tag: FaultKind }) => () =>
  Effect.succeed<Chosen>({ kind: fault._tag, fault })

const moment = oneOf<Moment>("request", "send", "sent", "subscribe", "start")

const TIMED_OUT = "AppleScript failed: Messages got an error: AppleEvent timed out. (-1712)"

const delivery = (disposition: "not_started" | "may_have_completed" | "still_in_flight") => ({
  retry_safe: disposition === "not_started",
  disposition,
  transport: "applescript",
  operation: "send",
  detail: "Messages automation failed with AppleScript error -1712."
})

const unknown = (disposition: "may_have_completed" | "still_in_flight"): SendFailure => ({
  code: -32001,
  message: "Delivery outcome unknown",
  data: delivery(disposition)
})

interface SendFailure {
  readonly code: number
  readonly message: string
  readonly data?: unknown
}

/** Ways in which a send fails without a row, by the build. */
const failures = ({ strict }: Generation) =>
  strict
    ? oneOf<SendFailure>(
        { code: -32603, message: "Delivery failed before dispatch", data: delivery("not_started") },
        unknown("may_have_completed"),
        unknown("still_in_flight"),
        { code: -32004, message: "Mutation lane blocked", data: delivery("still_in_flight") },
        { code: -32000, message: "Server busy", data: "too many outstanding requests" },
        {
          code: -32002,
          message: "Database unavailable",
          data: {
            path: "chat.db",
            detail: "The configured Messages database does not exist.",
            retryable: true
          }
        }
      )
    : oneOf<SendFailure>({ code: -32603, message: "Internal error", data: TIMED_OUT })

/** Each with how likely it is beside the others. */
const CHOICES: ReadonlyArray<readonly [number, (generation: Generation) => Effect.Effect<Chosen>]> = [
  [4, () => Effect.map(moment, (on): Chosen => ({ kind: "exit", fault: { _tag: "exit", code: 1, on } }))],
  [3, () => Effect.map(moment, (on): Chosen => ({ kind: "hang", fault: { _tag: "hang", on } }))],
  [2, always({ _tag: "stall" })],
  [2, always({ _tag: "overflow" })],
  [
    2,
    () =>
      Effect.map(upTo(1, 5), (times): Chosen => ({ kind: "duplicate", fault: { _tag: "duplicate", times } }))
  ],
  [3, always({ _tag: "reorder" })],
  [2, always({ _tag: "garble" })],
  [1, always({ _tag: "hideChat" })],
  [1, always({ _tag: "splitWrites", times: 5 })],
  [1, always({ _tag: "noise", line: "Could not fetch group 1:ABGroup", on: "send" })],
  [1, always({ _tag: "stderr", bytes: 300_000, on: "request" })],
  [1, always({ _tag: "oversize", bytes: 9 * 1024 * 1024, on: "send" })],
  [1, always({ _tag: "closeStdout", on: "request" })],
  [1, always({ _tag: "refuseStdin", on: "request" })],
  [
    3,
    () => Effect.map(upTo(100, 3000), (ms): Chosen => ({ kind: "slowSend", fault: { _tag: "slowSend", ms } }))
  ],
  [
    1,
    () =>
      Effect.map(upTo(100, 3000), (ms): Chosen => ({ kind: "slowStart", fault: { _tag: "slowStart", ms } }))
  ],
  [2, () => Effect.map(upTo(100, 3000), (ms): Chosen => ({ kind: "held", fault: { _tag: "held", ms } }))],
  // What older builds leave out is lost to everybody.
  [2, ({ strict }) => always(strict ? { _tag: "skipped" } : { _tag: "hideChat" })()],
  [
    2,
    () =>
      Effect.map(
        upTo(50, 1000),
        (ms): Chosen => ({ kind: "unripe", fault: { _tag: "unripe", what: "chat", ms } })
      )
  ],
  [4, always({ _tag: "loseSendReply" })],
  [
    4,
    (generation) =>
      Effect.map(
        failures(generation),
        (failure): Chosen => ({ kind: "failSend", fault: { _tag: "failSend", ...failure } })
      )
  ]
]

const TOTAL = CHOICES.reduce((sum, [weight]) => sum + weight, 0)

/** A fault of the simulator that strikes once or a few times. */
export const simulatorFault = (generation: Generation): Effect.Effect<Chosen> =>
  Effect.gen(function* () {
    let left = yield* Random.nextIntBetween(0, TOTAL)
    for (const [weight, make] of CHOICES) {
      if (left < weight) return yield* make(generation)
      left -= weight
    }
    return yield* always({ _tag: "stall" })()
  })

const helped = (fault: Fault & { readonly _tag: FaultKind }): Chosen => ({ kind: fault._tag, fault })

/** What the helper of the private bridge does to a change: each once, whichever change comes first. */
export const helperFault: Effect.Effect<Chosen> = Effect.flatMap(Random.next, (chance) =>
  oneOf<Chosen>(
    helped({ _tag: "helperDies", done: chance < 0.5 }),
    helped({ _tag: "helperHangs" }),
    helped({ _tag: "helperRefuses", detail: "Message not found" }),
    helped({ _tag: "loseReply", exits: chance < 0.5 })
  )
)

/** A permission that is denied, and after how many milliseconds it is given back. */
export const outage = Effect.gen(function* () {
  const fault = yield* oneOf({ _tag: "denyFullDisk" } as const, { _tag: "denyAutomation" } as const)
  return { kind: fault._tag, fault, lasts: yield* upTo(200, 2500) }
})

/** When the gateway ends: at once, or when a child has read a `send`, written its row, or announced a row. */
export type EndMoment = "now" | "send" | "sent" | "notification"

/** How the gateway ends, and when. */
export const gatewayEnd = Effect.all({
  end: oneOf<{ readonly kind: FaultKind; readonly signal: "SIGKILL" | "SIGTERM" }>(
    { kind: "gateway-kill", signal: "SIGKILL" },
    { kind: "gateway-kill", signal: "SIGKILL" },
    { kind: "gateway-stop", signal: "SIGTERM" }
  ),
  when: oneOf<EndMoment>("now", "send", "sent", "notification")
}).pipe(Effect.map(({ end, when }) => ({ ...end, when })))

/** All names but those of a cluster, for those who leave some out. */
export const KINDS: ReadonlyArray<FaultKind> = [
  "exit",
  "hang",
  "stall",
  "overflow",
  "duplicate",
  "reorder",
  "garble",
  "hideChat",
  "held",
  "splitWrites",
  "noise",
  "stderr",
  "oversize",
  "closeStdout",
  "refuseStdin",
  "slowSend",
  "slowStart",
  "loseSendReply",
  "failSend",
  "denyFullDisk",
  "denyAutomation",
  "mirror",
  "kill",
  "stop",
  "term",
  "gateway-kill",
  "gateway-stop",
  "helperDies",
  "helperHangs",
  "helperRefuses",
  "loseReply",
  "bridge-off"
]
