/** What is asked of a webhook, and what its answer says, in the words of each preset. Pure but for the names it makes. */
import { createHmac } from "node:crypto"
import { Effect, Either, Redacted, Schema } from "effect"
import type { AgentConfig } from "../../../schemas/Config.ts"
import type { WebhookConfig } from "../../../schemas/config/runtimes/webhook.ts"
import { prompt } from "../../../schemas/prompt.ts"
import type { Turn } from "../../../schemas/Turn.ts"
import type { Answer, Question } from "../../../services/Agent.ts"
import { turnAsJson } from "../turnAsJson.ts"
import { readAnswer, type WrongAnswer } from "../wrongAnswer.ts"

/** The words of a preset. */
export interface Preset {
  /** The body of the request; `reference` is by what it knows the conversation. */
  readonly body: (asked: {
    readonly turn: Turn
    readonly prompt: string
    readonly reference?: string
  }) => unknown
  /** What a body says, or what is wrong with it. */
  readonly answer: (body: string, reference: string | undefined) => Either.Either<Answer, WrongAnswer>
}

const saying = (text: string, reference: string | undefined): Answer => ({
  replies: text.trim() === "" ? [] : [{ text: text.trim() }],
  ...(reference === undefined ? {} : { reference })
})

const N8nItem = Schema.Union(Schema.Struct({ output: Schema.String }), Schema.Struct({ text: Schema.String }))
/** A workflow whose last node answers gives its items. */
const readN8n = readAnswer(Schema.Union(N8nItem, Schema.Tuple(N8nItem)))

/** n8n's chat trigger. The name of the session is ours, so that people who share an agent share no memory. */
const n8n: Preset = {
  body: ({ prompt, reference }) => ({ action: "sendMessage", sessionId: reference, chatInput: prompt }),
  answer: (body, reference) =>
    Either.map(readN8n(body), (answer) => {
      const item = "length" in answer ? answer[0] : answer
      return saying("output" in item ? item.output : item.text, reference)
    })
}

const HomeAssistantAnswer = Schema.Struct({
  response: Schema.Struct({
    speech: Schema.Struct({
      plain: Schema.optionalWith(Schema.Struct({ speech: Schema.String }), { exact: true })
    })
  }),
  conversation_id: Schema.optionalWith(Schema.NullOr(Schema.String), { exact: true })
})
const readHomeAssistant = readAnswer(HomeAssistantAnswer)

/** `POST /api/conversation/process` of Home Assistant. */
const homeassistant = (language: string | undefined): Preset => ({
  body: ({ prompt, reference }) => ({
    text: prompt,
    ...(language === undefined ? {} : { language }),
    ...(reference === undefined ? {} : { conversation_id: reference })
  }),
  answer: (body, reference) =>
    Either.map(readHomeAssistant(body), ({ conversation_id, response }) =>
      saying(response.speech.plain?.speech ?? "", conversation_id ?? reference)
    )
})

export const presetOf = ({ language, preset }: WebhookConfig): Preset | undefined => {
  switch (preset) {
    case "n8n":
      return n8n
    case "homeassistant":
      return homeassistant(language)
    default:
      return undefined
  }
}

/** By what the agent knows the conversation. n8n has to be told a name; Home Assistant chooses its own. */
const referenceOf = ({ preset }: WebhookConfig, { memory }: Question): Effect.Effect<string | undefined> =>
  preset === "n8n" && memory.reference === undefined
    ? Effect.sync(() => crypto.randomUUID())
    : Effect.succeed(memory.reference)

/** The body of a request, and by what name of the conversation it asks. */
export const bodyOf = (
  agent: AgentConfig,
  runtime: WebhookConfig,
  question: Question
): Effect.Effect<{ readonly body: string; readonly reference: string | undefined }> =>
  Effect.gen(function* () {
    const { turn } = question
    const preset = presetOf(runtime)
    if (preset === undefined) return { body: yield* turnAsJson(agent, turn), reference: undefined }
    const reference = yield* referenceOf(runtime, question)
    const asked = { turn, prompt: prompt(turn, agent), ...(reference === undefined ? {} : { reference }) }
    return { body: JSON.stringify(preset.body(asked)), reference }
  })

/** What a request is signed with: HMAC-SHA256 of its time, in Unix seconds, a dot, and its body. */
const signatureOf = (secret: Redacted.Redacted<string>, timestamp: string, body: string): string =>
  `sha256=${createHmac("sha256", Redacted.value(secret)).update(`${timestamp}.${body}`).digest("hex")}`

/** The headers of a request that is made at a time, in Unix ms. Those of the config stand beside ours. */
export const headersOf = (
  { headers, secret, token }: WebhookConfig,
  turnId: string,
  body: string,
  now: number
): { readonly [name: string]: string } => {
  const timestamp = String(Math.floor(now / 1000))
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), Redacted.value(value)])
  return {
    ...Object.fromEntries(given),
    accept: "application/json, application/x-ndjson, text/event-stream, text/plain",
    "content-type": "application/json",
    "user-agent": "imsg-gateway",
    "idempotency-key": turnId.replaceAll(/[^\x20-\x7e]/gu, "_"),
    ...(token === undefined ? {} : { authorization: `Bearer ${Redacted.value(token)}` }),
    ...(secret === undefined
      ? {}
      : { "x-timestamp": timestamp, "x-signature-256": signatureOf(secret, timestamp, body) })
  }
}
