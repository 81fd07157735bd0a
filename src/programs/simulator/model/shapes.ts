/** An answer in the shapes of the three interfaces that models are asked by, field by field as their documentation has them. */

/** What a model says. */
export interface ModelAnswer {
  /** In the pieces in which it is streamed. */
  readonly text: ReadonlyArray<string>
  /** Thoughts that the server keeps apart from the text. */
  readonly reasoning?: string
  readonly end?: "complete" | "length" | "filtered"
  readonly inputTokens?: number
}

/** An interface: what it answers at once, and the events of what it streams. */
export interface Shape {
  readonly whole: (answer: ModelAnswer) => unknown
  readonly events: (answer: ModelAnswer) => ReadonlyArray<string>
}

const MODEL = "stand-in"
const CREATED = 1_767_225_600

const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`
const named = (value: { readonly type: string; readonly sequence_number?: number }): string =>
  `event: ${value.type}\n${data(value)}`

const FINISH = { complete: "stop", length: "length", filtered: "content_filter" } as const

const chatUsage = ({ inputTokens = 20 }: ModelAnswer) => ({
  prompt_tokens: inputTokens,
  completion_tokens: 5,
  total_tokens: inputTokens + 5
})

export const chat: Shape = {
  whole: (answer) => ({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: CREATED,
    model: MODEL,
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: answer.text.join(""),
          ...(answer.reasoning === undefined
            ? {}
            : { reasoning_content: answer.reasoning, reasoning: answer.reasoning }),
          refusal: null,
          annotations: []
        },
        logprobs: null,
        finish_reason: FINISH[answer.end ?? "complete"]
      }
    ],
    usage: chatUsage(answer),
    system_fingerprint: "fp_1"
  }),
  events: (answer) => {
    const chunk = (choices: ReadonlyArray<unknown>, more = {}) =>
      data({
        id: "chatcmpl-1",
        object: "chat.completion.chunk",
        created: CREATED,
        model: MODEL,
        system_fingerprint: "fp_1",
        choices,
        ...more
      })
    const delta = (said: unknown, finish: string | null = null) =>
      chunk([{ index: 0, delta: said, logprobs: null, finish_reason: finish }])
    return [
      delta({ role: "assistant", content: "", refusal: null }),
      ...(answer.reasoning === undefined
        ? []
        : [delta({ reasoning_content: answer.reasoning }), delta({ reasoning: answer.reasoning })]),
      ...answer.text.map((content) => delta({ content })),
      delta({}, FINISH[answer.end ?? "complete"]),
      chunk([], { usage: chatUsage(answer) }),
      "data: [DONE]\n\n"
    ]
  }
}

const response = (answer: ModelAnswer, status: string, output: ReadonlyArray<unknown>) => ({
  id: "resp_1",
  object: "response",
  created_at: CREATED,
  status,
  error: null,
  incomplete_details:
    status !== "incomplete"
      ? null
      : { reason: answer.end === "filtered" ? "content_filter" : "max_output_tokens" },
  instructions: null,
  model: MODEL,
  output,
  store: false,
  usage:
    status === "in_progress"
      ? null
      : {
          input_tokens: answer.inputTokens ?? 20,
          input_tokens_details: { cached_tokens: 0 },
          output_tokens: 5,
          output_tokens_details: { reasoning_tokens: 0 },
          total_tokens: (answer.inputTokens ?? 20) + 5
        }
})

const statusOf = ({ end = "complete" }: ModelAnswer) => (end === "complete" ? "completed" : "incomplete")

const outputOf = ({ reasoning, text }: ModelAnswer) => [
  ...(reasoning === undefined
    ? []
    : [{ id: "rs_1", type: "reasoning", summary: [{ type: "summary_text", text: reasoning }] }]),
  {
    id: "msg_1",
    type: "message",
    status: "completed",
    role: "assistant",
    content: [{ type: "output_text", text: text.join(""), annotations: [], logprobs: [] }]
  }
]

export const responses: Shape = {
  whole: (answer) => response(answer, statusOf(answer), outputOf(answer)),
  events: (answer) => {
    const at = { item_id: "msg_1", output_index: 0, content_index: 0 }
    const message = { id: "msg_1", type: "message", status: "in_progress", role: "assistant", content: [] }
    const part = { type: "output_text", text: "", annotations: [] }
    const status = statusOf(answer)
    return [
      { type: "response.created", response: response(answer, "in_progress", []) },
      { type: "response.in_progress", response: response(answer, "in_progress", []) },
      ...(answer.reasoning === undefined
        ? []
        : [{ type: "response.reasoning_summary_text.delta", item_id: "rs_1", delta: answer.reasoning }]),
      { type: "response.output_item.added", output_index: 0, item: message },
      { type: "response.content_part.added", ...at, part },
      ...answer.text.map((delta) => ({ type: "response.output_text.delta", ...at, delta })),
      { type: "response.output_text.done", ...at, text: answer.text.join("") },
      { type: "response.output_item.done", output_index: 0, item: outputOf(answer).at(-1) },
      { type: `response.${status}`, response: response(answer, status, outputOf(answer)) }
    ].map((event, sequence_number) => named({ ...event, sequence_number }))
  }
}

const STOP = { complete: "end_turn", length: "max_tokens", filtered: "refusal" } as const

const anthropicUsage = ({ inputTokens = 20 }: ModelAnswer) => ({
  input_tokens: inputTokens,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: 1
})

export const anthropic: Shape = {
  whole: (answer) => ({
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: MODEL,
    content: [
      ...(answer.reasoning === undefined
        ? []
        : [{ type: "thinking", thinking: answer.reasoning, signature: "c2ln" }]),
      { type: "text", text: answer.text.join("") }
    ],
    stop_reason: STOP[answer.end ?? "complete"],
    stop_sequence: null,
    usage: anthropicUsage(answer)
  }),
  events: (answer) => {
    const index = answer.reasoning === undefined ? 0 : 1
    const message = {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: MODEL,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: anthropicUsage(answer)
    }
    return [
      { type: "message_start", message },
      ...(answer.reasoning === undefined
        ? []
        : [
            { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "" } },
            {
              type: "content_block_delta",
              index: 0,
              delta: { type: "thinking_delta", thinking: answer.reasoning }
            },
            { type: "content_block_stop", index: 0 }
          ]),
      { type: "content_block_start", index, content_block: { type: "text", text: "" } },
      { type: "ping" },
      ...answer.text.map((text) => ({
        type: "content_block_delta",
        index,
        delta: { type: "text_delta", text }
      })),
      { type: "content_block_stop", index },
      {
        type: "message_delta",
        delta: { stop_reason: STOP[answer.end ?? "complete"], stop_sequence: null },
        usage: { output_tokens: 5 }
      },
      { type: "message_stop" }
    ].map(named)
  }
}
