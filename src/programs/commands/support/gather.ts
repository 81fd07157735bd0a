/** Gathers what a bug report needs. Whatever is broken: what cannot be had is missing, with the reason, and the rest is there. */
import { release } from "node:os"
import { FileSystem, Path } from "@effect/platform"
import { Array as Arr, DateTime, Effect, Either, Layer, type Option, Stream } from "effect"
import JSON5 from "json5"
import { fileNamed } from "../../../layers/config/fileNamed.ts"
import { stateDirOf } from "../../../layers/config/stateDirOf.ts"
import * as DecisionsSql from "../../../layers/decisions/DecisionsSql.ts"
import { LOG_DIR, LOG_FILE } from "../../../layers/logging/logFile.ts"
import { tail } from "../../../layers/logging/logFileReader.ts"
import { decode, stateDirIn } from "../../../schemas/config/decode.ts"
import { homeExpander } from "../../../schemas/config/home.ts"
import { LogNotFound } from "../../../schemas/errors/service.ts"
import { Decisions } from "../../../services/Decisions.ts"
import { askStatus } from "../../control/askStatus.ts"
import { examineConfig } from "../doctor/config.ts"
import { examine } from "../doctor/examine.ts"
import { layerAsked } from "../doctor/RunningGatewayAsked.ts"
import { type StorePlace, storeThere } from "../storeOf.ts"
import type { Gathered } from "./report.ts"
import type { Had } from "./SupportReport.ts"

/** How many lines of the log. */
const LINES = 400
/** How long one section may take: doctor waits for what does not answer. */
const WITHIN = "90 seconds"

/** A variable, as a config names it. */
const VARIABLE = /\$\{(\w+)\}/gu
/** A shorter value is no secret, and stands in many words. */
const SHORTEST_SECRET = 6

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const had = <A, E, R>(section: Effect.Effect<A, E, R>): Effect.Effect<Had<A>, never, R> =>
  section.pipe(
    Effect.timeoutFail({ duration: WITHIN, onTimeout: () => new Error(`it took longer than ${WITHIN}`) }),
    Effect.sandbox,
    Effect.match({
      onFailure: (cause): Had<A> => ({
        missing: cause._tag === "Fail" ? reasonOf(cause.error) : "the gateway itself failed at it"
      }),
      onSuccess: (value): Had<A> => value
    })
  )

/** The built program, as it lies beside the file that was started. */
const programText = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const folder = path.dirname(yield* fs.realPath(path.resolve(process.argv[1] ?? "")))
  const names = (yield* fs.readDirectory(folder)).filter((name) => /^(?:main|piece-\w+)\.js$/u.test(name))
  const texts = yield* Effect.forEach(names, (name) => fs.readFileString(path.join(folder, name)))
  return texts.join("\n")
}).pipe(Effect.orElseSucceed(() => ""))

const doctorOf = (config: Option.Option<string>) =>
  Effect.gen(function* () {
    const platform = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
    const askGateway = (stateDir: string) =>
      Layer.provide(layerAsked(stateDir), Layer.succeedContext(platform))
    const none = { account: Arr.head<string>([]), sendTo: Arr.head<string>([]) }
    return Arr.fromIterable(yield* Stream.runCollect(examine({ config, askGateway, ...none })))
  })

const decisionsIn = (place: StorePlace) =>
  Effect.gen(function* () {
    const store = yield* storeThere(place)
    if (store === undefined) return []
    return yield* Effect.flatMap(Decisions, ({ counts }) => counts).pipe(
      Effect.provide(Layer.provide(DecisionsSql.layer, store))
    )
  })

const logIn = (stateDir: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const file = (yield* Path.Path).join(stateDir, LOG_DIR, LOG_FILE)
    if (!(yield* fs.exists(file))) return yield* new LogNotFound({ file })
    return Arr.fromIterable(yield* Stream.runCollect(tail(file, { follow: false, lines: LINES })))
  })

const problemsOf = (text: string, file: string, env: NodeJS.ProcessEnv): ReadonlyArray<string> =>
  Either.match(decode({ text, file, env }), {
    onLeft: ({ problems }) =>
      problems.map(({ message, path }) => (path === "" ? message : `${path}: ${message}`)),
    onRight: ({ warnings }) => warnings
  })

const configIn = (file: string, env: NodeJS.ProcessEnv) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const text = yield* fs.readFileString(file)
    const raw = Either.getOrUndefined(Either.try((): unknown => JSON5.parse(text)))
    return { problems: problemsOf(text, file, env), raw, text }
  })

/** The values of the variables that a config names. */
const valuesIn = (text: string, env: NodeJS.ProcessEnv): ReadonlyArray<string> =>
  [...text.matchAll(VARIABLE)].flatMap(([, name = ""]) => {
    const value = env[name] ?? ""
    return value.length >= SHORTEST_SECRET && name !== "HOME" && name !== "USER" ? [value] : []
  })

/** Everything, for the config that is meant. */
export const gather = (path: Option.Option<string>) =>
  Effect.gen(function* () {
    const env = yield* Effect.sync(() => process.env)
    const file = fileNamed(path, env)
    const expandHome = homeExpander(env)
    const [, known] = yield* examineConfig(path)
    const usual = Either.getOrElse(stateDirIn({ text: "{}", file, env }), () => expandHome("~/.imsg-gateway"))
    // While the config has mistakes it is where the gateway that runs has it; else what can be read of the file says.
    const stateDir = yield* Effect.orElseSucceed(stateDirOf(path, true), () => known.stateDir ?? usual)
    const config = yield* had(configIn(file, env))
    const sections = yield* Effect.all(
      {
        program: programText,
        doctor: had(doctorOf(path)),
        status: had(askStatus(stateDir)),
        decisions: had(decisionsIn({ ...known.whole, stateDir })),
        log: had(logIn(stateDir)),
        now: DateTime.now
      },
      { concurrency: "unbounded" }
    )
    const gathered: Gathered = {
      ...sections,
      madeAt: DateTime.formatIso(sections.now),
      node: `${process.version}, ${process.arch}`,
      system: `${process.platform} ${release()}`,
      home: expandHome("~"),
      region: known.accounts?.[0]?.region ?? "US",
      config,
      variables: "text" in config ? valuesIn(config.text, env) : []
    }
    return gathered
  })
