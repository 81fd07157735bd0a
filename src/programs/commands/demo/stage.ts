/**
 * Where the demo plays: a folder with a chat.db, an `imsg` that is the simulator, and the gateway as a process of
 * its own, started as anybody would start it.
 */
import { Command, CommandExecutor, FileSystem, Path } from "@effect/platform"
import { Context, Effect, Layer, Option, Ref, Schema, Stream } from "effect"
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"
import { ProcessGroup } from "../../../services/ProcessGroup.ts"
import { ChatDatabase } from "../../simulator/ChatDatabase.ts"
import type { SimulatorRefused } from "../../simulator/SimulatorRefused.ts"
import { DemoFailed } from "./DemoFailed.ts"
import { startModel } from "./model.ts"
import { Timeline } from "./Timeline.ts"

const DEADLINE = "8 seconds"
const LOOK_EVERY = "20 millis"
/** Short, so that the demo is quick; nobody but the demo writes to its database. */
const DEBOUNCE_MS = 50

/** The agent's name, which a group has to mention. */
export const AGENT = "Robin"

export interface Person {
  readonly name: string
  readonly handle: string
}

/** Whose agent is a model. */
export const KIM: Person = { name: "Kim", handle: "+15555550125" }

const config = (dir: string, baseUrl: string) => ({
  stateDir: `${dir}/state`,
  imessage: {
    cliPath: `${dir}/imsg`,
    dbPath: `${dir}/chat.db`,
    allowFrom: [KIM.handle],
    supervision: { backoff: { baseMs: 200 } }
  },
  session: { dmScope: "per-channel-peer" },
  agents: {
    list: [
      { id: "robin", name: AGENT, runtime: { type: "echo" } },
      { id: "model", runtime: { type: "openai", baseUrl, model: "stand-in" } }
    ]
  },
  bindings: [{ agentId: "model", match: { peer: { kind: "direct", id: KIM.handle } } }]
})

const LogLine = Schema.parseJson(
  Schema.Struct({
    message: Schema.String,
    annotations: Schema.Struct({ pid: Schema.optional(Schema.Int), code: Schema.optional(Schema.String) })
  })
)
type LogLine = typeof LogLine.Type
const decodeLogLine = Schema.decodeOption(LogLine)

/** What a line of the gateway's log tells a spectator. */
const toldBy = ({ annotations, message }: LogLine): string | undefined => {
  if (annotations.code === "child_exited") return "noticed that imsg is gone, and starts another"
  if (message === "the gateway is up") return "is up, on an empty state folder"
  if (message === "running") return `reads and sends through imsg (pid ${annotations.pid ?? "unknown"})`
  return message.startsWith("stopping") ? "lets turns and sends finish, then stops" : undefined
}

/** Single quotes for a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

export interface Stage {
  readonly chats: typeof ChatDatabase.Service
  /** Lets a person write into a chat. */
  readonly says: (person: Person, chatId: number, text: string) => Effect.Effect<void, StageError>
  /** Waits for the next message that the gateway sends, which must go to this chat, shows it, and answers its text. */
  readonly answer: (where: string, chatId: number) => Effect.Effect<string, StageError>
  /** Shows whatever the gateway sends, for ever. */
  readonly showAnswers: Effect.Effect<never, StageError>
  /** Admits whoever was given a code, with `imsg-gateway pairing approve`. */
  readonly approves: (code: string) => Effect.Effect<void>
  /** Kills the gateway's imsg. */
  readonly killImsg: Effect.Effect<void>
  /** Waits until the gateway has subscribed so many times. */
  readonly running: (times: number) => Effect.Effect<void, StageError>
  /** Asks the gateway to stop, and answers its exit code. */
  readonly stop: Effect.Effect<number, StageError>
}

/** How a scene fails. */
export type StageError = DemoFailed | StoreUnavailable | SimulatorRefused

