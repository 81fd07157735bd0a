/** The runtimes `openai` and `anthropic`: a model behind an HTTP endpoint. */
import { Schema } from "effect"
import { Address, option, required, Secret, SecretHeaders, Text, timerMs, whole } from "../values.ts"

/** What may be said of any model. */
const modelKeys = {
  images: option(Schema.Boolean, "Whether the model is given pictures that people send.", false),
  stream: option(
    Schema.Boolean,
    "Whether the answer is read as it is written, so that a silent server is noticed early.",
    true
  ),
  headers: option(SecretHeaders, "Headers of each request, beside those that the gateway sets.", {}),
  timeoutMs: option(timerMs(1), "How long a turn may take, in ms; then the request is aborted.", 600_000),
  silenceMs: option(
    timerMs(1),
    "How long the server may be silent in the middle of its answer, in ms; until its first byte `timeoutMs` alone holds, for a model may have to be loaded.",
    120_000
  )
}

const sampling = {
  temperature: option(
    Schema.NonNegative,
    "How freely the model chooses its words. Else as the server has it."
  )
}

export const openaiKeys = {
  api: option(
    Schema.Literal("chat", "responses"),
    "Which of the two is spoken: `chat` is `/chat/completions`, which everything has; `responses` is `/responses`.",
    "chat"
  ),
  maxTokens: option(whole(1), "How many tokens an answer may have. Else as the server has it."),
  ...sampling,
  ...modelKeys
}

/** A server that speaks as OpenAI's does. */
export const OpenaiRuntime = Schema.Struct({
  type: required(
    Schema.Literal("openai"),
    "Asks a server that speaks as OpenAI's does: Ollama, LM Studio, llama.cpp, vLLM, OpenRouter, OpenAI and others."
  ),
  baseUrl: required(Address, "Where the server is, with its `/v1`: `http://localhost:11434/v1` for Ollama."),
  model: required(Text, "The name of the model, as the server has it."),
  apiKey: option(Secret, "The key that the server wants. Better taken from the environment."),
  ...openaiKeys
}).annotations({ identifier: "OpenaiRuntime" })

export const anthropicKeys = {
  baseUrl: option(Address, "Where the server is.", "https://api.anthropic.com"),
  maxTokens: option(whole(1), "How many tokens an answer may have.", 4096),
  ...sampling,
  ...modelKeys,
  images: option(Schema.Boolean, "Whether the model is given pictures that people send.", true)
}

/** Anthropic's own server. */
export const AnthropicRuntime = Schema.Struct({
  type: required(Schema.Literal("anthropic"), "Asks a model of Anthropic's."),
  model: required(Text, "The name of the model."),
  apiKey: required(Secret, "The key of an account there. Better taken from the environment."),
  ...anthropicKeys
}).annotations({ identifier: "AnthropicRuntime" })
