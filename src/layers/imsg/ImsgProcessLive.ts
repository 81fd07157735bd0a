/** `imsg rpc` over a process group: spawn, handshake, and the session that both leave. */
import { Command, type FileSystem, type Path, type Error as PlatformErrors } from "@effect/platform"
import { Clock, Effect, Layer, Option, type Scope } from "effect"
import { type Capabilities, capabilitiesOf, NO_CAPABILITIES } from "../../schemas/Capabilities.ts"
import { databaseProblem } from "../../schemas/denials.ts"
import { ChildStuck, ImsgNotFound } from "../../schemas/errors/imsg.ts"
import { Code, Methods } from "../../schemas/ImsgProtocol.ts"
import {
  type Build,
  ImsgProcess,
  type ImsgSession,
  type OpenError,
  type OpenOptions,
  type RequestError
} from "../../services/ImsgProcess.ts"
import { ProcessGroup } from "../../services/ProcessGroup.ts"
import { withChildEnvironment } from "../config/environment.ts"
import { startFailure } from "../process/startFailure.ts"
import { cliCommand, remoteHostOf } from "../remote/cliCommand.ts"
import { sendingFiles } from "../remote/sendingFiles.ts"
import { knowing } from "./capabilities.ts"
import { type Connection, connect } from "./connection.ts"
import { askStatusCommand } from "./statusCommand.ts"

/** How long a child may take to end after its stdin closed; it may be finishing a send. */
const GRACE_MS = 2000

/** What the build can do, and what its bridge can do now. */
interface Found {
  readonly build: Build
  readonly capabilities: Capabilities
}

/**
 * Finds out what the build can do, and whether it can read the database. `timeLeft` is in milliseconds, for
 * whatever is asked next.
 */
const handshake = (
  connection: Connection,
  timeLeft: Effect.Effect<number>
): Effect.Effect<Found, RequestError> =>
  Effect.flatMap(timeLeft, (timeoutMs) => connection.request(Methods.initialize, {}, timeoutMs)).pipe(
    Effect.flatMap((status): Effect.Effect<Found, RequestError> => {
      const problem = databaseProblem(status)
      if (problem !== undefined) return Effect.fail(problem)
      return Effect.succeed({
        build: {
          version: status.version,
          concurrentReads: true,
          database: status.database?.path,
          methods: new Set(status.supported_methods ?? status.methods ?? [])
        },
        capabilities: capabilitiesOf(status)
      })
    }),
    Effect.catchIf(
      (error) => error._tag === "RpcFailed" && error.rpcCode === Code.methodNotFound,
      () =>
        Effect.flatMap(timeLeft, (timeoutMs) =>
          connection.request(Methods.chatsList, { limit: 1 }, timeoutMs)
        ).pipe(
          Effect.as<Found>({
            build: { version: undefined, concurrentReads: false, methods: new Set() },
            capabilities: NO_CAPABILITIES
          })
        )
    )
  )

const notFound = (cliPath: string, error: PlatformErrors.PlatformError) =>
  new ImsgNotFound({ cliPath, detail: startFailure(error) })

/** What the command `imsg status` says, run by the same way as the child. */
const printedStatus = (options: OpenOptions) =>
  Effect.gen(function* () {
    const { args, program } = yield* cliCommand(options.cliPath, ["status", "--json"])
    return yield* askStatusCommand(yield* withChildEnvironment(Command.make(program, ...args), options))
  })

const make = Effect.gen(function* () {
  const groups = yield* ProcessGroup
  const platform = yield* Effect.context<ProcessGroup | FileSystem.FileSystem | Path.Path>()

  const open = (options: OpenOptions): Effect.Effect<ImsgSession, OpenError, Scope.Scope> =>
    Effect.gen(function* () {
      const rpc = ["rpc", ...(options.dbPath === undefined ? [] : ["--db", options.dbPath])]
      const { args, program } = yield* cliCommand(options.cliPath, rpc)
      const host = yield* remoteHostOf(options)
      const command = [program, ...args].join(" ")
      const deadline = (yield* Clock.currentTimeMillis) + options.startTimeoutMs
      const timeLeft = Effect.map(Clock.currentTimeMillis, (now) => Math.max(deadline - now, 0))
      const process = yield* groups
        .spawn(yield* withChildEnvironment(Command.make(program, ...args), options), { graceMs: GRACE_MS })
        .pipe(Effect.mapError((error) => notFound(options.cliPath, error)))
      const connection = yield* connect(process, {
        cliPath: options.cliPath,
        command,
        host: Option.getOrUndefined(host)?.destination
      })
      const { build, capabilities } = yield* handshake(connection, timeLeft).pipe(
        Effect.catchTag("RpcTimeout", ({ method }) =>
          Effect.fail(new ChildStuck({ command, watch: "start", method, afterMs: options.startTimeoutMs }))
        )
      )
      yield* Effect.logDebug("handshake done").pipe(
        Effect.annotateLogs({ pid: process.pid, version: build.version ?? "before 0.14" })
      )
      const requests = Option.isNone(host)
        ? connection
        : yield* sendingFiles(host.value, connection, build.concurrentReads)
      const printed = Effect.provide(printedStatus(options), platform)
      return {
        pid: process.pid,
        command,
        build,
        ...connection,
        ...(yield* knowing(connection, capabilities, printed)),
        kill: process.kill,
        isRemote: Option.isSome(host),
        request: requests.request
      }
    }).pipe(Effect.provide(platform))

  return ImsgProcess.of({ open })
})

export const layer: Layer.Layer<ImsgProcess, never, ProcessGroup | FileSystem.FileSystem | Path.Path> =
  Layer.effect(ImsgProcess, make)
