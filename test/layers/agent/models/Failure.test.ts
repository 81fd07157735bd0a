/** Which failure of an agent a failure of its server is: a table of what servers say. */
import { describe, expect, it } from "@effect/vitest"
import { complaintOf } from "../../../../src/layers/agent/models/complaint.ts"
import { judge } from "../../../../src/layers/agent/models/Failure.ts"

const openai = (message: string, more: object = {}) => ({
  error: { message, type: "invalid_request_error", ...more }
})

describe("an overflow of the context is known by what is said of it", () => {
  it.each([
    {
      server: "OpenAI",
      status: 400,
      body: openai(
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
        { code: "context_length_exceeded" }
      )
    },
    {
      server: "OpenAI, responses",
      status: 400,
      body: openai(
        "Your input exceeds the context window of this model. Please adjust your input and try again."
      )
    },
    {
      server: "vLLM",
      status: 400,
      body: {
        object: "error",
        message:
          "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4500 in the messages, 500 in the completion).",
        type: "BadRequestError",
        param: null,
        code: 400
      }
    },
    {
      server: "vLLM, newer",
      status: 400,
      body: openai("The decoder prompt (length 5000) is longer than the maximum model length of 4096.")
    },
    {
      server: "llama.cpp",
      status: 400,
      body: {
        error: {
          code: 400,
          message:
            "request (4390 tokens) exceeds the available context size (4096 tokens), try increasing it",
          type: "exceed_context_size_error",
          n_prompt_tokens: 4390,
          n_ctx: 4096
        }
      }
    },
    {
      server: "llama.cpp, as a failure of its own",
      status: 500,
      body: { error: { code: 500, message: "Context size has been exceeded.", type: "server_error" } }
    },
    {
      server: "llama-cpp-python",
      status: 400,
      body: openai("Requested tokens (2285) exceed context window of 2048")
    },
    {
      server: "LM Studio",
      status: 400,
      body: {
        error:
          "The number of tokens to keep from the initial prompt is greater than the context length (n_keep: 10247 >= n_ctx: 4096). Try to load the model with a larger context length, or provide a shorter prompt."
      }
    },
    {
      server: "LM Studio, older",
      status: 400,
      body: {
        error:
          "Trying to keep the first 10136 tokens when context the overflows. However, the model is loaded with context length of only 7866 tokens, which is not enough."
      }
    },
    {
      server: "Ollama",
      status: 400,
      body: { error: { message: "the input length exceeds the context length" } }
    },
    {
      server: "Anthropic",
      status: 400,
      body: {
        type: "error",
        error: {
          type: "invalid_request_error",
          message: "prompt is too long: 210000 tokens > 200000 maximum"
        }
      }
    },
    {
      server: "Anthropic, of a body",
      status: 413,
      body: {
        type: "error",
        error: { type: "request_too_large", message: "Request exceeds the maximum size" }
      }
    },
    {
      server: "OpenRouter",
      status: 400,
      body: {
        error: {
          code: 400,
          message:
            "This endpoint's maximum context length is 131072 tokens. However, you requested about 140000 tokens."
        }
      }
    },
    {
      server: "Google",
      status: 400,
      body: [
        {
          error: {
            code: 400,
            message:
              "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
            status: "INVALID_ARGUMENT"
          }
        }
      ]
    },
    {
      server: "Mistral",
      status: 400,
      body: {
        object: "error",
        message: "Prompt contains 40000 tokens, too large for model with 32768 maximum context length",
        type: "invalid_request_error"
      }
    }
  ])("$server", ({ body, status }) => {
    expect(judge({ status, complaint: complaintOf(JSON.stringify(body)) })).toBe("overflow")
  })
})

describe("other refusals", () => {
  it.each([
    { what: "busy", status: 503, body: openai("busy"), judged: "later" },
    {
      what: "too many requests",
      status: 429,
      body: openai("slow", { code: "rate_limit_exceeded" }),
      judged: "later"
    },
    { what: "overloaded", status: 529, body: { error: { type: "overloaded_error" } }, judged: "later" },
    { what: "no quota", status: 429, body: openai("quota", { code: "insufficient_quota" }), judged: "mend" },
    {
      what: "no money at Anthropic",
      status: 400,
      body: openai("Your credit balance is too low to access the Anthropic API."),
      judged: "mend"
    },
    { what: "a wrong key", status: 401, body: openai("no"), judged: "mend" },
    { what: "no such model", status: 404, body: openai("model 'x' not found"), judged: "mend" },
    {
      what: "a temperature that it does not like",
      status: 400,
      body: openai("temperature unsupported"),
      judged: "mend"
    },
    {
      what: "a field that Mistral does not know",
      status: 422,
      body: {
        object: "error",
        message: {
          detail: [{ type: "extra_forbidden", loc: ["body", "user"], msg: "Extra inputs are not permitted" }]
        }
      },
      judged: "extras"
    },
    {
      what: "a field that Google does not know",
      status: 400,
      body: openai('Invalid JSON payload received. Unknown name "user": Cannot find field.'),
      judged: "extras"
    }
  ])("$what", ({ body, judged, status }) => {
    expect(judge({ status, complaint: complaintOf(JSON.stringify(body)) })).toBe(judged)
  })
})

describe("what is said of an error", () => {
  it.each([
    ['{"error":{"message":"m","code":"c","type":"t"}}', { said: "m", code: "c", type: "t" }],
    ['{"error":"m"}', { said: "m" }],
    ['{"message":"m","code":400}', { said: "m", code: "400" }],
    ['{"detail":"m"}', { said: "m" }],
    ['{"detail":[{"msg":"m"}]}', { said: '[{"msg":"m"}]' }],
    ['{"error":{"code":null,"message":"m"}}', { said: "m" }],
    ["<h1>502</h1>\n", { said: "<h1>502</h1>" }],
    ["", { said: "" }],
    ["{}", { said: "{}" }]
  ])("%s", (body, complaint) => {
    expect(complaintOf(body)).toEqual(complaint)
  })
})
