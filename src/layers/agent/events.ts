/** What an agent says before its end, taken out of the lines that it writes. */
import { Chunk, Effect, Either, Option, Ref, Schema } from "effect"
import { AgentEvent } from "../../schemas/AgentEvents.ts"
import { AgentOutput } from "../../schemas/AgentOutput.ts"
import { type AgentError, AgentInterrupted } from "../../schemas/errors/agent.ts"
import { type Answer, Said } from "../../services/Agent.ts"
import { readAnswer, type WrongAnswer } from "./wrongAnswer.ts"

/** Takes what an agent says, in its order, as it says it. */
export type Say = (said: Said) => Effect.Effect<void>

/** A line with more keys than an event has is none: it may be the answer. */
const decodeEvent = Schema.decodeUnknownOption(Schema.parseJson(AgentEvent), { onExcessProperty: "error" })

const saidOf = (event: AgentEvent): Said => {
  if ("interim" in event) return Said.Interim({ text: event.interim })
  return Said.Say({ reply: typeof event.say === "string" ? { text: event.say } : event.say })
}

/** What a line says, where it is an event. */
export const saidBy = (line: string): Option.Option<Said> =>
  // Most lines are none, and are not worth a failed parse.
  line.trimStart().startsWith("{") ? Option.map(decodeEvent(line), saidOf) : Option.none()

export interface AnswerReader {
  readonly take: (lines: ReadonlyArray<string>) => Effect.Effect<void>
  /** All that was no event. */
  readonly rest: Effect.Effect<string>
}

/** Reads lines: `events` that come first are said, and all from the first other line on is the answer. */
export const makeAnswerReader = (
  say: Say,
  { events }: { readonly events: boolean }
): Effect.Effect<AnswerReader> =>
  Effect.map(Ref.make(Chunk.empty<string>()), (rest) => {
    const keep = (lines: ReadonlyArray<string>) =>
      Ref.update(rest, (before) => Chunk.appendAll(before, Chunk.unsafeFromArray(lines)))
    const take = (lines: ReadonlyArray<string>) =>
      Effect.gen(function* () {
        if (!events || Chunk.isNonEmpty(yield* Ref.get(rest))) return yield* keep(lines)
        for (const [at, line] of lines.entries()) {
          const said = saidBy(line)
          if (Option.isSome(said)) yield* say(said.value)
          else if (line.trim() !== "") return yield* keep(lines.slice(at))
        }
      })
    return { take, rest: Effect.map(Ref.get(rest), (lines) => Chunk.join(lines, "\n")) }
  })

/** What `{"replies": […]}` looks like, for who wrote something else. */
export const REPLIES_FORM = '{"replies": [{"text": "…", "media": ["/path"]}]}'

const readOutput = readAnswer(AgentOutput)

/** What an agent wrote, as its answer: what it asks to be done stands apart, and is absent where it is nothing. */
export const answerOf = ({ replies, ...acts }: AgentOutput): Answer =>
  Object.values(acts).every((asked) => Object.keys(asked).length === 0) ? { replies } : { replies, acts }

/** The answer that an agent wrote as JSON; where it wrote nothing, one without replies. */
export const readJsonAnswer = <E>(
  text: string,
  otherwise: (wrong: WrongAnswer) => E
): Effect.Effect<Answer, E> =>
  text.trim() === ""
    ? Effect.succeed({ replies: [] })
    : Either.mapBoth(readOutput(text), { onLeft: otherwise, onRight: answerOf })

/** What went wrong, without whose agent it was. */
const detailOf = (error: AgentError): string =>
  error._tag === "AgentTimeout" ? `it did not end within ${error.afterMs} ms` : error.detail

const saidIn = (error: AgentError): string | undefined => {
  if (error._tag === "AgentTimeout") return undefined
  return error._tag === "AgentFailed" ? (error.said ?? error.stderr) : error.said
}

/**
 * Asks an agent that may speak before its end. Once it has said a part of its answer, a failure of whatever kind came
 * in the middle of it: the people have read that part, and must not read it twice.
 */
export const speaking = <A, R>(
  agentId: string,
  say: Say,
  ask: (say: Say) => Effect.Effect<A, AgentError, R>
): Effect.Effect<A, AgentError, R> =>
  Effect.gen(function* () {
    const hasSpoken = yield* Ref.make(false)
    const note: Say = (said) =>
      Effect.zipRight(
        Effect.when(Ref.set(hasSpoken, true), () => said._tag === "Say"),
        say(said)
      )
    return yield* Effect.catchAll(ask(note), (error) =>
      Effect.flatMap(Ref.get(hasSpoken), (spoke) => {
        if (!spoke || error._tag === "AgentInterrupted") return Effect.fail(error)
        const said = saidIn(error)
        return new AgentInterrupted({
          agentId,
          detail: detailOf(error),
          ...(said === undefined ? {} : { said })
        })
      })
    )
  })
