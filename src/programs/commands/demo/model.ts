/** A stand-in for a model, as a server that speaks as OpenAI's does: small, quick, and with a memory that one can check. */
import { createServer } from "node:http"
import { HttpRouter, HttpServer, HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { NodeHttpServer } from "@effect/platform-node"
import { Effect, Layer, Schedule, Schema, Stream } from "effect"

const Message = Schema.Struct({ role: Schema.Literal("system", "user", "assistant"), content: Schema.String })
const Asked = Schema.Struct({ messages: Schema.Array(Message) })

/** So long a word of its story takes: it is never at its end. */
const WORD_EVERY = "100 millis"
const STORY = "Once upon a time there was a message that nobody lost, and "

/** What it answers to all that it is given. */
export const answerTo = (messages: typeof Asked.Type.messages): string => {
  const said = messages.flatMap(({ content, role }) => (role === "user" ? [content] : []))
  const now = said.at(-1) ?? ""
  if (!now.endsWith("?")) return `**Noted:** ${now}`
  const before = said.slice(0, -1)
  return before.length === 0
    ? "You have told me *nothing* so far."
    : `You told me:\n\n${before.map((text) => `- ${text}`).join("\n")}`
}

const frame = (delta: object, finish_reason: string | null): string =>
  `data: ${JSON.stringify({ object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason }] })}\n\n`

const storyOf = Stream.fromSchedule(Schedule.spaced(WORD_EVERY)).pipe(
  Stream.map((at) => STORY.split(" ")[at % STORY.split(" ").length] ?? ""),
  Stream.map((word) => frame({ content: `${word} ` }, null))
)

const answered = (text: string) =>
  Stream.make(frame({ role: "assistant", content: text }, null), frame({}, "stop"), "data: [DONE]\n\n")

const completions = Effect.gen(function* () {
  const { messages } = yield* HttpServerRequest.schemaBodyJson(Asked)
  const isStory = messages.at(-1)?.content.includes("story") ?? false
  return HttpServerResponse.stream(Stream.encodeText(isStory ? storyOf : answered(answerTo(messages))), {
    contentType: "text/event-stream"
  })
})

const router = HttpRouter.empty.pipe(HttpRouter.post("/v1/chat/completions", completions))

/** Runs the stand-in for as long as the scope, on a port that is free. Answers its `baseUrl`. */
export const startModel = Effect.gen(function* () {
  const server = yield* Layer.build(
    Layer.provideMerge(
      HttpServer.serve(router),
      NodeHttpServer.layer(() => createServer(), { host: "127.0.0.1", port: 0 })
    )
  )
  const { address } = yield* Effect.provide(HttpServer.HttpServer, server)
  return `http://127.0.0.1:${address._tag === "TcpAddress" ? address.port : 0}/v1`
})
