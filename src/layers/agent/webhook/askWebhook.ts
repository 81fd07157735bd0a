/** The `webhook` runtime: each turn is sent to an address. */
import { HttpClientRequest, type HttpClientResponse } from "@effect/platform"
import { Clock, Effect, Option, Stream } from "effect"
import type { AgentConfig } from "../../../schemas/Config.ts"
import type { WebhookConfig } from "../../../schemas/config/runtimes/webhook.ts"
import { type AgentError, AgentInterrupted } from "../../../schemas/errors/agent.ts"
import type { Answer, Question } from "../../../services/Agent.ts"
import { noteInput } from "../../../services/AgentInputs.ts"
import { LateReplies } from "../../../services/LateReplies.ts"
import { anyAgents, clientOver, codeOf } from "../../http/client.ts"
import { answerOf, makeAnswerReader, REPLIES_FORM, readJsonAnswer, type Say } from "../events.ts"
import { bounded, MAX_ANSWER_BYTES, readLines } from "../lines.ts"
import { events } from "../sse.ts"
import type { WrongAnswer } from "../wrongAnswer.ts"
import { bodyOf, headersOf, presetOf } from "./exchange.ts"
import { refusalOf, unreachedOf } from "./outcome.ts"

/** Of what is said with a refusal. */
const MOST_WORDS = 500

type Form = "text" | "lines" | "events"

/** How the body of an answer is to be read, by its type; none for what is a page for people. */
const formOf = (contentType: string): Form | undefined => {
  if (contentType.includes("text/event-stream")) return "events"
  if (contentType.includes("json")) return "lines"
  return contentType.includes("html") ? undefined : "text"
}

/** Reads a body, and says what comes before the answer; what is left is the answer. */
const readBody = (
  response: HttpClientResponse.HttpClientResponse,
  form: Form,
  say: Say,
  broken: (detail: string) => AgentInterrupted
) =>
  Effect.gen(function* () {
    const reader = yield* makeAnswerReader(say, { events: form !== "text" })
    const tooMuch = () => broken(`its answer has more than ${MAX_ANSWER_BYTES} bytes`)
    const body = response.stream.pipe(
      Stream.mapError(() => broken("its answer broke off")),
      bounded(MAX_ANSWER_BYTES, tooMuch)
    )
    if (form === "events") {
      yield* Stream.runForEach(events(Stream.decodeText(body), tooMuch), (data) =>
        Effect.uninterruptible(reader.take([data]))
      )
    } else {
      const { lines, rest } = readLines(body, reader.take)
      yield* Effect.zipRight(lines, rest)
    }
    return yield* reader.rest
  })

/** The beginning of what is said with a refusal; it is no answer, so nothing of it has to be whole. */
const wordsOf = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<string> =>
  response.stream.pipe(
    Stream.decodeText(),
    Stream.scan("", (seen, text) => seen + text),
    Stream.takeUntil((seen) => seen.length >= MOST_WORDS),
    Stream.runLast,
    Effect.map((seen) =>
      Option.getOrElse(seen, () => "")
        .trim()
        .slice(0, MOST_WORDS)
    ),
    Effect.timeoutTo({ duration: "5 seconds", onSuccess: (words) => words, onTimeout: () => "" }),
    Effect.orElseSucceed(() => "")
  )

const EMPTY = 204
const LATER = 202

/** Sends the turn, and answers once it was taken: with what is to be read, or with the word that it comes later. */
const send = (agent: AgentConfig, runtime: WebhookConfig, question: Question) =>
  Effect.gen(function* () {
    const asked = { agentId: agent.id, keepsKeys: runtime.preset === undefined }
    const { body, reference } = yield* bodyOf(agent, runtime, question)
    yield* noteInput({ _tag: "Request", url: runtime.url, body })
    const now = yield* Clock.currentTimeMillis
    const http = yield* clientOver(anyAgents)
    const response = yield* http
      .execute(
        HttpClientRequest.post(runtime.url).pipe(
          HttpClientRequest.bodyText(body, "application/json"),
          HttpClientRequest.setHeaders(headersOf(runtime, question.turn.id, body, now))
        )
      )
      .pipe(
        // Spans hold the address and the headers.
        Effect.withTracerEnabled(false),
        Effect.mapError((error) => unreachedOf(asked, codeOf(error)))
      )
    const { headers, status } = response
    if (status >= 200 && status <= 299) return { response, reference }
    const retryAfter = headers["retry-after"]
    return yield* refusalOf(
      asked,
      { status, said: yield* wordsOf(response), ...(retryAfter === undefined ? {} : { retryAfter }) },
      yield* Clock.currentTimeMillis
    )
  })

/**
 * Asks whoever answers at an address. Until it has taken the turn it can be asked again, with the same key; from then on,
 * and where nobody knows, a failure came in the middle of its answer.
 */
export const askWebhook = (
  agent: AgentConfig,
  runtime: WebhookConfig,
  question: Question,
  say: Say
): Effect.Effect<Answer, AgentError, LateReplies> => {
  const broken = (detail: string) => new AgentInterrupted({ agentId: agent.id, detail })
  const wrong =
    (what: string) =>
    ({ began, sentence }: WrongAnswer) =>
      new AgentInterrupted({
        agentId: agent.id,
        detail: `its answer is not ${what}: ${sentence}`,
        said: began
      })
  return Effect.gen(function* () {
    const preset = presetOf(runtime)
    const { expect } = yield* LateReplies
    // The reply can come before the word that it will.
    const late = yield* expect(question.turn.id)
    const { reference, response } = yield* send(agent, runtime, question)
    if (preset === undefined && response.status === LATER) return answerOf(yield* late)
    if (response.status === EMPTY) return { replies: [] }
    const form = preset === undefined ? formOf(response.headers["content-type"] ?? "") : "lines"
    if (form === undefined) return yield* broken("its answer is a page for people")
    const text = yield* readBody(response, form, say, broken)
    if (preset !== undefined) {
      return yield* Effect.mapError(preset.answer(text, reference), wrong(`one of ${runtime.preset}`))
    }
    if (form === "text") return { replies: text.trim() === "" ? [] : [{ text: text.trim() }] }
    return yield* readJsonAnswer(text, wrong(REPLIES_FORM))
  }).pipe(
    Effect.scoped,
    Effect.timeoutFail({
      duration: runtime.timeoutMs,
      onTimeout: () => broken(`it did not answer within ${runtime.timeoutMs} ms`)
    })
  )
}
