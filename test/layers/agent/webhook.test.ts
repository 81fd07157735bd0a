/** The `webhook` runtime, with servers that answer as webhooks do, and as they should not. */
import { createHmac } from "node:crypto"
import type { ServerResponse } from "node:http"
import { describe, expect, layer } from "@effect/vitest"
import { Effect, Either, Fiber, Redacted, Ref } from "effect"
import * as LateRepliesLive from "../../../src/layers/agent/LateRepliesLive.ts"
import { askWebhook } from "../../../src/layers/agent/webhook/askWebhook.ts"
import { NO_MEMORY } from "../../../src/schemas/Conversation.ts"
import type { WebhookConfig } from "../../../src/schemas/config/runtimes/webhook.ts"
import type { Reply } from "../../../src/schemas/Turn.ts"
import { Said } from "../../../src/services/Agent.ts"
import { LateReplies } from "../../../src/services/LateReplies.ts"
import { eventually } from "../../support/simulator.ts"
import { makeTurn } from "../../support/turns.ts"
import { answering, type Received, webhookServer } from "../../support/webhookServer.ts"

const JSON_TYPE = "application/json"

/** Asks a webhook once, and answers with what was said before the end. */
const asking = (url: string, given: Partial<WebhookConfig> = {}, reference?: string, turn = makeTurn()) =>
  Effect.gen(function* () {
    const runtime: WebhookConfig = { type: "webhook", url, headers: {}, timeoutMs: 20_000, ...given }
    const heard = yield* Ref.make<ReadonlyArray<Said>>([])
    const answer = yield* askWebhook(
      {
        id: "main",
        isDefault: true,
        markdown: "keep",
        mediaRoots: [],
        mediaHosts: [],
        onReaction: "context",
        maxParts: 30,
        groupActions: false,
        runtime
      },
      runtime,
      { turn, memory: reference === undefined ? NO_MEMORY : { exchanges: [], reference } },
      (said) => Ref.update(heard, (all) => [...all, said])
    )
    return { ...answer, said: yield* Ref.get(heard) }
  })

const replying = (
  answer: (response: ServerResponse, request: Received, before: number) => void,
  given: Partial<WebhookConfig> = {},
  reference?: string
) =>
  Effect.gen(function* () {
    const server = yield* webhookServer(answer)
    const result = yield* Effect.either(asking(server.url, given, reference))
    return { result, received: server.received }
  })

const right = (replies: ReadonlyArray<Reply>, said: ReadonlyArray<Said> = []) =>
  Either.right({ replies, said })