export const makeStage = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const timeline = yield* Timeline
  const dir = yield* fs.makeTempDirectoryScoped({ prefix: "imsg-gateway-demo-" })
  const executor = yield* CommandExecutor.CommandExecutor
  const configFile = path.join(dir, "config.json5")
  const node = process.execPath
  const script = path.resolve(process.argv[1] ?? "")
  yield* fs.writeFileString(
    path.join(dir, "imsg"),
    `#!/bin/sh\nexec ${quoted(node)} ${quoted(script)} simulator "$@" --debounce-ms ${DEBOUNCE_MS} --hold-ms 0\n`,
    { mode: 0o755 }
  )
  yield* fs.writeFileString(configFile, JSON.stringify(config(dir, yield* startModel)))
  const chats = Context.get(yield* Layer.build(ChatDatabase.layer(path.join(dir, "chat.db"))), ChatDatabase)

  const log = yield* Ref.make<ReadonlyArray<LogLine>>([])
  const shown = yield* Ref.make(0)

  const inVain = (awaited: string) =>
    Effect.flatMap(
      Ref.get(log),
      (lines) =>
        new DemoFailed({
          awaited,
          log: lines
            .slice(-5)
            .map(({ message }) => message)
            .join("\n")
        })
    )
  /** Looks again and again until there is something. */
  const awaitSome = <A, E>(what: string, look: Effect.Effect<Option.Option<A>, E>) => {
    const looking: Effect.Effect<A, E> = Effect.flatMap(
      look,
      Option.match({ onNone: () => Effect.delay(looking, LOOK_EVERY), onSome: Effect.succeed })
    )
    return looking.pipe(
      Effect.timeoutOption(DEADLINE),
      Effect.flatMap(Option.match({ onNone: () => inVain(what), onSome: Effect.succeed }))
    )
  }

  const groups = yield* ProcessGroup
  // As a group, so that nothing is left should the demo itself be killed.
  const gateway = yield* groups.spawn(
    Command.make(node, script, "--config", configFile, "--log-format", "json"),
    { termMs: 3000 }
  )
  yield* gateway.stderr.pipe(
    Stream.decodeText(),
    Stream.splitLines,
    Stream.filterMap(decodeLogLine),
    Stream.runForEach((line) => {
      const told = toldBy(line)
      return Effect.zipRight(
        told === undefined ? Effect.void : timeline.entry("gateway", "gateway", told),
        Ref.update(log, (lines) => [...lines, line])
      )
    }),
    Effect.ignore,
    Effect.forkScoped
  )

  const starts = Effect.map(Ref.get(log), (lines) => lines.filter(({ message }) => message === "running"))

  const stage: Stage = {
    chats,
    says: (person, chatId, text) =>
      Effect.zipRight(
        timeline.entry("person", person.name, text),
        chats.receive({ chatId, sender: person.handle, text })
      ),
    answer: (where, chatId) =>
      Effect.gen(function* () {
        const since = yield* Ref.get(shown)
        const message = yield* awaitSome(
          `an answer to ${where}`,
          Effect.map(chats.sent(since), (sent) => Option.fromNullable(sent[0]))
        )
        if (message.chatId !== chatId) return yield* inVain(`an answer to ${where} and not to another chat`)
        yield* Ref.set(shown, message.rowId)
        yield* timeline.entry("assistant", `to ${where}`, message.text)
        return message.text
      }),
    showAnswers: Effect.gen(function* () {
      for (const message of yield* chats.sent(yield* Ref.get(shown))) {
        yield* Ref.set(shown, message.rowId)
        yield* timeline.entry("assistant", AGENT, message.text)
      }
      yield* Effect.sleep(LOOK_EVERY)
    }).pipe(Effect.forever),
    approves: (code) =>
      Effect.gen(function* () {
        const command = ["pairing", "approve", "imessage", code]
        yield* timeline.entry("owner", "owner", `imsg-gateway ${command.join(" ")}`)
        // What it has to complain about goes to the same terminal.
        const said = yield* Command.make(node, script, ...command, "--config", configFile).pipe(
          Command.stderr("inherit"),
          Command.string,
          Effect.orDie
        )
        if (said.trim() !== "") yield* timeline.entry("owner", "", said.trim())
      }).pipe(Effect.provideService(CommandExecutor.CommandExecutor, executor)),
    killImsg: Effect.gen(function* () {
      const pid = (yield* starts).at(-1)?.annotations.pid
      yield* timeline.entry("fault", "kill -9", `imsg (pid ${pid ?? "unknown"})`)
      if (pid !== undefined) yield* Effect.ignore(Effect.try(() => process.kill(pid, "SIGKILL")))
    }),
    running: (times) =>
      Effect.asVoid(
        awaitSome(
          "the gateway to run",
          Effect.map(starts, (lines) => (lines.length >= times ? Option.some(lines) : Option.none()))
        )
      ),
    stop: Effect.gen(function* () {
      yield* timeline.entry("owner", "owner", "asks the gateway to stop (SIGTERM)")
      yield* Effect.ignore(Effect.try(() => process.kill(gateway.pid, "SIGTERM")))
      const code = yield* awaitSome(
        "the gateway to stop",
        Effect.map(gateway.exit, (exit) => Option.some(exit.code ?? -1))
      )
      yield* timeline.entry("gateway", "gateway", `ended with exit code ${code}`)
      return code
    })
  }
  return stage
})
