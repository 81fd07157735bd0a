/** Looks at what is there before anything is asked: the config, imsg, agents, a gateway that runs. Changes nothing. */
import { FileSystem, Path } from "@effect/platform"
import { Effect, Option, Schema } from "effect"
import JSON5 from "json5"
import * as ConfigFile from "../../../layers/config/ConfigFile.ts"
import { searchedFolders } from "../../../layers/config/environment.ts"
import { fileNamed } from "../../../layers/config/fileNamed.ts"
import { lockHolder } from "../../../layers/process/lockHolder.ts"
import type { GatewayConfig } from "../../../schemas/Config.ts"
import { chooseAccount } from "../../sending/chooseAccount.ts"
import { find } from "../doctor/program.ts"
import type { StepId } from "./decisions.ts"
import type { Known, Wishes, Written } from "./Known.ts"
import { localServers, offersOf, programNames } from "./offers.ts"
import { serviceOf } from "./service.ts"

/** How long a server of this machine may take to name its models, in ms. */
const MODELS_WITHIN_MS = 2000

const decodeAgents = Schema.decodeUnknownOption(
  Schema.Struct({
    agents: Schema.Struct({
      list: Schema.optional(Schema.Array(Schema.Unknown)),
      entries: Schema.optional(Schema.Record({ key: Schema.String, value: Schema.Unknown }))
    })
  })
)

/** Whether a config file names an agent. It is known to be a config. */
const namesAgents = (text: string): boolean =>
  Option.exists(
    decodeAgents(JSON5.parse(text)),
    ({ agents: { entries = {}, list = [] } }) => list.length > 0 || Object.keys(entries).length > 0
  )

/** The config file, where there is one. One that is wrong is refused as everywhere. */
export const readWritten = (file: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    if (!(yield* Effect.orElseSucceed(fs.exists(file), () => true))) return undefined
    const config = yield* ConfigFile.load(Option.some(file))
    const text = yield* Effect.orElseSucceed(fs.readFileString(file), () => "{}")
    const written: Written = { config, hasAgents: namesAgents(text) }
    return written
  })

const modelsHere = (env: NodeJS.ProcessEnv) =>
  Effect.gen(function* () {
    const { probe } = yield* Effect.promise(() => import("../../../layers/agent/models/probe.ts"))
    const found = yield* Effect.forEach(
      localServers(env),
      ({ baseUrl }) =>
        Effect.map(
          probe(
            {
              type: "openai",
              baseUrl,
              model: "",
              api: "chat",
              images: false,
              stream: true,
              headers: {},
              timeoutMs: MODELS_WITHIN_MS,
              silenceMs: MODELS_WITHIN_MS
            },
            MODELS_WITHIN_MS
          ),
          (probed) => [baseUrl, probed._tag === "Models" ? probed.ids : []] as const
        ),
      { concurrency: "unbounded" }
    )
    return new Map(found)
  })

const programsHere = (folders: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const found = yield* Effect.forEach(programNames, (name) =>
      Effect.map(Effect.option(find(name, folders)), (path) => [name, path] as const)
    )
    return new Map(found.flatMap(([name, path]) => (Option.isSome(path) ? [[name, path.value]] : [])))
  })

/** The command of `imsg` in a config that is there: of the account that is meant, else of the first that is enabled. */
const imsgOf = (config: GatewayConfig) =>
  Effect.map(Effect.option(chooseAccount(config, Option.none())), (chosen) =>
    Option.getOrElse(chosen, () => config.accounts.find(({ enabled }) => enabled))
  ).pipe(Effect.map((account) => account?.cliPath))

/** Whether a gateway runs on a config. */
const isRunning = (written: Written | undefined) =>
  written === undefined
    ? Effect.succeed(false)
    : Effect.map(lockHolder(written.config.stateDir), Option.isSome)

/** The agents that can be offered on this machine now. */
const offersHere = Effect.gen(function* () {
  const env = yield* Effect.sync(() => process.env)
  const found = yield* Effect.all(
    { models: modelsHere(env), programs: programsHere(searchedFolders({}, env)) },
    { concurrency: "unbounded" }
  )
  return offersOf({ ...found, env })
})

/** The config file that is meant, absolute. */
export const fileMeant = (config: Option.Option<string>) =>
  Effect.map(Path.Path, (path) => path.resolve(fileNamed(config, process.env)))

/** What is known at the start. */
export const lookAround = (wishes: Wishes, config: Option.Option<string>) =>
  Effect.gen(function* () {
    const env = yield* Effect.sync(() => process.env)
    const file = yield* fileMeant(config)
    const written = yield* readWritten(file)
    const { found, offers } = yield* Effect.all(
      { found: Effect.option(find("imsg", searchedFolders({}, env))), offers: offersHere },
      { concurrency: "unbounded" }
    )
    const known: Known = {
      wishes,
      platform: process.platform,
      file,
      written,
      isNew: false,
      gatewayRuns: yield* isRunning(written),
      offers,
      found: Option.getOrUndefined(found),
      imsg: written === undefined ? undefined : yield* imsgOf(written.config),
      checks: undefined,
      offer: undefined,
      agent: undefined,
      owner: undefined,
      tried: undefined,
      service: yield* serviceOf(file),
      greeted: undefined
    }
    return known
  })

/** Looks again at what a step goes by, where a person takes it up again: they may have changed it meanwhile. */
export const lookAgain = (step: StepId, known: Known) =>
  Effect.gen(function* () {
    if (step === "agent") return { ...known, offers: yield* offersHere } satisfies Known
    if (step === "hello") return { ...known, gatewayRuns: yield* isRunning(known.written) } satisfies Known
    return known
  })
