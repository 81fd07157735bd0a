/** What is done to the hosts of a cluster, to their database and to the ways between them. */
import { type Array as Arr, Effect, Random } from "effect"
import type { Passage } from "../../support/link.ts"
import type { EndMoment } from "../kinds.ts"

export const HOSTS = ["studio", "spare"] as const
export type HostName = (typeof HOSTS)[number]

/** By these names troubles are counted, and left out. */
export const HOST_KINDS = [
  "host-kill",
  "host-stop",
  "host-pause",
  "cut-database",
  "cut-hosts",
  "database-restart"
] as const
export type HostKind = (typeof HOST_KINDS)[number]

/** Each is over after `downMs`. */
export type HostStep = { readonly downMs: number } & (
  | {
      readonly _tag: "HostEnds"
      readonly host: HostName
      readonly kind: HostKind
      readonly signal: "SIGKILL" | "SIGTERM"
      readonly when: EndMoment
    }
  | {
      readonly _tag: "HostPauses"
      readonly host: HostName
      readonly kind: HostKind
      readonly when: EndMoment
    }
  /** Between a host and the database, or from the other host to this one. */
  | {
      readonly _tag: "CutOff"
      readonly host: HostName
      readonly kind: "cut-database" | "cut-hosts"
      readonly passage: Passage
      /** How it is afterwards. */
      readonly after: "open" | "forgotten"
    }
  | { readonly _tag: "DatabaseEnds"; readonly kind: HostKind; readonly mode: "fast" | "immediate" }
)

interface TimedTrouble {
  readonly at: number
  readonly step: HostStep
}

/** A host's locks are another's for the taking after ten seconds: most troubles are well within that, or well over it. */
const SHORT_MS = [200, 6000] as const
const LONG_MS = [9000, 18_000] as const
const LONG_SHARE = 0.45
/** From the end of a trouble to the next: now and then before everything is as it was. */
const GAP_MS = [500, 6000] as const
/** In one round of so many the hosts are troubled each by itself, so that both may be away. */
const BOTH_EVERY = 4
/** The longest that an end waits for its moment, in ms. */
const MOMENT_MS = 2000

const between = ([least, most]: readonly [number, number]) => Random.nextIntBetween(least, most + 1)

const pick = <A>(...choices: Arr.NonEmptyReadonlyArray<A>) =>
  Effect.map(Random.nextIntBetween(0, choices.length), (index) => choices[index] ?? choices[0])

const moment = pick<EndMoment>("now", "send", "sent", "notification")

const lasting = Effect.flatMap(Random.next, (chance) => between(chance < LONG_SHARE ? LONG_MS : SHORT_MS))

/** How a way is cut, and how it is afterwards. */
const cut = pick<{ readonly passage: Passage; readonly after: "open" | "forgotten" }>(
  { passage: "swallowed", after: "open" },
  { passage: "swallowed", after: "forgotten" },
  { passage: "reset", after: "open" }
)

/** Something that happens to a host. */
const troubleOf = (host: HostName): Effect.Effect<HostStep> =>
  Effect.gen(function* () {
    const chance = yield* Random.next
    const downMs = yield* lasting
    const when = yield* moment
    const way = yield* cut
    if (chance < 0.25) {
      return { _tag: "HostEnds", host, kind: "host-kill", signal: "SIGKILL", when, downMs }
    }
    if (chance < 0.37) {
      return { _tag: "HostEnds", host, kind: "host-stop", signal: "SIGTERM", when, downMs }
    }
    if (chance < 0.65) return { _tag: "HostPauses", host, kind: "host-pause", when, downMs }
    return { _tag: "CutOff", host, kind: "cut-database", ...way, downMs }
  })

/** One trouble after the other, each over before the next begins. */
const oneByOne = (roundMs: number, next: Effect.Effect<HostStep>, gap: readonly [number, number]) =>
  Effect.gen(function* () {
    const steps: Array<TimedTrouble> = []
    for (let at = yield* between(gap); at < roundMs; ) {
      const step = yield* next
      steps.push({ at, step })
      at += step.downMs + MOMENT_MS + (yield* between(gap))
    }
    return steps
  })

const databaseEnds: Effect.Effect<HostStep> = Effect.all({
  _tag: Effect.succeed("DatabaseEnds" as const),
  kind: Effect.succeed("database-restart" as const),
  mode: pick("fast" as const, "immediate" as const),
  downMs: Effect.flatMap(Random.next, (chance) => between(chance < 0.2 ? LONG_MS : [100, 3000]))
})

const hostsPart: Effect.Effect<HostStep> = Effect.gen(function* () {
  return {
    _tag: "CutOff",
    kind: "cut-hosts",
    host: yield* pick(...HOSTS),
    ...(yield* cut),
    downMs: yield* lasting
  }
})

/** What is done to the hosts in a round of so many milliseconds. */
export const makeTroubles = (seed: number, roundMs: number) =>
  Effect.gen(function* () {
    const lines = seed % BOTH_EVERY === 0 ? HOSTS.map(troubleOf) : [Effect.flatMap(pick(...HOSTS), troubleOf)]
    const hosts = yield* Effect.forEach(lines, (next) => oneByOne(roundMs, next, GAP_MS))
    const database = yield* oneByOne(roundMs, databaseEnds, [5000, 60_000])
    const parting = yield* oneByOne(roundMs, hostsPart, [3000, 30_000])
    return [...hosts.flat(), ...database, ...parting]
  })
