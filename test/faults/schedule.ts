/**
 * What happens in a round, as data made from a seed. The same seed always gives the same schedule; how it meets the
 * processes depends on the machine.
 */
import { Effect, Random } from "effect"
import type { Fault } from "../../src/programs/simulator/Fault.ts"
import { type HostStep, makeTroubles } from "./cluster/troubles.ts"
import {
  type EndMoment,
  type FaultKind,
  type Generation,
  gatewayEnd,
  helperFault,
  outage,
  simulatorFault
} from "./kinds.ts"
import { CHATS, type ChatName, type Manner, type Message } from "./messages.ts"

/** The accounts of a round, each with its build of imsg. */
export const ACCOUNTS = [
  { id: "old", build: "0.9.0" },
  { id: "new", build: "0.15.0" }
] as const
export type AccountId = (typeof ACCOUNTS)[number]["id"]

/** One thing that is done to the gateway or around it. */
export type Step =
  | { readonly _tag: "Write"; readonly account: AccountId; readonly messages: ReadonlyArray<Message> }
  | {
      readonly _tag: "Fault"
      readonly account: AccountId
      readonly kind: FaultKind
      readonly fault: Fault
    }
  /** Has the private bridge go away, or come back as by `imsg launch`. */
  | {
      readonly _tag: "Bridge"
      readonly account: AccountId
      readonly kind: FaultKind
      readonly state: "on" | "off"
    }
  /** Takes back what was denied, and whatever else has not struck yet. */
  | { readonly _tag: "Relieve"; readonly account: AccountId; readonly kind: FaultKind }
  | {
      readonly _tag: "Signal"
      readonly account: AccountId
      readonly kind: FaultKind
      readonly signal: "SIGKILL" | "SIGSTOP" | "SIGTERM"
    }
  /** Ends the gateway, at the next such event of an account if it is one, and starts it again after `downMs`. */
  | {
      readonly _tag: "Restart"
      readonly kind: FaultKind
      readonly signal: "SIGKILL" | "SIGTERM"
      readonly when: EndMoment
      readonly downMs: number
    }
  /** In a cluster. */
  | HostStep

/** A step and when it is due, in milliseconds from the start of the round. */
export interface Timed {
  readonly at: number
  readonly step: Step
}

export interface Schedule {
  readonly seed: number
  /** Whether there are hosts of a cluster, and not one gateway. */
  readonly cluster: boolean
  /** Whether the direct chats of both accounts are one session, as they are by default. */
  readonly sharedSession: boolean
  /** An account that nothing is done to, while the other suffers; the gateway is left alone then. */
  readonly spared: AccountId | undefined
  /** Whether the Mac of the newer account has the private bridge. */
  readonly bridge: boolean
  /** Whether Messages writes each message in a chat with oneself twice. */
  readonly mirror: boolean
  /** In the order in which they are due. */
  readonly steps: ReadonlyArray<Timed>
}

/** How long the steps of a round take, and how often people write and faults strike; in milliseconds. */
interface Pace {
  readonly roundMs: number
  readonly writeEveryMs: number
  readonly faultEveryMs: number
}
const ONE_GATEWAY: Pace = { roundMs: 12_000, writeEveryMs: 400, faultEveryMs: 600 }
/** To take over what a host had takes longer than to start one again. */
const CLUSTER: Pace = { roundMs: 45_000, writeEveryMs: 700, faultEveryMs: 2500 }
const MOST_RESTARTS = 4
/** In one round of so many there is the private bridge. */
const BRIDGED_EVERY = 3
/** Of the writes so many are several messages at once, and so many messages. */
const BURST_SHARE = 0.25
const BURST = 4
/** Only a message by itself is mirrored, and the stranger writes alone. */
const BURST_CHATS = ["ann", "ben", "cleo", "group"] as const

const pick = <A>(choices: readonly [A, ...ReadonlyArray<A>]) =>
  Effect.map(Random.nextIntBetween(0, choices.length), (index) => choices[index] ?? choices[0])

const accountFor = (spared: AccountId | undefined) =>
  spared === undefined
    ? pick<AccountId>(["old", "new"])
    : Effect.succeed<AccountId>(spared === "old" ? "new" : "old")

const message = (n: number, chat: ChatName) =>
  Effect.all({
    n: Effect.succeed(n),
    chat: Effect.succeed(chat),
    parts: pick([1, 1, 1, 2, 3]),
    manner: pick<Manner>(["plain", "plain", "plain", "plain", "slow", "flaky"]),
    mentions: Effect.map(Random.next, (x) => x < 0.6)
  })

/** One message, or now and then several in one transaction, as Messages writes them when it comes back online. */
const write = (firstNumber: number) =>
  Effect.gen(function* () {
    const account = yield* pick<AccountId>(["old", "new"])
    if ((yield* Random.next) >= BURST_SHARE) {
      return { account, messages: [yield* message(firstNumber, yield* pick(CHATS))] }
    }
    // Half of them in one chat, where its answers could overtake each other.
    const only = (yield* Random.next) < 0.5 ? yield* pick(BURST_CHATS) : undefined
    const messages = yield* Effect.forEach(Array.from({ length: BURST }), (_, index) =>
      Effect.flatMap(only === undefined ? pick(BURST_CHATS) : Effect.succeed(only), (chat) =>
        message(firstNumber + index, chat)
      )
    )
    return { account, messages }
  })