layer(LateRepliesLive.layer, { excludeTestServices: true })((it) => {
  describe("a webhook", () => {
    it.scoped("is sent the turn with its prompt, signed, under the turn's id", () =>
      Effect.gen(function* () {
        const { received } = yield* replying(answering(204, JSON_TYPE, ""), {
          secret: Redacted.make("a secret of the tests"),
          token: Redacted.make("a token"),
          headers: { "X-Mine": Redacted.make("1") }
        })
        const [{ body, headers } = { body: "", headers: {} }] = received
        expect(JSON.parse(body)).toMatchObject({ ...makeTurn(), prompt: "hello" })
        const timestamp = headers["x-timestamp"]
        expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(60)
        const hmac = createHmac("sha256", "a secret of the tests")
          .update(`${timestamp}.${body}`)
          .digest("hex")
        expect(headers).toMatchObject({
          "x-signature-256": `sha256=${hmac}`,
          "idempotency-key": "default:guid-1",
          authorization: "Bearer a token",
          "content-type": JSON_TYPE,
          "x-mine": "1"
        })
      })
    )

    const SAY = Said.Say({ reply: { text: "one" } })
    const LINES = '{"say": "one"}\n{"replies": [{"text": "last"}]}\n'
    it.scoped.each([
      {
        what: "the replies",
        type: JSON_TYPE,
        body: '{"replies": [{"text": "hi"}]}',
        result: right([{ text: "hi" }])
      },
      {
        what: "what is done beside",
        type: JSON_TYPE,
        body: '{"replies": [], "unsend": ["a"]}',
        result: Either.right({ replies: [], acts: { unsend: ["a"] }, said: [] })
      },
      { what: "plain text", type: "text/plain", body: " hi\n", result: right([{ text: "hi" }]) },
      { what: "nothing", type: JSON_TYPE, body: "", result: right([]) },
      { what: "lines", type: "application/x-ndjson", body: LINES, result: right([{ text: "last" }], [SAY]) },
      {
        what: "events of a stream",
        type: "text/event-stream; charset=utf-8",
        body: `: hello\n\ndata: {"say": "one"}\n\nevent: answer\ndata: {"replies":\ndata: [{"text": "last"}]}\n\n`,
        result: right([{ text: "last" }], [SAY])
      }
    ])("answers with $what", ({ body, result, type }) =>
      Effect.gen(function* () {
        expect((yield* replying(answering(200, type, body))).result).toEqual(result)
      })
    )

    it.scoped("may answer later, and once", () =>
      Effect.gen(function* () {
        const { give } = yield* LateReplies
        const server = yield* webhookServer(answering(202, JSON_TYPE, ""))
        const turn = makeTurn({ id: "later" })
        const asked = yield* Effect.fork(asking(server.url, {}, undefined, turn))
        yield* eventually(
          "the request",
          Effect.sync(() => server.received.length),
          (count) => count === 1
        )
        yield* give("later", { replies: [{ text: "at last" }], unsend: ["a"] })
        expect(yield* Fiber.join(asked)).toEqual({
          replies: [{ text: "at last" }],
          acts: { unsend: ["a"] },
          said: []
        })
        expect(yield* Effect.flip(give("later", { replies: [{ text: "again" }] }))).toMatchObject({
          code: "turn_not_awaited"
        })
      })
    )

    it.scoped("may answer before it has said that it will do so later", () =>
      Effect.gen(function* () {
        const { give } = yield* LateReplies
        const server = yield* webhookServer((response, request) => {
          Effect.runSync(give(JSON.parse(request.body).id, { replies: [{ text: "early" }] }))
          answering(202, JSON_TYPE, "")(response)
        })
        expect((yield* asking(server.url)).replies).toEqual([{ text: "early" }])
      })
    )

    it.scoped.each([
      { status: 401, _tag: "AgentRefused", advice: /token, secret and headers/u },
      { status: 404, _tag: "AgentRefused", advice: /url/u },
      { status: 302, _tag: "AgentRefused", advice: /redirects are not followed/u },
      { status: 422, _tag: "AgentRefused", advice: /log of who is asked/u },
      { status: 429, _tag: "AgentUnavailable", advice: /doctor/u },
      { status: 500, _tag: "AgentUnavailable", advice: /doctor/u },
      { status: 503, _tag: "AgentUnavailable", advice: /doctor/u }
    ])("that answers $status has not begun: $_tag", ({ _tag, advice, status }) =>
      Effect.gen(function* () {
        const { result } = yield* replying(answering(status, "text/plain", "why", { "retry-after": "7" }))
        expect(result).toMatchObject({
          _tag: "Left",
          left: { _tag, detail: `it answered with HTTP ${status}`, said: "why" }
        })
        if (result._tag === "Left" && result.left._tag === "AgentUnavailable") {
          expect(result.left.retryAfterMs).toBe(7000)
        }
        if (result._tag === "Left") expect(result.left.hint).toMatch(advice)
      })
    )

    const broken = (response: ServerResponse): void => {
      response.writeHead(200, { "content-type": JSON_TYPE })
      response.write('{"replies": [')
      setImmediate(() => response.destroy())
    }
    it.scoped.each([
      {
        what: "garbage",
        answer: answering(200, JSON_TYPE, "<<<"),
        detail: /^its answer is not \{"replies"/u
      },
      { what: "a page", answer: answering(200, "text/html", "<p>"), detail: /page for people/u },
      { what: "half an answer", answer: broken, detail: /broke off/u },
      { what: "too much", answer: answering(200, "text/plain", "x".repeat(1_048_577)), detail: /more than/u },
      { what: "nothing in time", answer: () => {}, detail: /within 1000 ms/u },
      { what: "later, and never", answer: answering(202, JSON_TYPE, ""), detail: /within 1000 ms/u }
    ])("that answers with $what is not asked again", ({ answer, detail }) =>
      Effect.gen(function* () {
        const { result } = yield* replying(answer, { timeoutMs: 1000 })
        expect(result).toMatchObject({
          _tag: "Left",
          left: { _tag: "AgentInterrupted", detail: expect.stringMatching(detail) }
        })
      })
    )

    it.scoped("where nobody listens is asked again, and its address is not told", () =>
      Effect.gen(function* () {
        const failure = yield* Effect.flip(asking("http://127.0.0.1:9/hook?key=hush"))
        expect(failure).toMatchObject({
          _tag: "AgentUnavailable",
          detail: "it cannot be reached: ECONNREFUSED"
        })
      })
    )
  })

  describe("n8n", () => {
    const given = { preset: "n8n" } as const
    it.scoped.each([
      { body: '{"output": "hi"}' },
      { body: '{"text": "hi"}' },
      { body: '[{"output": "hi"}]' }
    ])("answers $body", ({ body }) =>
      Effect.gen(function* () {
        const { received, result } = yield* replying(answering(200, JSON_TYPE, body), given)
        const sent = JSON.parse(received[0]?.body ?? "")
        expect(sent).toEqual({
          action: "sendMessage",
          sessionId: expect.stringMatching(/^[0-9a-f-]{36}$/u),
          chatInput: "hello"
        })
        expect(result).toMatchObject({ right: { replies: [{ text: "hi" }], reference: sent.sessionId } })
      })
    )

    it.scoped("is asked in the session of the conversation", () =>
      Effect.gen(function* () {
        const { received } = yield* replying(answering(200, JSON_TYPE, '{"output": ""}'), given, "ours")
        expect(JSON.parse(received[0]?.body ?? "")).toMatchObject({ sessionId: "ours" })
      })
    )

    it.scoped.each([
      { status: 500, _tag: "AgentInterrupted" },
      { status: 503, _tag: "AgentUnavailable" },
      { status: 429, _tag: "AgentUnavailable" }
    ])("knows no keys, so that after $status it is $_tag", ({ _tag, status }) =>
      Effect.gen(function* () {
        const { result } = yield* replying(answering(status, JSON_TYPE, "{}"), given)
        expect(result).toMatchObject({ left: { _tag } })
      })
    )
  })

  describe("Home Assistant", () => {
    const given = { preset: "homeassistant", language: "en" } as const
    const body = (conversation_id: string | null) =>
      JSON.stringify({
        response: {
          response_type: "action_done",
          language: "en",
          data: { targets: [], success: [], failed: [] },
          speech: { plain: { speech: "Turned on the light", extra_data: null } }
        },
        conversation_id,
        continue_conversation: false
      })

    it.scoped("is asked in its conversation, and says by what name", () =>
      Effect.gen(function* () {
        const first = yield* replying(answering(200, JSON_TYPE, body("c1")), given)
        expect(JSON.parse(first.received[0]?.body ?? "")).toEqual({ text: "hello", language: "en" })
        expect(first.result).toMatchObject({
          right: { replies: [{ text: "Turned on the light" }], reference: "c1" }
        })
        const second = yield* replying(answering(200, JSON_TYPE, body(null)), given, "c1")
        expect(JSON.parse(second.received[0]?.body ?? "")).toMatchObject({ conversation_id: "c1" })
        expect(second.result).toMatchObject({ right: { reference: "c1" } })
      })
    )

    it.scoped("that answers in other words is not asked again", () =>
      Effect.gen(function* () {
        const { result } = yield* replying(answering(200, JSON_TYPE, '{"message": "hi"}'), given)
        expect(result).toMatchObject({
          left: {
            _tag: "AgentInterrupted",
            detail: "its answer is not one of homeassistant: response is missing"
          }
        })
      })
    )
  })
})
