/** How a request to a model failed, and which failure of an agent that is. Decisions, without effects. */
import { Data } from "effect"
import {
  type AgentError,
  AgentInterrupted,
  AgentRefused,
  AgentUnavailable
} from "../../../schemas/errors/agent.ts"
import { oneLine } from "../../../schemas/oneLine.ts"
import type { Complaint } from "./Dialect.ts"

export type Failure = Data.TaggedEnum<{
  /** There was no connection: nobody has read anything. */
  NotConnected: { readonly detail: string }
  /** The server answered with an error instead, by its status. */
  Refused: { readonly status: number; readonly complaint: Complaint; readonly retryAfterMs?: number }
  /** It had the question, or had begun to answer. */
  Broken: { readonly detail: string; readonly said?: string }
  /** Its filter has kept the whole answer back. */
  Filtered: object
}>
export const Failure = Data.taggedEnum<Failure>()

type Refused = Extract<Failure, { readonly _tag: "Refused" }>

/** In which words servers say that a question is too long for the model. */
const OVERFLOW: ReadonlyArray<RegExp> = [
  // OpenAI, also as a code; Azure, Groq, DeepSeek, OpenRouter, vLLM ("maximum context length is 4096 tokens").
  /context_length_exceeded/u,
  /maximum context length/u,
  /exceeds the context window/u,
  /reduce the length of the messages/u,
  // vLLM.
  /longer than the maximum model length/u,
  // llama.cpp, of both ages; also for its 500.
  /exceed_context_size_error/u,
  /exceeds the available context size/u,
  /context size has been exceeded/u,
  /exceed context window of/u,
  // LM Studio.
  /tokens to keep from the initial prompt is greater than the context length/u,
  /trying to keep the first \d+ tokens/u,
  // Ollama.
  /input length exceeds (?:the |maximum )*context length/u,
  // Anthropic.
  /prompt is too long/u,
  /exceed context limit/u,
  /request_too_large/u,
  // Google, Mistral, SGLang, TGI, Cohere.
  /input token count .*exceeds the maximum number of tokens/u,
  /too large for model with \d+ maximum context/u,
  /longer than the model's context length/u,
  /inputs.* must have less than \d+ tokens/u,
  /too many tokens/u
]

/** That a server knows one of the fields not that it can do without. */
const EXTRA_FIELD = /\b(?:stream_options|user|metadata|user_id)\b/u
const IS_UNKNOWN = /extra|unknown|unrecogni[sz]ed|unsupported|unexpected|not (?:permitted|supported|allowed)/u

const wordsOf = ({ code = "", said, type = "" }: Complaint): string => `${type} ${code} ${said}`.toLowerCase()

/** What to do about a refusal: ask with less memory, ask without extras, ask later, or have a person mend it. */
export type Judgement = "overflow" | "extras" | "later" | "mend"

/** Money that is gone does not come back within a retry, although it is said with a 429. */
const NO_MONEY = /insufficient_quota|credit balance|billing|insufficient credits/u

export const judge = ({ complaint, status }: Pick<Refused, "complaint" | "status">): Judgement => {
  const words = wordsOf(complaint)
  if (status === 413 || OVERFLOW.some((pattern) => pattern.test(words))) return "overflow"
  if (NO_MONEY.test(words)) return "mend"
  if ((status === 400 || status === 422) && IS_UNKNOWN.test(words) && EXTRA_FIELD.test(words)) return "extras"
  return status === 408 || status === 429 || status >= 500 ? "later" : "mend"
}

/** Of an error that comes with a 200: the status that it would have had, where it says so. */
export const statusOf = (complaint: Complaint): number | undefined => {
  const status = Number(complaint.code)
  if (Number.isInteger(status) && status >= 400 && status <= 599) return status
  const words = wordsOf(complaint)
  if (OVERFLOW.some((pattern) => pattern.test(words))) return 400
  return KNOWN_TYPES.find(([type]) => words.includes(type))?.[1]
}

/** Errors by their names: Anthropic's, and OpenAI's. */
const KNOWN_TYPES: ReadonlyArray<readonly [type: string, status: number]> = [
  ["overloaded_error", 529],
  ["rate_limit", 429],
  ["authentication_error", 401],
  ["invalid_api_key", 401],
  ["permission_error", 403],
  ["model_not_found", 404],
  ["not_found_error", 404],
  ["billing_error", 402],
  ["insufficient_quota", 429]
]

const DOCTOR = "`imsg-gateway doctor` asks the server."

/** The one thing to change, by what the server said. */
const advice = (refused: Refused): string => {
  const { complaint, status } = refused
  if (judge(refused) === "overflow") {
    return "The message alone is longer than the model can read: take one with a larger context, or start its server with more (OLLAMA_CONTEXT_LENGTH for Ollama)."
  }
  if (status === 402 || NO_MONEY.test(wordsOf(complaint))) {
    return "The account there has no money or quota left: see its billing page, then `imsg-gateway deadletters retry`."
  }
  if (status === 401 || status === 403) {
    return `Check agents.list[].runtime.apiKey, and that its account may use the model. ${DOCTOR}`
  }
  if (status === 404) {
    return `Check agents.list[].runtime.model, and baseUrl with its /v1. ${DOCTOR}`
  }
  if (status >= 300 && status < 400) {
    return "The server sends its clients elsewhere, and keys are not sent after them: write the new address into agents.list[].runtime.baseUrl."
  }
  return "The dead letter has what the server said (`imsg-gateway deadletters show`); check agents.list[].runtime: model, maxTokens, temperature, images, headers."
}

/** Words for programs, which say nothing of anybody. */
const isCode = (text: string): boolean => /^[a-z][a-z0-9_.-]{1,60}$/iu.test(text)

/** How a refusal is shown: its status and its code. */
const shown = ({
  complaint: { code = "", type = "" },
  status
}: Pick<Refused, "complaint" | "status">): string => {
  const word = [code, type].find(isCode)
  return `HTTP ${status}${word === undefined ? "" : ` (${word})`}`
}

const SAID_CHARS = 500

/** What a server said, for the dead letter. */
const quoted = (text: string): { readonly said?: string } => {
  const line = oneLine(text).slice(0, SAID_CHARS)
  return line === "" ? {} : { said: line }
}

/** The failure as that of an agent. What `failure` holds must have lost its secrets before. */
export const toAgentError = (agentId: string, failure: Failure): AgentError => {
  switch (failure._tag) {
    case "NotConnected":
      return new AgentUnavailable({ agentId, detail: failure.detail })
    case "Broken":
      return new AgentInterrupted({ agentId, detail: failure.detail, ...quoted(failure.said ?? "") })
    case "Filtered":
      return new AgentRefused({
        agentId,
        detail: "a filter of the server has kept its answer back",
        advice:
          "What was asked, or is remembered, has set the filter off: another conversation, or another model, may not."
      })
    case "Refused": {
      const said = { agentId, detail: shown(failure), ...quoted(failure.complaint.said) }
      if (judge(failure) !== "later") return new AgentRefused({ ...said, advice: advice(failure) })
      const { retryAfterMs } = failure
      return new AgentUnavailable({ ...said, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) })
    }
  }
}
