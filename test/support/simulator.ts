import { fileURLToPath } from "node:url"
import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Context, Duration, Effect, Layer, Option, Ref } from "effect"
import type { BridgeSetting } from "../../src/programs/simulator/bridge/BridgeState.ts"
import { ChatDatabase } from "../../src/programs/simulator/ChatDatabase.ts"
import type { SentMessage } from "../../src/programs/simulator/ChatModel.ts"
import { COMPILED } from "./compiled.ts"
import { temporaryFolder } from "./folder.ts"

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url))

/** Whether a process exists. */
export const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Sends a signal; a process that is gone already is no error. */
export const signal = (pid: number, name: NodeJS.Signals): Effect.Effect<void> =>
  Effect.ignore(Effect.try(() => process.kill(pid, name)))

/** Repeats a look at the world until it finds something; fails with what it saw last when the deadline is over. */
export const eventually = <A, E, R>(
  what: string,
  look: Effect.Effect<A, E, R>,
  isEnough: (seen: A) => boolean,
  deadline: Duration.DurationInput = "20 seconds"
): Effect.Effect<A, E | Error, R> =>
  Effect.gen(function* () {
    const seen = yield* Ref.make<A | undefined>(undefined)
    const looking: Effect.Effect<A, E, R> = look.pipe(
      Effect.tap((value) => Ref.set(seen, value)),
      Effect.flatMap((value) =>
        isEnough(value) ? Effect.succeed(value) : Effect.delay(looking, "20 millis")
      )
    )
    return yield* looking.pipe(
      Effect.timeoutOption(deadline),
      Effect.flatMap(
        Option.match({
          onNone: () =>
            Effect.flatMap(Ref.get(seen), (last) =>
              Effect.fail(
                new Error(
                  `${what}: not within ${Duration.format(deadline)}; last seen ${JSON.stringify(last).slice(-3000)}`
                )
              )
            ),
          onSome: Effect.succeed
        })
      )
    )
  })

/** How the `imsg` of a test behaves. */
export interface SimulatorOptions {
  readonly build?: string
  /** Of its watch, instead of 5; null for what is asked for. */
  readonly debounceMs?: number | null
  /** For how long its watch holds a new row, instead of as long as its build does. */
  readonly holdMs?: number
  /** Whether its private bridge runs, or what is set of it; `chats.setBridge` changes that. */
  readonly bridge?: boolean | BridgeSetting
  readonly withoutRpc?: boolean
  /** By how much the clock of its Mac is behind, in ms. */
  readonly clockBehindMs?: number
  /** The built program, where it does not lie in `dist` of this tree. */
  readonly main?: string
  /** A `chat.db` to begin with. */
  readonly database?: string
}

/**
 * A folder with a `chat.db` and an executable `imsg`, which runs the built simulator. At the end of the scope
 * its processes are killed, and the folder is removed.
 */
export const makeSimulator = (options: SimulatorOptions = {}) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const dir = yield* temporaryFolder("imsg-simulator-")
    const cliPath = path.join(dir, "imsg")
    const dbPath = path.join(dir, "chat.db")
    const main = options.main ?? MAIN
    const rpc = path.join(path.dirname(main), "imsg.js")
    const debounceMs = options.debounceMs === undefined ? 5 : options.debounceMs
    const mac = [`--build ${options.build ?? "0.15.0"}`, ...(options.bridge === true ? ["--bridge"] : [])]
    const flags = [
      ...mac,
      ...(debounceMs === null ? [] : [`--debounce-ms ${debounceMs}`]),
      ...(options.holdMs === undefined ? [] : [`--hold-ms ${options.holdMs}`]),
      ...(options.withoutRpc === true ? ["--no-rpc"] : [])
    ]
    const clock = path.join(dir, "clock.mjs")
    yield* fs.writeFileString(
      clock,
      `const now = Date.now\nDate.now = () => now() - ${options.clockBehindMs ?? 0}\n`
    )
    const node = options.clockBehindMs === undefined ? "node" : `node --import ${clock}`
    const lines = [
      "#!/bin/sh",
      // The environment that a gateway gives its children does not have it.
      `export NODE_COMPILE_CACHE='${COMPILED}'`,
      ...(options.withoutRpc === true
        ? []
        : [`[ "$1" = rpc ] && [ "$2" != --help ] && exec ${node} ${rpc} "$@" ${flags.join(" ")}`]),
      `[ "$1" = status ] && exec ${node} ${main} simulator "$@" --db '${dbPath}' ${mac.join(" ")}`,
      `exec ${node} ${main} simulator "$@" ${flags.join(" ")}`,
      ""
    ]
    yield* fs.writeFileString(cliPath, lines.join("\n"), { mode: 0o755 })
    if (options.database !== undefined) yield* fs.copyFile(options.database, dbPath)
    const chats = Context.get(yield* Layer.build(ChatDatabase.layer(dbPath)), ChatDatabase)

    if (typeof options.bridge === "object") yield* chats.setBridge(options.bridge)

    /** The parameters of the requests for a method that were read, in order. */
    const asked = (method: string) =>
      Effect.map(chats.recorded(), (events) =>
        events.flatMap(({ event }) =>
          event._tag === "request" && event.method === method ? [event.params] : []
        )
      )

    /** The simulator processes that have started on this database and still run, oldest first. */
    const pids = Effect.map(chats.recorded(), (events) =>
      events.flatMap(({ event, pid }) => (event._tag === "start" && isAlive(pid) ? [pid] : []))
    )

    /** Waits until so many messages, or such messages, have been sent. */
    const awaitSent = (
      enough: number | ((sent: ReadonlyArray<SentMessage>) => boolean),
      deadline: Duration.DurationInput = "20 seconds"
    ) =>
      eventually(
        typeof enough === "number" ? `${enough} sent messages` : "the sent messages",
        chats.sent(),
        (sent) => (typeof enough === "number" ? sent.length >= enough : enough(sent)),
        deadline
      )

    yield* Effect.addFinalizer(() =>
      pids.pipe(
        Effect.flatMap((left) => Effect.all(left.map((pid) => signal(pid, "SIGKILL")))),
        Effect.ignore
      )
    )
    return { dir, cliPath, dbPath, chats, pids, awaitSent, asked }
  }).pipe(Effect.provide(NodeContext.layer))

/** What `makeSimulator` gives. */
export type Simulator = Effect.Effect.Success<ReturnType<typeof makeSimulator>>
