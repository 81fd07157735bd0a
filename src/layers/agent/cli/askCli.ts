/** The `cli` runtime: an agent of the command line, a process for each turn. */
import type { FileSystem, Path } from "@effect/platform"
import { Chunk, Data, Effect, Option, Ref } from "effect"
import type { AgentConfig } from "../../../schemas/Config.ts"
import type { CliConfig } from "../../../schemas/config/runtimes/cli.ts"
import { type AgentError, AgentInterrupted, AgentRefused } from "../../../schemas/errors/agent.ts"
import { type Answer, type Question, Said } from "../../../services/Agent.ts"
import type { ProcessGroup } from "../../../services/ProcessGroup.ts"
import { makeAnswerReader, type Say, saidBy } from "../events.ts"
import { folderOf } from "../folderOf.ts"
import { MAX_ANSWER_BYTES } from "../lines.ts"
import { inWords, isWell, type Ran, runProgram } from "../program.ts"
import { beganWith } from "../wrongAnswer.ts"
import { choosesName, invocationOf, type Session } from "./invocation.ts"
import { answerIn, NOTHING_READ, type Reading, readLine, readWhole } from "./reading.ts"

/** Agents also print what their tools have read. */
const MAX_EVENTS_BYTES = 64 * MAX_ANSWER_BYTES
const MOST_WORDS = 500

interface Read {
  readonly reading: Reading
  readonly answer: Option.Option<string>
}

/** Takes what the program prints, and says at the end what it came to. */
const makeReader = (output: CliConfig["output"], say: Say) =>
  Effect.gen(function* () {
    if (output !== "text" && output.format === "jsonl") {
      const state = yield* Ref.make(NOTHING_READ)
      const take = (line: string) =>
        Option.match(saidBy(line), {
          onNone: () => Ref.update(state, (reading) => readLine(output, reading, line)),
          onSome: (said) =>
            Effect.zipRight(
              Ref.update(state, (reading) => ({ ...reading, hasBegun: true })),
              say(said)
            )
        })
      return {
        take: Effect.forEach(take, { discard: true }),
        done: Effect.map(Ref.get(state), (reading): Read => ({ reading, answer: answerIn(output, reading) }))
      }
    }
    const { rest, take } = yield* makeAnswerReader(say, { events: output !== "text" })
    const done = Effect.map(rest, (text): Read => {
      if (output !== "text") {
        const reading = readWhole(output, text)
        return { reading, answer: answerIn(output, reading) }
      }
      const reading = { ...NOTHING_READ, texts: Chunk.of(text), hasBegun: text.trim() !== "" }
      return { reading, answer: Option.some(text.trim()) }
    })
    return { take, done }
  })

/** What a run came to. */
export type Verdict = Data.TaggedEnum<{
  Answered: { readonly text: string }
  /** It does not know the session, and has done nothing: a new one may be begun. */
  SessionGone: object
  NotStarted: { readonly detail: string }
  /** It was started, and nobody can say what it has done. */
  Broken: { readonly detail: string; readonly said: string }
}>
export const Verdict = Data.taggedEnum<Verdict>()

/**
 * What a run came to. Once the program runs, it counts as begun, be it for a moment and without a word: it uses tools, it
 * prints when it is done with them, and no time is so short that nothing can have been done in it. So that a turn of it
 * is never run again by itself, but where the program says that it does not know the session: it says so before
 * anything else, and then there is nothing else.
 */
export const verdictOf = (
  { sessionGone }: Pick<CliConfig, "sessionGone">,
  session: Session,
  { ending, stderr }: Ran,
  { answer, reading }: Read
): Verdict => {
  if (ending._tag === "NotStarted") return Verdict.NotStarted({ detail: ending.detail })
  const complaint = [reading.failure ?? "", stderr].filter((words) => words !== "").join("\n")
  const said = complaint.slice(-MOST_WORDS)
  if (!isWell(ending)) {
    const words = complaint.toLowerCase()
    const isGone = sessionGone.some((text) => words.includes(text.toLowerCase()))
    const hasExited = ending._tag === "Exited" && ending.exit.code !== undefined
    return !session.isNew && hasExited && isGone && !reading.hasBegun
      ? Verdict.SessionGone()
      : Verdict.Broken({ detail: inWords(ending), said })
  }
  if (reading.failure !== undefined) return Verdict.Broken({ detail: "it says that it has failed", said })
  return Option.match(answer, {
    onNone: () => {
      const { noJson } = reading
      if (noJson === undefined) return Verdict.Broken({ detail: "it ended without a whole answer", said })
      return Verdict.Broken({
        detail: "it ended without a whole answer, and not all that it wrote is JSON",
        said: [beganWith(noJson), said].filter((words) => words !== "").join("\n")
      })
    },
    onSome: (text) => Verdict.Answered({ text })
  })
}

const failureOf = (agentId: string, verdict: Exclude<Verdict, { readonly _tag: "Answered" }>): AgentError => {
  switch (verdict._tag) {
    case "NotStarted":
      return new AgentRefused({
        agentId,
        detail: verdict.detail,
        advice:
          "Install it for the user that the gateway runs as, or say where it lies in runtime.command; `imsg-gateway doctor` looks for it."
      })
    case "SessionGone":
      return new AgentInterrupted({ agentId, detail: "it does not know a session that it has just begun" })
    case "Broken":
      return new AgentInterrupted({
        agentId,
        detail: verdict.detail,
        ...(verdict.said === "" ? {} : { said: verdict.said })
      })
  }
}

const newSession = Effect.sync((): Session => ({ id: crypto.randomUUID(), isNew: true }))

/** Asks an agent of the command line, which remembers its sessions: the answer says by what name. */
export const askCli = (
  agent: AgentConfig,
  runtime: CliConfig,
  { memory, turn }: Question,
  say: Say,
  stateDir: string
): Effect.Effect<Answer, AgentError, ProcessGroup | FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const cwd = yield* folderOf(agent.id, runtime, stateDir)
    const run = (session: Session) =>
      Effect.gen(function* () {
        const reader = yield* makeReader(runtime.output, say)
        const ran = yield* runProgram(
          {
            ...invocationOf(agent, runtime, turn, session),
            env: runtime.env,
            passEnv: runtime.passEnv,
            timeoutMs: runtime.timeoutMs,
            cwd,
            turn,
            maxBytes: MAX_EVENTS_BYTES
          },
          reader.take
        )
        const read = yield* reader.done
        return { session, read, verdict: verdictOf(runtime, session, ran, read) }
      })
    const known = memory.reference
    yield* say(Said.Begin())
    const first = yield* run(known === undefined ? yield* newSession : { id: known, isNew: false })
    if (first.verdict._tag === "SessionGone") {
      yield* Effect.logWarning("the agent does not know the session any more, and begins a new one")
    }
    const { read, session, verdict } =
      first.verdict._tag === "SessionGone" ? yield* run(yield* newSession) : first
    if (verdict._tag !== "Answered") return yield* failureOf(agent.id, verdict)
    const isOurs = !session.isNew || choosesName(runtime)
    const reference = read.reading.session ?? (isOurs ? session.id : undefined)
    return {
      replies: verdict.text === "" ? [] : [{ text: verdict.text }],
      ...(reference === undefined ? {} : { reference })
    }
  })
