/** `npm run bench:cluster`: what a second host and a database on a server cost, and how far several hosts go on one. */
import { Options, Command as Program } from "@effect/cli"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Option } from "effect"
import { lastingServer, type Server } from "../test/support/postgres.ts"
import { compare, measureTakeover } from "./clusterCompared.ts"
import { isBusy, lookAtMachine } from "./machine.ts"
import { bundlePrograms } from "./programs.ts"
import { MOST_HOSTS, measureSetting, type Scaled, type Setting } from "./scale.ts"
import { conclusions, head, rowOf } from "./scaleReport.ts"
import { sum } from "./statistics.ts"

/** What it all may take; it takes about seven minutes on a quiet machine. */
const DEADLINE = "15 minutes"

/** What is measured where nothing is said: few accounts and many, on one host and on more. */
const SETTINGS: ReadonlyArray<Setting> = [
  { hosts: 1, accounts: 4 },
  { hosts: 1, accounts: 50 },
  { hosts: 1, accounts: 200 },
  { hosts: 2, accounts: 200 },
  { hosts: 3, accounts: 200 },
  { hosts: 4, accounts: 200 }
]
/** Of a setting that was given by its hosts alone. */
const MANY = 200

const measureScale = (server: Server, settings: ReadonlyArray<Setting>) =>
  Effect.gen(function* () {
    yield* Console.log(head)
    const all = yield* Effect.forEach(settings, (setting, at) =>
      Effect.tap(measureSetting(server, setting, `scaled_${at}`), (scaled) => Console.log(rowOf(scaled)))
    )
    yield* Effect.forEach(conclusions(all), (line) => Console.log(line))
    return sum(all.map(({ wrong }: Scaled) => wrong))
  })

const measureTakeovers = (server: Server, takeovers: number) =>
  Effect.gen(function* () {
    const programs = yield* bundlePrograms
    const wrong = yield* compare(server, programs)
    for (let n = 0; n < takeovers; n++) {
      const millis = yield* measureTakeover(server, programs, `taken_over_${n}`)
      yield* Console.log(
        `a host that is killed: its account is on the other after ${(millis / 1000).toFixed(1)} s`
      )
    }
    return wrong
  })

interface Wanted {
  readonly takeovers: number
  readonly hosts: Option.Option<number>
  readonly accounts: Option.Option<number>
  readonly part: "all" | "compared" | "scale"
}

/** One setting where the hosts or the accounts are given. */
const settingsOf = ({ accounts, hosts }: Wanted): ReadonlyArray<Setting> =>
  Option.isNone(hosts) && Option.isNone(accounts)
    ? SETTINGS
    : [{ hosts: Option.getOrElse(hosts, () => 1), accounts: Option.getOrElse(accounts, () => MANY) }]

const measure = (wanted: Wanted) =>
  Effect.gen(function* () {
    const settings = settingsOf(wanted)
    const isOne = settings !== SETTINGS
    const machine = yield* lookAtMachine
    yield* Console.log(
      `${machine.platform}, node ${machine.node}, ${machine.cores} × ${machine.cpu}, load ${machine.load.toFixed(2)}` +
        (isBusy(machine, [machine.busyShare])
          ? "; busy with other work, all times are longer than without it"
          : "")
    )
    const server = yield* lastingServer
    const compared = isOne || wanted.part === "scale" ? 0 : yield* measureTakeovers(server, wanted.takeovers)
    const scaled = !isOne && wanted.part === "compared" ? 0 : yield* measureScale(server, settings)
    const wrong = compared + scaled
    if (wrong > 0) {
      return yield* Effect.fail(
        new Error(`${wrong} messages were not answered, answered twice or out of order`)
      )
    }
  }).pipe(
    Effect.scoped,
    Effect.timeoutFail({
      duration: DEADLINE,
      onTimeout: () => new Error("the bench did not end in time; what it started has been ended")
    })
  )

const command = Program.make(
  "bench-cluster",
  {
    takeovers: Options.integer("takeovers").pipe(
      Options.withDefault(1),
      Options.withDescription("How often a host is killed.")
    ),
    part: Options.choice("part", ["all", "compared", "scale"]).pipe(
      Options.withDefault("all"),
      Options.withDescription(
        "What one host and two cost beside one process, or how far several hosts with many accounts go."
      )
    ),
    hosts: Options.integer("hosts").pipe(
      Options.filterMap(
        (hosts) => (hosts >= 1 && hosts <= MOST_HOSTS ? Option.some(hosts) : Option.none()),
        `between 1 and ${MOST_HOSTS}`
      ),
      Options.withDescription("Only the scale, with so many hosts."),
      Options.optional
    ),
    accounts: Options.integer("accounts").pipe(
      Options.withDescription("Only the scale, with so many accounts over all hosts."),
      Options.optional
    )
  },
  measure
)

NodeRuntime.runMain(
  Program.run(command, { name: "bench-cluster", version: "1" })(process.argv).pipe(
    Effect.provide(NodeContext.layer)
  )
)
