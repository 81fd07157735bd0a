/** A program that is run for one turn: what it is given, how much it may print, how long it may take, how it ended. */
import { Command } from "@effect/platform"
import { Array as Arr, Data, Effect, Option, Record, Ref, Stream } from "effect"
import type { EnvironmentConfig } from "../../schemas/Config.ts"
import { oneLine } from "../../schemas/oneLine.ts"
import type { Turn } from "../../schemas/Turn.ts"
import { noteInput } from "../../services/AgentInputs.ts"
import { feed, listenUntilExit, type ProcessExit, ProcessGroup } from "../../services/ProcessGroup.ts"
import { withEnvironment } from "../config/environment.ts"
import { startFailure } from "../process/startFailure.ts"
import { bounded, readLines, type Take } from "./lines.ts"

const STDERR_TAIL_CHARS = 500

export interface Program extends EnvironmentConfig {
  readonly command: readonly [string, ...Array<string>]
  /** Else the folder of the gateway. */
  readonly cwd?: string
  readonly turn: Turn
  /** What it reads; its stdin is closed after it. */
  readonly input: string
  readonly timeoutMs: number
  /** How much it may print; one that prints more is ended. */
  readonly maxBytes: number
}

/** How it ended. Details are words of ours, and nobody else's. */
export type Ending = Data.TaggedEnum<{
  NotStarted: { readonly detail: string }
  /** What it prints cannot be read, or is too much. */
  Unreadable: { readonly detail: string }
  /** It took longer than it may; its whole process group was ended. */
  Late: { readonly afterMs: number }
  Exited: { readonly exit: ProcessExit }
}>
export const Ending = Data.taggedEnum<Ending>()

export interface Ran {
  readonly ending: Ending
  /** The end of what it wrote to stderr; empty where it wrote nothing. Agents repeat what they were told. */
  readonly stderr: string
}

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
const notStarted = ({ command: [program], cwd }: Program, why: string) =>
  Ending.NotStarted({
    detail: `${program} cannot be started${cwd === undefined ? "" : ` in ${cwd}`}: ${why}`
  })

const commandOf = ({ command: [program, ...args], cwd }: Program): Command.Command => {
  const command = Command.make(program, ...args)
  return cwd === undefined ? command : Command.workingDirectory(command, cwd)
}

/** Runs a program for a turn, and hands on the lines that it prints, as it prints them. */
export const runProgram = (program: Program, take: Take): Effect.Effect<Ran, never, ProcessGroup> =>
  Effect.gen(function* () {
    const complaints = yield* Ref.make("")
    const run = Effect.gen(function* () {
      const groups = yield* ProcessGroup
      const command = yield* withEnvironment(commandOf(program), program)
      const [name, ...args] = program.command
      yield* noteInput({ _tag: "Program", program: name, args, input: program.input })
      const process = yield* groups
        .spawn(Command.env(command, turnVariables(program.turn)))
        .pipe(Effect.mapError((error) => notStarted(program, startFailure(error))))
      // An agent that does not read its input is no error.
      yield* feed(process, Stream.make(program.input))
      const output = process.stdout.pipe(
        Stream.mapError((error) =>
          Ending.Unreadable({ detail: `its output cannot be read: ${startFailure(error)}` })
        ),
        bounded(program.maxBytes, () =>
          Ending.Unreadable({ detail: `it printed more than ${program.maxBytes} bytes` })
        )
      )
      const { lines, rest } = readLines(output, take)
      const stderr = process.stderr.pipe(
        Stream.decodeText(),
        Stream.runForEach((text) =>
          Ref.update(complaints, (seen) => (seen + text).slice(-STDERR_TAIL_CHARS))
        ),
        Effect.ignore
      )
      const exit = yield* listenUntilExit(process, [lines, stderr])
      yield* rest
      return Ending.Exited({ exit })
    })
    const ending = yield* run.pipe(
      Effect.scoped,
      Effect.merge,
      Effect.timeoutOption(program.timeoutMs),
      Effect.map(Option.getOrElse(() => Ending.Late({ afterMs: program.timeoutMs })))
    )
    const stderr = (yield* Ref.get(complaints)).trim()
    if (stderr !== "") {
      yield* Effect.annotateLogs(Effect.logDebug("the agent wrote to stderr"), { stderr })
    }
    return { ending, stderr }
  })

/** Whether a program ended as one does that has done its work. */
export const isWell = (ending: Ending): boolean => ending._tag === "Exited" && ending.exit.code === 0

/** How a program ended that has not. */
export const inWords = (ending: Ending): string =>
  Ending.$match(ending, {
    NotStarted: ({ detail }) => detail,
    Unreadable: ({ detail }) => detail,
    Late: ({ afterMs }) => `it did not end within ${afterMs} ms`,
    Exited: ({ exit: { code, signal } }) =>
      code === undefined ? `it was ended by ${signal ?? "a signal"}` : `it exited with code ${code}`
  })
