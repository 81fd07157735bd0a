/** `cluster import`: what a gateway that ran alone has in its store comes into the database of the hosts. */
import { Command, Options } from "@effect/cli"
import { Path } from "@effect/platform"
import { Effect, Option } from "effect"
import { load } from "../../../layers/config/ConfigFile.ts"
import { fileNamed } from "../../../layers/config/fileNamed.ts"
import { ConfigInvalid, ConfigProblem } from "../../../schemas/errors/config.ts"
import { become, Manner } from "./Ending.ts"
import { importState } from "./importState.ts"
import { importText } from "./importText.ts"
import * as options from "./options.ts"
import { printEither } from "./print.ts"
import { configFile } from "./root.ts"

const from = Options.text("from").pipe(
  Options.withPseudoName("DIR"),
  Options.withDescription(
    "The state folder of the gateway that ran alone, which is stopped. Default: the state folder of the config."
  ),
  Options.optional
)

const dryRun = Options.boolean("dry-run").pipe(
  Options.withDescription("Only look whether it can be done, and what there is: no row is copied.")
)

const json = Options.boolean("json").pipe(Options.withDescription("Print an object."))

const STOPPED = Manner.Task({
  hint: "Nothing was carried over: what there was is where it was, and can be carried over again."
})

const withoutCluster = (file: string) =>
  new ConfigInvalid({
    file,
    problems: [
      new ConfigProblem({
        path: "cluster",
        message: "is not there: it says which PostgreSQL the state comes into (docs/cluster.md)"
      })
    ]
  })

const importCommand = Command.make(
  "import",
  { from, dryRun, config: options.config, json },
  ({ config: named, dryRun, from, json }) =>
    Effect.gen(function* () {
      yield* become(STOPPED)
      const path = yield* Path.Path
      const given = yield* configFile(named)
      const config = yield* load(given)
      if (config.cluster === undefined) return yield* withoutCluster(fileNamed(given, process.env))
      const wanted = {
        config,
        cluster: config.cluster,
        stateDir: Option.match(from, { onNone: () => config.stateDir, onSome: (dir) => path.resolve(dir) }),
        isDry: dryRun
      }
      yield* importState(wanted, (imported) =>
        // Whoever stops it now stops what is done.
        Effect.zipRight(
          become(Manner.Watch()),
          printEither(json, imported, (look) => importText(imported, look))
        )
      )
    })
).pipe(
  Command.withDescription(
    "Carries the state of a gateway that ran alone over into the database of the config's cluster, before its first host starts: approvals, conversations, histories, positions, and what waits. All of it, or nothing."
  )
)

export const clusterCommand = Command.make("cluster").pipe(
  Command.withDescription("The hosts that carry one gateway together."),
  Command.withSubcommands([importCommand])
)
