/** Rounds: one for a seed, or one after the other for a time. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Array as Arr, Clock, Console, Effect } from "effect"
import { check, type Violation } from "./checks.ts"
import { drive } from "./drive.ts"
import type { FaultKind } from "./kinds.ts"
import { isForAgent } from "./messages.ts"
import { type Observed, observe } from "./observed.ts"
import { makeSchedule, type Schedule, type Timed } from "./schedule.ts"
import { makeWorld, type World } from "./world.ts"

/** What a run does. `main` is the path of the built program. */
export interface RunOptions {
  readonly main: string
  readonly without: ReadonlySet<FaultKind>
  /** Whether there are two hosts over one database, and not one gateway. */
  readonly cluster: boolean
  /** Whether schedules are printed. */
  readonly verbose: boolean
}

/** What happened in a round. */
export interface RoundReport {
  readonly seed: number
  readonly violations: ReadonlyArray<Violation>
  readonly messages: number
  /** Those that the agent had to answer. */
  readonly toAnswer: number
  readonly faults: number
  readonly signals: number
  /** Of the gateway, or of hosts. */
  readonly gatewayEnds: number
  /** Hosts that were paused, connections that were cut, ends of the database: in a cluster. */
  readonly pauses: number
  readonly cuts: number
  readonly databaseEnds: number
  readonly uncertain: number
  readonly failed: number
  readonly seconds: number
}

const describeStep = ({ at, step }: Timed): string => {
  const { _tag, ...rest } = step
  return `${(at / 1000).toFixed(2).padStart(6)} s  ${_tag} ${JSON.stringify(rest)}`
}

const describeSchedule = ({ seed, sharedSession, spared, steps }: Schedule): string =>
  [
    `seed ${seed}, ${sharedSession ? "one session for all direct chats" : "an agent for each account"}` +
      `${spared === undefined ? "" : `, ${spared} is left alone`}`,
    ...steps.map(describeStep)
  ].join("\n")

/** How to see a round again. */
const replay = ({ cluster, seed }: Schedule): string =>
  `npm run test:faults -- ${cluster ? "--cluster " : ""}--seed ${seed} --verbose`

const countSteps = ({ steps }: Schedule, tag: Timed["step"]["_tag"]): number =>
  steps.filter(({ step }) => step._tag === tag).length

const report = (
  schedule: Schedule,
  observed: Observed,
  violations: ReadonlyArray<Violation>,
  ms: number
): RoundReport => ({
  seed: schedule.seed,
  violations,
  messages: observed.written.length,
  toAnswer: observed.written.filter(isForAgent).length,
  faults:
    observed.trouble.reduce((sum, { struck }) => sum + struck.length, 0) + countSteps(schedule, "Relieve"),
  signals: countSteps(schedule, "Signal"),
  gatewayEnds: countSteps(schedule, "Restart") + countSteps(schedule, "HostEnds"),
  pauses: countSteps(schedule, "HostPauses"),
  cuts: countSteps(schedule, "CutOff"),
  databaseEnds: countSteps(schedule, "DatabaseEnds"),
  uncertain: observed.unsent.filter(({ state }) => state === "Uncertain").length,
  failed: Arr.dedupe(observed.unsent.flatMap(({ delivery, state }) => (state === "Failed" ? [delivery] : [])))
    .length,
  seconds: ms / 1000
})

/** Keeps what a broken round left: the databases, the logs, what the agents were asked. */
const keep = (world: World, schedule: Schedule, violations: ReadonlyArray<Violation>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectory({ prefix: `imsg-faults-seed-${schedule.seed}-` })
    yield* fs.copy(world.folder, folder, { overwrite: true })
    for (const [index, { dir, stateDir }] of world.homes.entries()) {
      // What a gateway that was killed leaves of its socket cannot be copied.
      yield* fs.remove(`${stateDir}/gateway.sock`, { force: true })
      yield* fs.copy(dir, `${folder}/home-${index + 1}`)
    }
    const tables = ["mailbox", "outbox", "parts", "dead_letters", "begun_messages", "turn_members", "cursors"]
    for (const table of tables) {
      const rows = yield* Effect.orElseSucceed(world.store.rows(`SELECT * FROM ${table}`), () => [])
      yield* fs.writeFileString(`${folder}/${table}.json`, rows.map((row) => JSON.stringify(row)).join("\n"))
    }
    for (const { id, imsg } of world.accounts) yield* fs.copy(imsg.dir, `${folder}/${id}`)
    yield* fs.writeFileString(
      `${folder}/round.txt`,
      [describeSchedule(schedule), ...violations.map(({ law, what }) => `law ${law}: ${what}`), ""].join("\n")
    )
    return folder
  })

const describeEnds = ({ cuts, databaseEnds, gatewayEnds, pauses }: RoundReport, cluster: boolean): string =>
  cluster
    ? `${gatewayEnds} ends of hosts, ${pauses} pauses, ${cuts} cuts, ${databaseEnds} ends of the database`
    : `${gatewayEnds} ends of the gateway`

/** One round. Prints its seed before it begins, and what it came to. */
export const runRound = (seed: number, { cluster, main, verbose, without }: RunOptions) =>
  Effect.gen(function* () {
    const schedule = yield* makeSchedule(seed, without, cluster)
    yield* Console.log(verbose ? describeSchedule(schedule) : `seed ${seed} …`)
    const startedAt = yield* Clock.currentTimeMillis
    const world = yield* makeWorld(schedule, main)
    const written = yield* drive(world, schedule)
    const observed = yield* observe(world, schedule, written)
    const violations = check(observed, schedule.spared)
    const result = report(schedule, observed, violations, (yield* Clock.currentTimeMillis) - startedAt)
    yield* Console.log(
      `seed ${seed}: ${result.messages} messages, ${result.faults} faults, ${result.signals} signals, ` +
        `${describeEnds(result, cluster)}, ${result.uncertain} uncertain, ${result.failed} failed, ` +
        `${result.seconds.toFixed(0)} s: ${violations.length === 0 ? "ok" : "BROKEN"}`
    )
    yield* Effect.forEach(observed.unsent, ({ account, detail, n, part, state }) =>
      Console.log(`  ${state.toLowerCase()}: answer ${n}.${part} (${account}): ${detail}`)
    )
    if (violations.length > 0) {
      const folder = yield* keep(world, schedule, violations)
      yield* Effect.forEach(violations, ({ law, what }) => Console.log(`  law ${law}: ${what}`))
      yield* Console.log(`  what it left is in ${folder}\n  again: ${replay(schedule)}`)
    }
    return result
  }).pipe(Effect.scoped, Effect.provide(NodeContext.layer))

/** Rounds with rising seeds until the time is over; the last one is finished. */
export const runRounds = (firstSeed: number, seconds: number, options: RunOptions) =>
  Effect.gen(function* () {
    const endsAt = (yield* Clock.currentTimeMillis) + seconds * 1000
    const reports: Array<RoundReport> = []
    do {
      reports.push(yield* runRound(firstSeed + reports.length, options))
    } while ((yield* Clock.currentTimeMillis) < endsAt)
    return reports
  })
