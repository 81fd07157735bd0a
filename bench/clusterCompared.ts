/** What a second host and a database on a server cost, beside one process with a file. */
import { Console, Effect } from "effect"
import type { Server } from "../test/support/postgres.ts"
import { type Places, startCluster } from "./clusterHosts.ts"
import { type Counters, countersOf } from "./databaseCounters.ts"
import type { Programs } from "./programs.ts"
import type { Load, LoadResult } from "./protocol.ts"
import { median, percentile, sum } from "./statistics.ts"
import { startOnMemory } from "./subject.ts"

/** A second behind the start everything is taken over that will be. */
const SETTLE = "15 seconds"
const IDLE_SECONDS = 10
const ROUNDS = 3
/** Of the names in what is printed. */
const WIDTH = 32

type Control = Effect.Effect.Success<ReturnType<typeof startCluster>>["control"]

const GENTLE: Load = {
  ...{ chats: 8, outstanding: 1, gapMs: 20, count: 30, seconds: 120 },
  ...{ warmUpSeconds: 0, drainMs: 120_000 }
}
const FLOOD: Load = { ...GENTLE, chats: 50, outstanding: 1000, gapMs: 0, count: 100 }

interface Setting {
  readonly name: string
  readonly hosts: ReadonlyArray<string>
  readonly places: Places
}

const SETTINGS: ReadonlyArray<Setting> = [
  { name: "one host", hosts: ["a"], places: { account: ["a"], agent: ["a"] } },
  { name: "two, account and session apart", hosts: ["a", "b"], places: { account: ["a"], agent: ["b"] } }
]

/** Something that answers, and the database whose counters are its own, where there is one. */
interface Subject {
  readonly name: string
  readonly control: Control
  readonly database?: string
}

interface Carried {
  readonly latenciesMs: ReadonlyArray<number>
  readonly turnsPerSecond: ReadonlyArray<number>
  readonly turns: number
  readonly wrong: number
}

const together = (loads: ReadonlyArray<LoadResult>, floods: ReadonlyArray<LoadResult>): Carried => ({
  latenciesMs: loads.flatMap(({ latenciesMs }) => latenciesMs),
  turnsPerSecond: floods.map(({ answered, elapsedMs }) => (answered * 1000) / elapsedMs),
  turns: sum([...loads, ...floods].map(({ answered }) => answered)),
  wrong: sum(
    [...loads, ...floods].map(
      ({ answered, disordered, unexpected, written }) => written - answered + unexpected + disordered
    )
  )
})

const shown = (name: string, { latenciesMs, turnsPerSecond, wrong }: Carried) =>
  `${name.padEnd(WIDTH)} ${percentile(latenciesMs, 0.5).toFixed(0)} ms, 95 of 100 ${percentile(latenciesMs, 0.95).toFixed(0)} ms; ` +
  `${median(turnsPerSecond).toFixed(0)} turns a second${wrong === 0 ? "" : `; WRONG ${wrong}`}`

const shownCounters = (turns: number, [rested, begun, ended]: readonly [Counters, Counters, Counters]) =>
  `${"".padEnd(WIDTH)} ${ended.connections} connections; idle ` +
  `${(((begun.commits - rested.commits) * 1000) / (begun.at - rested.at)).toFixed(1)} transactions a second; a turn: ` +
  `${((ended.commits - begun.commits) / turns).toFixed(1)} transactions, ` +
  `${((ended.rows - begun.rows) / turns).toFixed(1)} rows written, what idles included`

/** The same loads for each subject in turn, so that what else the machine does falls on all of them. */
const measureSubjects = (server: Server, subjects: ReadonlyArray<Subject>) =>
  Effect.gen(function* () {
    const count = Effect.forEach(subjects, ({ database }) =>
      database === undefined ? Effect.succeed(undefined) : countersOf(server, database)
    )
    const atRest = yield* count
    yield* Effect.sleep(`${IDLE_SECONDS} seconds`)
    const before = yield* count
    const round = (load: Load) => Effect.forEach(subjects, ({ control }) => control.carryOut(load))
    const warm = yield* round(GENTLE)
    const gentle = yield* Effect.replicateEffect(round(GENTLE), ROUNDS)
    const floods = yield* Effect.replicateEffect(round(FLOOD), ROUNDS)
    const after = yield* count
    const ofSubject = (rounds: ReadonlyArray<ReadonlyArray<LoadResult>>, at: number) =>
      rounds.flatMap((results) => results.slice(at, at + 1))
    return yield* Effect.forEach(subjects, ({ name }, at) =>
      Effect.gen(function* () {
        const carried = together(ofSubject(gentle, at), ofSubject(floods, at))
        yield* Console.log(shown(name, carried))
        const [rested, begun, ended] = [atRest[at], before[at], after[at]]
        if (rested !== undefined && begun !== undefined && ended !== undefined) {
          const turns = carried.turns + sum(ofSubject([warm], at).map(({ answered }) => answered))
          yield* Console.log(shownCounters(turns, [rested, begun, ended]))
        }
        return carried
      })
    )
  })

/** Prints what each costs; answers how many messages were not answered as they should be. */
export const compare = (server: Server, programs: Programs) =>
  Effect.gen(function* () {
    const alone = yield* startOnMemory({ kind: "gateway", programs })
    const hosted = yield* Effect.forEach(SETTINGS, ({ hosts, name, places }, at) =>
      Effect.map(
        startCluster(server, { database: `measured_${at}`, names: hosts, places, programs }),
        ({ control }): Subject => ({ name, control, database: `measured_${at}` })
      )
    )
    yield* Effect.sleep(SETTLE)
    const carried = yield* measureSubjects(server, [{ name: "one process over a file", ...alone }, ...hosted])
    const [, one, two] = carried
    if (one !== undefined && two !== undefined) {
      const added = median(two.latenciesMs) - median(one.latenciesMs)
      yield* Console.log(`${"added by the second host".padEnd(WIDTH)} ${added.toFixed(1)} ms, at most 30`)
    }
    return sum(carried.map(({ wrong }) => wrong))
  }).pipe(Effect.scoped)

/** Milliseconds from the end of the host that has the account to its child on the other. */
export const measureTakeover = (server: Server, programs: Programs, database: string) =>
  Effect.gen(function* () {
    const places = { account: ["a", "b"], agent: ["a", "b"] }
    const { control, hosts } = yield* startCluster(server, { database, names: ["a", "b"], places, programs })
    yield* Effect.sleep(SETTLE)
    const begun = process.hrtime.bigint()
    for (const { kill, name } of hosts) if (name === "a") yield* kill
    const { at } = yield* control.next("Subscribed", 60_000).pipe(
      // Both may have begun with it, one after the other.
      Effect.repeat({ until: ({ at }) => at > begun })
    )
    return Number(at - begun) / 1e6
  }).pipe(Effect.scoped)
