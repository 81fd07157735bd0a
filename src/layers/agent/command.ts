/** The `command` runtime: a process for each turn. */
import { Command } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Array as Arr, Chunk, Effect, Option, Record, Ref, Schema, Stream } from "effect"
import type { AgentConfig, AgentRuntime } from "../../schemas/Config.ts"
import { AgentFailed, AgentTimeout } from "../../schemas/errors/agent.ts"
import { oneLine } from "../../schemas/oneLine.ts"
import { prompt } from "../../schemas/prompt.ts"
import { AgentOutput, type Reply, Turn } from "../../schemas/Turn.ts"
import { feed, type ProcessExit, ProcessGroup } from "../../services/ProcessGroup.ts"
import { withEnvironment } from "../config/environment.ts"
import { startFailure } from "../process/startFailure.ts"

export type CommandRuntime = Extract<AgentRuntime, { readonly type: "command" }>

/** A reply that is longer fills screens, not conversations; the process is ended. */
const MAX_OUTPUT_BYTES = 1024 * 1024
const STDERR_TAIL_CHARS = 500
/** How long the rest of the output is awaited once the process has ended. */
const SETTLE_MS = 500

const decodeOutput = Schema.decodeUnknown(Schema.parseJson(AgentOutput))
const encodeTurn = Schema.encode(Turn)

/** What the process is told on stdin: the prompt, or the turn with its prompt as one line of JSON. */
const input = (agent: AgentConfig, runtime: CommandRuntime, turn: Turn): Effect.Effect<string> =>
  runtime.format === "text"
    ? Effect.succeed(prompt(turn, agent))
    : Effect.orDie(encodeTurn(turn)).pipe(
        Effect.map((encoded) => JSON.stringify({ ...encoded, prompt: prompt(turn, agent) }))
      )

/** What a process is told of its turn; `env` cannot say otherwise. */
const turnVariables = (turn: Turn): Record<string, string> => {
  const { accountId, chatId, sender } = Arr.lastNonEmpty(turn.envelopes)
  const senders = Arr.dedupe(Arr.map(turn.envelopes, (envelope) => oneLine(envelope.sender)))
  const variables = {
    GATEWAY_TURN_ID: turn.id,
    GATEWAY_SESSION_KEY: turn.sessionKey,
    GATEWAY_AGENT_ID: turn.agentId,
    GATEWAY_ACCOUNT_ID: accountId,
    GATEWAY_CHAT_ID: String(chatId ?? ""),
    GATEWAY_SENDER: sender
  }
  return {
    // One with a NUL would keep the process from being started.
    ...Record.map(variables, (value) => oneLine(value)),
    GATEWAY_SENDERS: senders.join("\n")
  }
}

/** A folder that is not there looks to the system as a program that is not. */
const notStarted = ({ command: [program], cwd }: CommandRuntime, error: PlatformError): string =>
  `${program} cannot be started${cwd === undefined ? "" : ` in ${cwd}`}: ${startFailure(error)}`

const outcome = ({ code, signal }: ProcessExit): string =>
  code === undefined ? `it was ended by ${signal ?? "a signal"}` : `it exited with code ${code}`

export const askCommand = (
  agent: AgentConfig,
  runtime: CommandRuntime,
  turn: Turn
): Effect.Effect<ReadonlyArray<Reply>, AgentFailed | AgentTimeout, ProcessGroup> => {
  const failed = (detail: string, said: { readonly stderr?: string } = {}) =>
    new AgentFailed({ agentId: agent.id, detail, ...said })

  const run = Effect.gen(function* () {
    const groups = yield* ProcessGroup
    const [program, ...args] = runtime.command
    const command = yield* withEnvironment(
      runtime.cwd === undefined
        ? Command.make(program, ...args)
        : Command.workingDirectory(Command.make(program, ...args), runtime.cwd),
      runtime
    )
    const process = yield* groups
      .spawn(Command.env(command, turnVariables(turn)))
      .pipe(Effect.mapError((error) => failed(notStarted(runtime, error))))
    const text = yield* input(agent, runtime, turn)
    // An agent that does not read its input is no error.
    yield* feed(process, Stream.make(text))

    const printed = yield* Ref.make({ chunks: Chunk.empty<Uint8Array>(), bytes: 0 })
    const complaints = yield* Ref.make("")
    yield* Effect.addFinalizer(() =>
      Effect.flatMap(Ref.get(complaints), (stderr) =>
        stderr.trim() === ""
          ? Effect.void
          : Effect.annotateLogs(Effect.logDebug("the agent wrote to stderr"), { stderr })
      )
    )
    const stdout = process.stdout.pipe(
      Stream.mapError((error) => failed(`its output cannot be read: ${startFailure(error)}`)),
      Stream.runForEach((chunk) =>
        Ref.updateAndGet(printed, ({ bytes, chunks }) => ({
          chunks: Chunk.append(chunks, chunk),
          bytes: bytes + chunk.length
        })).pipe(
          Effect.filterOrFail(
            ({ bytes }) => bytes <= MAX_OUTPUT_BYTES,
            () => failed(`it printed more than ${MAX_OUTPUT_BYTES} bytes`)
          )
        )
      )
    )
    const stderr = process.stderr.pipe(
      Stream.decodeText(),
      Stream.runForEach((text) => Ref.update(complaints, (seen) => (seen + text).slice(-STDERR_TAIL_CHARS))),
      Effect.ignore
    )
    // What it has started may hold its pipes for ever; its own exit says that it is done.
    yield* Effect.all([stdout, stderr], { concurrency: 2, discard: true }).pipe(
      Effect.raceFirst(Effect.zipRight(process.exit, Effect.sleep(SETTLE_MS)))
    )
    const exit = yield* process.exit
    if (exit.code !== 0) {
      const said = (yield* Ref.get(complaints)).trim()
      return yield* failed(outcome(exit), said === "" ? {} : { stderr: said })
    }
    return Buffer.concat(Chunk.toReadonlyArray((yield* Ref.get(printed)).chunks)).toString("utf8")
  }).pipe(
    Effect.scoped,
    Effect.timeoutOption(runtime.timeoutMs),
    Effect.flatMap(
      Option.match({
        onNone: () => new AgentTimeout({ agentId: agent.id, afterMs: runtime.timeoutMs }),
        onSome: Effect.succeed
      })
    )
  )

  return Effect.flatMap(run, (out): Effect.Effect<ReadonlyArray<Reply>, AgentFailed> => {
    if (out.trim() === "") return Effect.succeed([])
    if (runtime.format === "text") return Effect.succeed([{ text: out.trim() }])
    return decodeOutput(out).pipe(
      Effect.map(({ replies }) => replies),
      Effect.mapError(() =>
        failed(
          'its output is not {"replies": [{"text": "…", "media": ["/path"]}]}, which format "json" means'
        )
      )
    )
  })
}
