/** The built gateway as a process, for end-to-end tests. */
import { fileURLToPath } from "node:url"
import { Command, FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { type Duration, Effect, Ref, Schema, Stream } from "effect"
import { isObject } from "../../src/schemas/config/keys.ts"
import { temporaryFolder } from "./folder.ts"
import { eventually, isAlive, makeSimulator, type SimulatorOptions, signal } from "./simulator.ts"

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url))

/** A line of the gateway's JSON log. */
export const LogLine = Schema.Struct({
  message: Schema.Unknown,
  logLevel: Schema.String,
  annotations: Schema.Record({ key: Schema.String, value: Schema.Unknown })
})
export type LogLine = typeof LogLine.Type
const decodeLine = Schema.decodeUnknownOption(Schema.parseJson(LogLine))

/** Who writes in most tests. */
export const PERSON = "+15555550111"

/** Supervision that makes tests quick; what it watches over is the same. */
export const QUICK = {
  supervision: {
    heartbeatMs: 300,
    requestTimeoutMs: 1500,
    sendTimeoutMs: 5000,
    startTimeoutMs: 8000,
    backoff: { baseMs: 50, factor: 2, maxMs: 1000, resetAfterMs: 1000 }
  },
  delivery: { settleMs: 400 }
}

/** An account that answers everybody, over a simulator. */
export const openAccount = (simulator: { readonly cliPath: string; readonly dbPath: string }) => ({
  ...QUICK,
  cliPath: simulator.cliPath,
  dbPath: simulator.dbPath,
  dmPolicy: "open",
  allowFrom: ["*"],
  groups: { "*": { requireMention: false } }
})

/** A folder for a gateway, with the config file in it. At the end of the scope it is removed. */
export const makeHome = (config: Readonly<Record<string, unknown>>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const dir = yield* temporaryFolder("imsg-gateway-")
    const configFile = path.join(dir, "config.json5")
    const stateDir = path.join(dir, "state")
    const { messages, ...rest } = config
    yield* fs.writeFileString(
      configFile,
      JSON.stringify({
        stateDir,
        shutdownMs: 5000,
        // Tests write more in a minute than people do.
        messages: { loopGuard: { maxPerMinute: 0 }, budget: false, ...(isObject(messages) ? messages : {}) },
        ...rest
      })
    )
    return { dir, configFile, stateDir }
  }).pipe(Effect.provide(NodeContext.layer))

export type Home = Effect.Effect.Success<ReturnType<typeof makeHome>>

/** A gateway's folder, and what else is in its environment. */
export interface Surroundings extends Home {
  readonly env?: Readonly<Record<string, string>>
  /** The built program, where it does not lie in `dist` of this tree. */
  readonly main?: string
}

/** Starts a gateway with variables of its own. At the end of the scope it is ended, if it still runs. */
export const startGatewayWith = (
  variables: Readonly<Record<string, string>>,
  home: Surroundings,
  ...args: ReadonlyArray<string>
) =>
  Effect.gen(function* () {
    const process = yield* Command.start(
      Command.make(
        "node",
        home.main ?? MAIN,
        "--config",
        home.configFile,
        "--log-level",
        "debug",
        ...args
      ).pipe(Command.env({ HOME: home.dir, ...home.env, ...variables }))
    )
    const output = yield* Ref.make("")
    const stdout = yield* Ref.make("")
    const lines = yield* Ref.make<ReadonlyArray<LogLine>>([])
    yield* process.stderr.pipe(
      Stream.decodeText(),
      Stream.splitLines,
      Stream.runForEach((line) =>
        Effect.gen(function* () {
          yield* Ref.update(output, (seen) => `${seen}${line}\n`)
          const decoded = decodeLine(line)
          if (decoded._tag === "Some") yield* Ref.update(lines, (seen) => [...seen, decoded.value])
        })
      ),
      Effect.ignore,
      Effect.forkScoped
    )
    yield* process.stdout.pipe(
      Stream.decodeText(),
      Stream.runForEach((text) => Ref.update(stdout, (seen) => seen + text)),
      Effect.ignore,
      Effect.forkScoped
    )
    yield* Effect.addFinalizer(() => (isAlive(process.pid) ? signal(process.pid, "SIGKILL") : Effect.void))

    /** Waits for a line of the log. */
    const awaitLog = (
      what: string,
      isIt: (line: LogLine) => boolean,
      options?: { readonly count?: number; readonly deadline?: Duration.DurationInput }
    ) =>
      eventually(
        what,
        Effect.map(Ref.get(lines), (seen) => seen.filter(isIt)),
        (seen) => seen.length >= (options?.count ?? 1),
        options?.deadline ?? "15 seconds"
      )

    return {
      pid: process.pid,
      output: Ref.get(output),
      stdout: Ref.get(stdout),
      lines: Ref.get(lines),
      awaitLog,
      /** Waits until an account has subscribed so many times. */
      awaitRunning: (account = "default", count = 1) =>
        awaitLog(
          `${account} running (${count})`,
          (line) => line.message === "running" && line.annotations.account === account,
          { count }
        ),
      signal: (name: NodeJS.Signals) => signal(process.pid, name),
      /** The exit code, or -1 after a signal. */
      exitCode: process.exitCode.pipe(
        Effect.map(Number),
        Effect.orElseSucceed(() => -1)
      )
    }
  }).pipe(Effect.provide(NodeContext.layer))

/** Starts a gateway. At the end of the scope it is ended, if it still runs. */
export const startGateway = (home: Surroundings, ...args: ReadonlyArray<string>) =>
  startGatewayWith({}, home, ...args)

export type Gateway = Effect.Effect.Success<ReturnType<typeof startGateway>>

/** What most tests begin with: a gateway that answers everybody, over a simulator in which one person has a chat. */
export const conversation = (
  options: SimulatorOptions = {},
  config: Readonly<Record<string, unknown>> = {}
) =>
  Effect.gen(function* () {
    const imsg = yield* makeSimulator(options)
    const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
    const home = yield* makeHome({ imessage: openAccount(imsg), ...config })
    const gateway = yield* startGateway(home)
    yield* gateway.awaitRunning()
    return {
      imsg,
      chat,
      home,
      gateway,
      /** The person writes into the chat. */
      say: (text: string) => imsg.chats.receive({ chatId: chat.id, sender: PERSON, text })
    }
  })
