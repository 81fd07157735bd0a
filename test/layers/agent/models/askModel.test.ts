/** Models, asked over HTTP: what they are told, and what of their answers is said. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { asTurnMessage, makeEnvelope } from "../../../support/envelopes.ts"
import { modelServer, raw, refusing, saying, streaming } from "../../../support/modelServer.ts"
import { ask, asker, exchange, INTERFACES, type Interface, KEY } from "./asking.ts"

const interfaces: ReadonlyArray<Interface> = ["chat", "responses", "anthropic"]
const ways = interfaces.flatMap((name) => [true, false].map((stream) => ({ name, stream })))

const answered = (text: string) => ({ replies: [{ text }] })

const firstBody = (server: Effect.Effect.Success<ReturnType<typeof modelServer>>) =>
  Effect.map(server.asked, ([first]) => first?.body)

describe.each(ways)("$name (streamed: $stream)", ({ name, stream }) => {
  const runtime = { ...INTERFACES[name], stream }

  it.scopedLive("answers with the text of the model", () =>
    Effect.gen(function* () {
      const server = yield* modelServer(saying({ text: ["Hi ", "the", "re 👋🏽"] }))
      expect(yield* ask(server.url, { runtime })).toEqual(answered("Hi there 👋🏽"))
    })
  )

  it.scopedLive("says nothing of the model's thoughts", () =>
    Effect.gen(function* () {
      const text = ["<thi", "nk>they want a secret</th", "ink>\n\nFour."]
      const server = yield* modelServer(saying({ text, reasoning: "a secret of mine" }))
      expect(yield* ask(server.url, { runtime })).toEqual(answered("Four."))
    })
  )

  it.scopedLive("ends with a mark where the answer became too long", () =>
    Effect.gen(function* () {
      const server = yield* modelServer(saying({ text: ["Once upon a"], end: "length" }))
      expect(yield* ask(server.url, { runtime })).toEqual(answered("Once upon a… (cut)"))
    })
  )

  it.scopedLive("is no reply where the text is empty", () =>
    Effect.gen(function* () {
      const server = yield* modelServer(saying({ text: ["", " \n"] }))
      expect(yield* ask(server.url, { runtime })).toEqual({ replies: [] })
    })
  )

  it.scopedLive("is refused where a filter has kept all of it back", () =>
    Effect.gen(function* () {
      const server = yield* modelServer(saying({ text: [], end: "filtered" }))
      expect(yield* Effect.flip(ask(server.url, { runtime }))).toMatchObject({ _tag: "AgentRefused" })
    })
  )

  it.scopedLive("is cut where a filter has kept the rest of it back", () =>
    Effect.gen(function* () {
      const server = yield* modelServer(saying({ text: ["First"], end: "filtered" }))
      expect(yield* ask(server.url, { runtime })).toEqual(answered("First… (cut)"))
    })
  )
})

describe("what a model is told", () => {
  const exchanges = [exchange("one?", "1"), exchange("psst", ""), exchange("two?", "2")]
  const agent = { systemPrompt: "Be kind." }
  const turn = {
    systemPrompt: "Be brief.",
    envelopes: [asTurnMessage(makeEnvelope({ text: "three?" }))]
  } as const
  const remembered = [
    { role: "user", content: "one?" },
    { role: "assistant", content: "1" },
    { role: "user", content: "psst" },
    { role: "assistant", content: "NO_REPLY" },
    { role: "user", content: "two?" },
    { role: "assistant", content: "2" },
    { role: "user", content: "three?" }
  ]
  const user = expect.stringMatching(/^[0-9a-f]{32}$/u)
  const system = expect.stringMatching(/^Be kind\.\n\nBe brief\.\n\nYou answer in Apple Messages/u)

  it.scopedLive("by chat completions", () =>
    Effect.gen(function* () {
      const server = yield* modelServer(saying("3"))
      const runtime = { ...INTERFACES.chat, maxTokens: 100, temperature: 0.5 }
      yield* ask(server.url, { runtime, agent, turn, exchanges })
      expect(yield* server.asked).toMatchObject([
        { path: "/v1/chat/completions", headers: { authorization: `Bearer ${KEY}` } }
      ])
      expect(yield* firstBody(server)).toEqual({
        model: "small",
        messages: [{ role: "system", content: system }, ...remembered],
        stream: true,
        stream_options: { include_usage: true },
        max_tokens: 100,
        temperature: 0.5,
        user
      })
    })
  )

  it.scopedLive("by responses", () =>
    Effect.gen(function* () {
      const server = yield* modelServer(saying("3"))
      yield* ask(server.url, { runtime: INTERFACES.responses, agent, turn, exchanges })
      expect((yield* server.asked)[0]?.path).toBe("/v1/responses")
      expect(yield* firstBody(server)).toEqual({
        model: "small",
        instructions: system,
        input: remembered,
        stream: true,
        store: false,
        user
      })
    })
  )

  it.scopedLive("by Anthropic's interface", () =>
    Effect.gen(function* () {
      const server = yield* modelServer(saying("3"))
      yield* ask(server.url, { runtime: INTERFACES.anthropic, agent, turn, exchanges })
      expect(yield* server.asked).toMatchObject([
        { path: "/v1/messages", headers: { "x-api-key": KEY, "anthropic-version": "2023-06-01" } }
      ])
      expect(yield* firstBody(server)).toEqual({
        model: "small",
        max_tokens: 4096,
        system,
        messages: remembered,
        stream: true,
        metadata: { user_id: user }
      })
    })
  )

  it.scopedLive("has the config's own headers, and no key where there is none", () =>
    Effect.gen(function* () {
      const server = yield* modelServer(saying("3"))
      const runtime = { type: "openai", model: "small", headers: { "X-Title": "a title" } }
      yield* ask(server.url, { runtime })
      const [asked] = yield* server.asked
      expect(asked?.headers).toMatchObject({ "x-title": "a title" })
      expect(asked?.headers).not.toHaveProperty("authorization")
    })
  )

  it.scopedLive("is of the conversation only what fits, the newest", () =>
    Effect.gen(function* () {
      const server = yield* modelServer(saying("3"))
      const long = Array.from({ length: 100 }, (_, at) => exchange(`${at}${"x".repeat(300)}`, "yes"))
      const memory = { contextTokens: 3000 }
      yield* ask(server.url, { agent: { memory }, turn, exchanges: long })
      const body = JSON.stringify(yield* firstBody(server))
      expect(body).toContain("99xxx")
      expect(body).not.toContain(`"0xxx`)
      expect(Buffer.byteLength(body)).toBeLessThan(3000 * 3)
    })
  )

  it.scopedLive(
    "calls two people of one session by different words, and one of them always by the same",
    () =>
      Effect.gen(function* () {
        const server = yield* modelServer(saying("3"))
        const from = (sender: string) => ({ envelopes: [asTurnMessage(makeEnvelope({ sender }))] }) as const
        yield* ask(server.url, { turn: from("+15555550101") })
        yield* ask(server.url, { turn: from("+15555550102") })
        yield* ask(server.url, { turn: from("+15555550101") })
        const users = (yield* server.asked).map(({ body }) => (body as { readonly user?: string }).user)
        expect(new Set(users).size).toBe(2)
        expect(users[0]).toBe(users[2])
      })
  )
})

describe("a stream", () => {
  it.scopedLive("may have comments, times to reconnect, and frames that nobody knows", () =>
    Effect.gen(function* () {
      const server = yield* modelServer(
        raw(
          ": OPENROUTER PROCESSING\n\n",
          "retry: 3000\n\n",
          'event: weather\ndata: {"type":"weather","choices":"none"}\n\n',
          'data: {"choices":[{"delta":{"content":"o"}}]}\r\n\r\ndata: {"choi',
          'ces":[{"delta":{"content":"k"},"finish_reason":"stop"}]}\n\n'
        )
      )
      expect(yield* ask(server.url)).toEqual(answered("ok"))
    })
  )

  it.scopedLive("is whole once its end was said, whatever becomes of the connection", () =>
    Effect.gen(function* () {
      const all = { text: ["done"] }
      const server = yield* modelServer(streaming(all, 3, Stream.fail("cut")))
      expect(yield* ask(server.url)).toEqual(answered("done"))
    })
  )

  it.scopedLive("is not asked for by who answers in one piece all the same", () =>
    Effect.gen(function* () {
      const server = yield* modelServer(({ path, headers }) => saying("whole")({ path, headers, body: {} }))
      expect(yield* ask(server.url)).toEqual(answered("whole"))
    })
  )
})

describe("a question that its server cannot take", () => {
  const overflow = refusing(400, {
    error: {
      message: "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.",
      type: "invalid_request_error",
      param: "messages",
      code: "context_length_exceeded"
    }
  })
  const exchanges = Array.from({ length: 8 }, (_, at) => exchange(`question ${at}`, `answer ${at}`))
  const countOf = (body: unknown) => (body as { readonly messages: ReadonlyArray<unknown> }).messages.length

  it.scopedLive("is asked once more with half of what is remembered", () =>
    Effect.gen(function* () {
      const server = yield* modelServer(overflow, saying("well"))
      expect(yield* ask(server.url, { exchanges })).toEqual(answered("well"))
      expect((yield* server.asked).map(({ body }) => countOf(body))).toEqual([18, 10])
    })
  )

  it.scopedLive("is refused where half is too much as well, and where nothing is remembered", () =>
    Effect.gen(function* () {
      const server = yield* modelServer(overflow)
      expect(yield* Effect.flip(ask(server.url, { exchanges }))).toMatchObject({
        _tag: "AgentRefused",
        hint: expect.stringContaining("OLLAMA_CONTEXT_LENGTH")
      })
      expect(yield* server.asked).toHaveLength(2)
      yield* Effect.flip(ask(server.url))
      expect(yield* server.asked).toHaveLength(3)
    })
  )

  it.scopedLive("is asked again also where that is said in the stream", () =>
    Effect.gen(function* () {
      const server = yield* modelServer(
        raw('event: error\ndata: {"error":{"message":"Context size has been exceeded."}}\n\n'),
        saying("well")
      )
      expect(yield* ask(server.url, { exchanges })).toEqual(answered("well"))
    })
  )

  it.scopedLive("is asked without extras where the server knows them not, from then on", () =>
    Effect.gen(function* () {
      const strict = refusing(422, {
        object: "error",
        message: {
          detail: [
            {
              type: "extra_forbidden",
              loc: ["body", "stream_options"],
              msg: "Extra inputs are not permitted"
            }
          ]
        },
        type: "invalid_request_error"
      })
      const server = yield* modelServer(strict, saying("well"))
      const asking = yield* asker
      expect(yield* asking(server.url)).toEqual(answered("well"))
      expect(yield* asking(server.url)).toEqual(answered("well"))
      const bodies = (yield* server.asked).map(({ body }) => body)
      expect(bodies).toHaveLength(3)
      expect(bodies[1]).not.toHaveProperty("stream_options")
      expect(bodies[1]).not.toHaveProperty("user")
      expect(bodies[2]).not.toHaveProperty("user")
    })
  )
})
