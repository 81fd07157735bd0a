/** `npm run flood`: more rows at once than can be answered in minutes, and the memory that the gateway needs for them. */
import { Command, Options } from "@effect/cli"
import { FileSystem, Command as Process } from "@effect/platform"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Console, Context, Effect, Fiber, Layer, Ref, Schedule } from "effect"
import { ChatDatabase } from "../src/programs/simulator/ChatDatabase.ts"
import { countIn } from "../test/support/sqliteFile.ts"
import { usageOf } from "./processes.ts"
import { MAIN } from "./programs.ts"
import { makeFolder, writeCli } from "./subject.ts"

const SENDER = "+15555550123"
/** Rows that are written in one transaction. */
const AT_ONCE = 1000
const LOOK_EVERY = "200 millis"

interface Flood {
  readonly rows: number
  readonly chats: number
  readonly isGroups: boolean
  readonly runtime: "echo" | "cat" | "hang"
  /** How long the gateway rests after its start, before its memory counts as idle. */
  readonly rest: number
  /** How long the backlog is worked on, before and after a restart. */
  readonly seconds: number
  readonly isWhole: boolean
}

const RUNTIMES = {
  echo: { type: "echo" },
  cat: { type: "command", command: ["/bin/cat"] },
  hang: { type: "command", command: ["/bin/sleep", "600"] }
}

const configOf = (flood: Flood, folder: string, cliPath: string, dbPath: string) => ({
  stateDir: `${folder}/state`,
  imessage: {
    cliPath,
    dbPath,
    dmPolicy: "open",
    allowFrom: ["*"],
    groups: { "*": { requireMention: false } },
    catchUp: { maxRows: flood.rows }
  },
  agents: { maxConcurrent: 16, list: [{ id: "main", runtime: RUNTIMES[flood.runtime] }] },
  messages: { loopGuard: { maxPerMinute: 0 }, budget: false }
})

/** The gateway's store, from beside it. */
const counts = (folder: string) =>
  Effect.all({
    /** How far the account was read; -1 before it has begun. */
    cursor: countIn(`${folder}/state/gateway.db`, "SELECT coalesce(max(row_id), -1) AS n FROM cursors"),
    waiting: countIn(`${folder}/state/gateway.db`, "SELECT count(*) AS n FROM mailbox WHERE processed = 0")
  }).pipe(Effect.catchAllDefect(() => Effect.succeed({ cursor: -1, waiting: 0 })))

/** A gateway, and the most that it has had resident, in megabytes. */
const start = (configFile: string) =>
  Effect.gen(function* () {
    const running = yield* Process.start(
      Process.make(process.execPath, MAIN, "--config", configFile, "--log-level", "error").pipe(
        Process.stderr("inherit")
      )
    )
    yield* Effect.addFinalizer(() => Effect.ignore(running.kill("SIGKILL")))
    const peak = yield* Ref.make(0)
    const look = Effect.tap(usageOf(running.pid), ({ residentMb }) =>
      Ref.update(peak, (most) => Math.max(most, residentMb))
    )
    yield* look.pipe(Effect.repeat(Schedule.spaced(LOOK_EVERY)), Effect.ignore, Effect.forkScoped)
    return {
      resident: Effect.map(look, ({ residentMb }) => residentMb),
      peak: Ref.get(peak),
      kill: running.kill("SIGKILL")
    }
  })

const mb = (megabytes: number): string => `${megabytes.toFixed(0)} MB`