const writes = ({ roundMs, writeEveryMs }: Pace) =>
  Effect.gen(function* () {
    const steps: Array<Timed> = []
    let n = 1
    for (let at = 0; at < roundMs; at += yield* Random.nextIntBetween(20, 2 * writeEveryMs)) {
      const step = yield* write(n)
      n += step.messages.length
      steps.push({ at, step: { _tag: "Write", ...step } })
    }
    return steps
  })

const generationOf = (account: AccountId): Generation => ({ strict: account === "new" })

/** What is done to the children of the accounts, each account for itself. */
const faults = ({ faultEveryMs, roundMs }: Pace, spared: AccountId | undefined) =>
  Effect.gen(function* () {
    const steps: Array<Timed> = []
    for (let at = 200; at < roundMs; at += yield* Random.nextIntBetween(50, 2 * faultEveryMs)) {
      const account = yield* accountFor(spared)
      const chance = yield* Random.next
      if (chance < 0.25) {
        const signal = yield* pick<"SIGKILL" | "SIGSTOP" | "SIGTERM">(["SIGKILL", "SIGSTOP", "SIGTERM"])
        const kind = ({ SIGKILL: "kill", SIGSTOP: "stop", SIGTERM: "term" } as const)[signal]
        steps.push({ at, step: { _tag: "Signal", account, kind, signal } })
      } else if (chance < 0.35) {
        const { fault, kind, lasts } = yield* outage
        steps.push({ at, step: { _tag: "Fault", account, kind, fault } })
        steps.push({ at: at + lasts, step: { _tag: "Relieve", account, kind } })
      } else {
        steps.push({
          at,
          step: { _tag: "Fault", account, ...(yield* simulatorFault(generationOf(account))) }
        })
      }
    }
    return steps
  })

/** How often something is done to the private bridge, and how long after it the bridge is there again, in ms. */
const BRIDGE_EVERY_MS = 900
const LAUNCHED_AFTER_MS = 1200

/** What is done to the private bridge of an account. A helper that died is launched again after a while. */
const bridgeFaults = ({ roundMs }: Pace, account: AccountId) =>
  Effect.gen(function* () {
    const steps: Array<Timed> = []
    for (let at = 300; at < roundMs; at += yield* Random.nextIntBetween(50, 2 * BRIDGE_EVERY_MS)) {
      if ((yield* Random.next) < 0.3) {
        steps.push({ at, step: { _tag: "Bridge", account, kind: "bridge-off", state: "off" } })
      } else {
        steps.push({ at, step: { _tag: "Fault", account, ...(yield* helperFault) } })
      }
      const launchedAt = at + (yield* Random.nextIntBetween(10, LAUNCHED_AFTER_MS))
      steps.push({ at: launchedAt, step: { _tag: "Bridge", account, kind: "bridge-off", state: "on" } })
    }
    return steps
  })

/** Ends of the gateway, each with the next start. */
const restarts = ({ roundMs }: Pace) =>
  Effect.gen(function* () {
    const count = yield* Random.nextIntBetween(0, MOST_RESTARTS + 1)
    return yield* Effect.forEach(Array.from({ length: count }), () =>
      Effect.gen(function* () {
        const at = yield* Random.nextIntBetween(500, roundMs)
        const downMs = yield* Random.nextIntBetween(10, 1500)
        const step: Step = { _tag: "Restart", ...(yield* gatewayEnd), downMs }
        return { at, step }
      })
    )
  })

/** The schedule of a seed. Leaving kinds of faults out changes nothing about the others. */
export const makeSchedule = (seed: number, without: ReadonlySet<FaultKind> = new Set(), cluster = false) =>
  Effect.gen(function* () {
    const pace = cluster ? CLUSTER : ONE_GATEWAY
    const sharedSession = (yield* Random.next) < 0.5
    // What is done to a host is done to both accounts.
    const spared =
      (yield* Random.next) < 0.25 && !cluster ? yield* pick<AccountId>(["old", "new"]) : undefined
    const bridge = seed % BRIDGED_EVERY === 0
    const all: ReadonlyArray<Timed> = [
      ...(yield* writes(pace)),
      ...(yield* faults(pace, spared)),
      ...(cluster
        ? yield* makeTroubles(seed, pace.roundMs)
        : spared === undefined
          ? yield* restarts(pace)
          : []),
      ...(bridge && spared !== "new" ? yield* bridgeFaults(pace, "new") : [])
    ]
    return {
      seed,
      cluster,
      sharedSession: sharedSession && spared === undefined,
      spared,
      bridge,
      mirror: !without.has("mirror"),
      steps: all.filter(({ step }) => !("kind" in step && without.has(step.kind))).sort((a, b) => a.at - b.at)
    } satisfies Schedule
  }).pipe(Effect.withRandom(Random.make(seed)))
