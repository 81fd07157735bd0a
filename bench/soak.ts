/** `npm run test:faults` and `npm run soak`: rounds of faults, and what they came to. */
import { Command, Options } from "@effect/cli"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Clock, Console, Effect, Option } from "effect"
import { HOST_KINDS } from "../test/faults/cluster/troubles.ts"
import { KINDS } from "../test/faults/kinds.ts"
import { type RoundReport, runRound, runRounds } from "../test/faults/run.ts"
import { MAIN } from "./programs.ts"
import { sum } from "./statistics.ts"

const total = (reports: ReadonlyArray<RoundReport>, of: (report: RoundReport) => number) =>
  sum(reports.map(of))

const survived = ({ cuts, databaseEnds, faults, gatewayEnds, pauses, signals }: RoundReport): number =>
  faults + signals + gatewayEnds + pauses + cuts + databaseEnds

const describe = (reports: ReadonlyArray<RoundReport>): string => {
  const broken = (law: number) =>
    total(reports, ({ violations }) => violations.filter((violation) => violation.law === law).length)
  const failing = reports.filter(({ violations }) => violations.length > 0).map(({ seed }) => seed)
  return [
    "",
    `${reports.length} rounds, seeds ${reports[0]?.seed} to ${reports.at(-1)?.seed}, ${total(reports, ({ seconds }) => seconds).toFixed(0)} s`,
    `messages        ${total(reports, ({ messages }) => messages)}, ${total(reports, ({ toAnswer }) => toAnswer)} of them to be answered`,
    `faults survived ${total(reports, survived)}: ` +
      `${total(reports, ({ faults }) => faults)} of imsg, ${total(reports, ({ signals }) => signals)} signals to it, ` +
      `${total(reports, ({ gatewayEnds }) => gatewayEnds)} ends of gateways, ` +
      `${total(reports, ({ pauses }) => pauses)} pauses, ${total(reports, ({ cuts }) => cuts)} cuts, ` +
      `${total(reports, ({ databaseEnds }) => databaseEnds)} ends of the database`,
    `lost            ${broken(1)}`,
    `said twice      ${broken(2)}`,
    `out of order    ${broken(3)}`,
    `other laws      ${total(reports, ({ violations }) => violations.filter(({ law }) => law > 3).length)}`,
    `uncertain       ${total(reports, ({ uncertain }) => uncertain)}`,
    `given up        ${total(reports, ({ failed }) => failed)} answers, after two sends with an unknown end`,
    failing.length === 0 ? "No law was broken." : `BROKEN by the seeds ${failing.join(", ")}.`
  ].join("\n")
}

const faults = Command.make(
  "faults",
  {
    seed: Options.integer("seed").pipe(
      Options.withDescription("Run the round of this seed; with --seconds, begin with it."),
      Options.optional
    ),
    seconds: Options.integer("seconds").pipe(
      Options.withDescription("Run rounds for that long; 60 where neither this nor --seed is given."),
      Options.optional
    ),
    cluster: Options.boolean("cluster").pipe(
      Options.withDescription("Two hosts over a real PostgreSQL in the place of one gateway.")
    ),
    verbose: Options.boolean("verbose").pipe(Options.withDescription("Print what each round does.")),
    without: Options.choice("without", [...KINDS, ...HOST_KINDS]).pipe(
      Options.withDescription("Leave a kind of fault out. Can be given several times."),
      Options.repeated
    )
  },
  ({ cluster, seconds, seed, verbose, without }) =>
    Effect.gen(function* () {
      const options = { main: MAIN, cluster, verbose, without: new Set(without) }
      const reports =
        Option.isSome(seed) && Option.isNone(seconds)
          ? [yield* runRound(seed.value, options)]
          : yield* runRounds(
              // A seed that can be typed, and another one each time.
              Option.getOrElse(seed, () => undefined) ?? (yield* Clock.currentTimeMillis) % 1_000_000,
              Option.getOrElse(seconds, () => 60),
              options
            )
      yield* Console.log(describe(reports))
      if (reports.some(({ violations }) => violations.length > 0)) {
        return yield* Effect.sync(() => {
          process.exitCode = 1
        })
      }
    })
).pipe(Command.withDescription("Random faults around a real gateway; checks that its laws hold."))

NodeRuntime.runMain(
  Command.run(faults, { name: "faults", version: "1" })(process.argv).pipe(Effect.provide(NodeContext.layer))
)