const measure = (flood: Flood) =>
  Effect.gen(function* () {
    const folder = yield* makeFolder
    const dbPath = `${folder}/chat.db`
    const chats = Context.get(yield* Layer.build(ChatDatabase.layer(dbPath)), ChatDatabase)
    const ids = yield* Effect.forEach(Array.from({ length: flood.chats }), (_, index) => {
      const handle = `+1555555${String(1000 + index)}`
      return flood.isGroups
        ? chats.addGroupChat({ handles: [SENDER, handle], name: `Group ${index + 1}` })
        : chats.addDirectChat({ handle })
    })
    const cliPath = yield* Effect.map(
      writeCli(folder, `"${process.execPath}" "${MAIN}" simulator "$@" --debounce-ms 5 --hold-ms 0`),
      String
    )
    const configFile = `${folder}/flood.json5`
    yield* writeConfig(configFile, configOf(flood, folder, cliPath, dbPath))

    const first = yield* start(configFile)
    yield* counts(folder).pipe(
      Effect.delay("100 millis"),
      Effect.repeat({ until: ({ cursor }) => cursor >= 0 })
    )
    yield* Effect.sleep(`${flood.rest} seconds`)
    const idle = yield* first.resident
    yield* Console.log(`idle                    ${mb(idle)}`)

    const begun = performance.now()
    const seconds = () => ((performance.now() - begun) / 1000).toFixed(1)
    const writing = yield* Effect.fork(
      Effect.forEach(
        Array.from({ length: Math.ceil(flood.rows / AT_ONCE) }),
        (_, batch) =>
          chats.insertMany(
            Array.from({ length: Math.min(AT_ONCE, flood.rows - batch * AT_ONCE) }, (_, at) => {
              const index = (batch * AT_ONCE + at) % flood.chats
              return {
                chatId: ids[index]?.id ?? 1,
                sender: flood.isGroups ? SENDER : `+1555555${String(1000 + index)}`,
                text: `message ${batch * AT_ONCE + at}`
              }
            })
          ),
        { discard: true }
      )
    )
    yield* Fiber.join(writing)
    yield* Console.log(`written after           ${seconds()} s`)
    yield* counts(folder).pipe(
      Effect.delay("500 millis"),
      Effect.repeat({ until: ({ cursor }) => cursor >= flood.rows })
    )
    const peak = yield* first.peak
    yield* Console.log(
      `all accepted after      ${seconds()} s; peak ${mb(peak)}, ${mb(peak - idle)} above idle; ${(yield* counts(folder)).waiting} wait`
    )
    yield* Effect.sleep(`${flood.seconds} seconds`)
    yield* Console.log(
      `${flood.seconds} s later              peak ${mb(yield* first.peak)}, now ${mb(yield* first.resident)}; ${(yield* counts(folder)).waiting} wait`
    )
    yield* first.kill
    const { waiting } = yield* counts(folder)
    const second = yield* start(configFile)
    yield* Effect.sleep(`${flood.seconds} seconds`)
    const secondPeak = yield* second.peak
    yield* Console.log(
      `restarted with ${waiting}: peak ${mb(secondPeak)}, ${mb(secondPeak - idle)} above idle; ${(yield* counts(folder)).waiting} wait`
    )
    if (flood.isWhole) {
      yield* counts(folder).pipe(
        Effect.delay("1 second"),
        Effect.repeat({ until: ({ waiting }) => waiting === 0 })
      )
      const sent = yield* chats.sent()
      yield* Console.log(
        `${sent.length} answers, ${new Set(sent.map(({ text }) => text)).size} different, after ${seconds()} s; peak ${mb(yield* second.peak)}`
      )
    }
  }).pipe(Effect.scoped)

const writeConfig = (file: string, config: object) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.writeFileString(file, JSON.stringify(config)))

const command = Command.make(
  "flood",
  {
    rows: Options.integer("rows").pipe(Options.withDefault(100_000)),
    chats: Options.integer("chats").pipe(Options.withDefault(50)),
    isGroups: Options.boolean("groups").pipe(Options.withDescription("Groups, each a session of its own.")),
    runtime: Options.choice("runtime", ["echo", "cat", "hang"]).pipe(Options.withDefault("echo")),
    rest: Options.integer("rest").pipe(
      Options.withDefault(5),
      Options.withDescription(
        "Seconds after the start until memory counts as idle. After half a minute V8 has made the young space smaller, and the flood takes less above it."
      )
    ),
    seconds: Options.integer("seconds").pipe(Options.withDefault(30)),
    isWhole: Options.boolean("whole").pipe(Options.withDescription("Wait until everything is answered."))
  },
  measure
)

NodeRuntime.runMain(
  Command.run(command, { name: "flood", version: "1" })(process.argv).pipe(Effect.provide(NodeContext.layer))
)
