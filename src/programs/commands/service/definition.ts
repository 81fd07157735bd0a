/** What a service manager has to know: which program runs, with what, and where it writes. */
import { homedir } from "node:os"
import { FileSystem, Path } from "@effect/platform"
import { Effect, Either, type Option } from "effect"
import * as ConfigFile from "../../../layers/config/ConfigFile.ts"
import { CONFIG_VARIABLE, fileNamed } from "../../../layers/config/fileNamed.ts"
import { LOG_DIR, LOG_FILE, OUTPUT_FILE } from "../../../layers/logging/logFile.ts"
import { decode } from "../../../schemas/config/decode.ts"
import { homeExpander, STATE_VARIABLE, variable } from "../../../schemas/config/home.ts"
import { ServiceProgramPassing } from "../../../schemas/errors/service.ts"
import { lastingPath } from "./lastingPath.ts"

/** launchd's name for the service. */
export const LABEL = "dev.imsg-gateway"

/** Children and actors may take this long, in s, after `shutdownMs`: the gateway's own limit is 10. */
const CLOSE_SECONDS = 15

/** The program of the service, all paths absolute: node, the gateway's own file, and its config. */
export interface ServiceProgram {
  readonly program: string
  readonly main: string
  readonly configFile: string
}

/** A service as it is to be installed; `arguments` are node's. `output` takes what is printed before the log file is open. */
export interface ServiceDefinition extends ServiceProgram {
  readonly arguments: ReadonlyArray<string>
  readonly environment: { readonly [name: string]: string }
  readonly home: string
  readonly output: string
  /** How long a stop may take before the service manager kills, in seconds. */
  readonly stopSeconds: number
}

/** The home folder of who runs this. */
export const home: Effect.Effect<string> = Effect.sync(() => variable(process.env, "HOME") ?? homedir())

/** This program, and the config file it would run with: what an installed service is compared with. */
export const thisProgram = (config: Option.Option<string>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const env = yield* Effect.sync(() => process.env)
    const script = path.resolve(process.argv[1] ?? "")
    const program: ServiceProgram = {
      program: yield* lastingPath(process.execPath),
      main: yield* Effect.flatMap(
        Effect.orElseSucceed(fs.realPath(script), () => script),
        lastingPath
      ),
      configFile: path.resolve(fileNamed(config, env))
    }
    return program
  })

/** The names of the variables that an install sets by itself; all others are the owner's. */
export const OWN_VARIABLES: ReadonlyArray<string> = [CONFIG_VARIABLE, STATE_VARIABLE]

/** The gateway's own variables that are set here, made independent of the working folder. */
const ownVariables = (configFile: string) =>
  Effect.gen(function* () {
    const path = yield* Path.Path
    const env = yield* Effect.sync(() => process.env)
    const stateDir = variable(env, STATE_VARIABLE)
    return {
      ...(variable(env, CONFIG_VARIABLE) === undefined ? {} : { [CONFIG_VARIABLE]: configFile }),
      ...(stateDir === undefined ? {} : { [STATE_VARIABLE]: path.resolve(homeExpander(env)(stateDir)) })
    }
  })

/** npm keeps there what `npx` ran, until it needs the place. */
const NPX_CACHE = /\/_npx\/[^/]+\/node_modules\//u

/**
 * The service for the config that the command was called with. Fails where the gateway could not start with it, and
 * where its program will not stay.
 */
export const makeDefinition = (config: Option.Option<string>) =>
  Effect.gen(function* () {
    const path = yield* Path.Path
    const { shutdownMs, stateDir } = yield* ConfigFile.load(config)
    const program = yield* thisProgram(config)
    if (NPX_CACHE.test(program.main)) return yield* new ServiceProgramPassing({ file: program.main })
    const logs = path.join(stateDir, LOG_DIR)
    const definition: ServiceDefinition = {
      ...program,
      arguments: [
        program.main,
        "--config",
        program.configFile,
        "--log-file",
        path.join(logs, LOG_FILE),
        "--log-format",
        "json"
      ],
      environment: yield* ownVariables(program.configFile),
      home: yield* home,
      output: path.join(logs, OUTPUT_FILE),
      stopSeconds: Math.ceil(shutdownMs / 1000) + CLOSE_SECONDS
    }
    return definition
  })

/** Variables that a service manager sets for each of its services. */
const ALWAYS = ["HOME", "USER", "LOGNAME", "SHELL", "PATH", "TMPDIR"]

/**
 * The names of the variables that the config reads with `${NAME}` and that the service would not have. `given` are
 * those that its definition, or the file that is installed, sets.
 */
export const missingVariables = (definition: ServiceDefinition, given: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const text = yield* Effect.orElseSucceed(fs.readFileString(definition.configFile), () => "")
    const env = yield* Effect.sync(() => process.env)
    const known = [...ALWAYS, ...given, ...Object.keys(definition.environment)]
    const names = Object.keys(env).filter((name) => !known.includes(name) && text.includes(`\${${name}}`))
    // The decoder knows which parts of the file are read, and what is escaped.
    return names.filter((name) =>
      Either.isLeft(decode({ text, file: definition.configFile, env: { ...env, [name]: undefined } }))
    )
  })
