/** What can go wrong with a model's server, and what becomes of a turn then. */
import { createServer } from "node:net"
import { describe, expect, it } from "@effect/vitest"
import { Cause, Effect, Fiber, Inspectable, Schedule, Stream } from "effect"
import type { AgentError } from "../../../../src/schemas/errors/agent.ts"
import {
  type Deed,
  hanging,
  modelServer,
  raw,
  refusing,
  saying,
  slamming,
  streaming
} from "../../../support/modelServer.ts"
import { type AskOptions, ask, exchange, INTERFACES, KEY } from "./asking.ts"

const failing = (deed: Deed, options: AskOptions = {}) =>
  Effect.gen(function* () {
    const server = yield* modelServer(deed)
    return yield* Effect.flip(ask(server.url, options))
  })

/** Everything of a failure that anybody could come to see. */
const shown = (error: AgentError): string =>
  [
    error.message,
    error.hint,
    error.report,
    String(error),
    JSON.stringify(error),
    Inspectable.format(error),
    error.stack ?? "",
    Cause.pretty(Cause.fail(error), { renderErrorCause: true })
  ].join("\n")

const hello = { text: ["Hello", " you"] }
/** Short for one thing each: a busy machine is slow with the rest. */
const impatient = { ...INTERFACES.chat, silenceMs: 200 }
const hurried = { ...INTERFACES.chat, timeoutMs: 1500 }

/** A port of this machine on which nobody listens. */
const freePort = Effect.async<number>((resume) => {
  const server = createServer()
  server.listen(0, "127.0.0.1", () => {
    const address = server.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    server.close(() => resume(Effect.succeed(port)))
  })
})

describe("what could not have begun is unavailable", () => {
  it.scopedLive("where nobody listens", () =>
    Effect.gen(function* () {
      const port = yield* freePort
      expect(yield* Effect.flip(ask(`http://127.0.0.1:${port}`))).toMatchObject({
        _tag: "AgentUnavailable",
        message: "agent main cannot be asked: no connection (ECONNREFUSED)"
      })
    })
  )

  it.scopedLive.each([408, 429, 500, 502, 503, 529])("where the server answers %i", (status) =>
    Effect.gen(function* () {
      const error = yield* failing(refusing(status, { error: { message: "busy", type: "busy" } }))
      expect(error).toMatchObject({ _tag: "AgentUnavailable", detail: `HTTP ${status} (busy)`, said: "busy" })
      expect(error).not.toHaveProperty("retryAfterMs")
    })
  )

  it.scopedLive("and says when to ask again, as the server does", () =>
    Effect.gen(function* () {
      const error = yield* failing(refusing(429, { error: { message: "slow down" } }, { "retry-after": "7" }))
      expect(error).toMatchObject({ _tag: "AgentUnavailable", retryAfterMs: 7000 })
    })
  )

  it.scopedLive("where Anthropic is overloaded before it has said anything", () =>
    Effect.gen(function* () {
      const deed = raw(
        'event: error\ndata: {"type":"error","error":{"type":"rate_limit_error","message":"wait"}}\n\n'
      )
      const error = yield* failing(deed, { runtime: INTERFACES.anthropic })
      expect(error).toMatchObject({ _tag: "AgentUnavailable" })
    })
  )
})

describe("what a person must mend is refused", () => {
  it.scopedLive.each([
    [400, "maxTokens"],
    [401, "runtime.apiKey"],
    [402, "billing page"],
    [403, "runtime.apiKey"],
    [404, "runtime.model"],
    [413, "larger context"],
    [422, "temperature"],
    [301, "runtime.baseUrl"]
  ] as const)("with advice: HTTP %i, %s", ([status, advice]) =>
    Effect.gen(function* () {
      const error = yield* failing(refusing(status, { error: { message: "no", code: "a_code" } }))
      expect(error).toMatchObject({
        _tag: "AgentRefused",
        message: `agent main refuses: HTTP ${status} (a_code)`,
        hint: expect.stringContaining(advice)
      })
    })
  )

  it.scopedLive("although it is said with a 429, where the money is gone", () =>
    Effect.gen(function* () {
      const error = yield* failing(refusing(429, { error: { message: "quota", code: "insufficient_quota" } }))
      expect(error).toMatchObject({ _tag: "AgentRefused", hint: expect.stringContaining("billing page") })
    })
  )

  it.scopedLive("although it is said in a 200, as OpenRouter does", () =>
    Effect.gen(function* () {
      const error = yield* failing(
        refusing(200, { error: { code: 401, message: "No auth credentials found" } })
      )
      expect(error).toMatchObject({ _tag: "AgentRefused", said: "No auth credentials found" })
    })
  )
})

describe("what may have begun is interrupted, and not asked again", () => {
  it.scopedLive.each([
    ["the connection is cut before a word", slamming, "broke off|ended without its end"],
    ["the connection is cut in the midst", streaming(hello, 2, Stream.fail("cut")), "broke off"],
    ["the answer ends without its end", streaming(hello, 2, Stream.empty), "without its end"],
    ["an event is no JSON", streaming(hello, 2, Stream.make("data: {oops\n\n")), "not JSON"],
    ["nothing of the answer is known", raw("data: 7\n\n"), "without its end"],
    ["a page comes in place of an answer", raw("<html>hello</html>"), "without its end"],
    [
      "the stream reports an error",
      streaming(hello, 2, Stream.make('data: {"error":{"code":502,"message":"gone"},"choices":[]}\n\n')),
      "reported an error"
    ],
    [
      "the stream reports an error of nobody knows what kind",
      raw('data: {"error":{"message":"boom"}}\n\n'),
      "reported an error"
    ]
  ] as const)("where %s", ([, deed, detail]) =>
    Effect.gen(function* () {
      expect(yield* failing(deed)).toMatchObject({
        _tag: "AgentInterrupted",
        detail: expect.stringMatching(new RegExp(detail, "u"))
      })
    })
  )

  it.scopedLive.each([
    {
      what: "falls silent",
      deed: streaming(hello, 2, Stream.never),
      runtime: impatient,
      detail: "it was silent for 200 ms"
    },
    {
      what: "never begins",
      deed: hanging,
      runtime: hurried,
      detail: "no answer within 1500 ms, which agents.list[].runtime.timeoutMs allows"
    }
  ])("where the server $what", ({ deed, detail, runtime }) =>
    Effect.gen(function* () {
      expect(yield* failing(deed, { runtime })).toMatchObject({ _tag: "AgentInterrupted", detail })
    })
  )

  it.scopedLive("where an answer in one piece is no JSON", () =>
    Effect.gen(function* () {
      const deed: Deed = () =>
        Effect.succeed({
          status: 200,
          headers: { "content-type": "application/json" },
          pieces: Stream.make("<html>")
        })
      const error = yield* failing(deed, { runtime: { ...INTERFACES.chat, stream: false } })
      expect(error).toMatchObject({ _tag: "AgentInterrupted", detail: "its answer is not JSON" })
    })
  )

  it.scopedLive("where the answer has no end", () =>
    Effect.gen(function* () {
      const piece = "x".repeat(64 * 1024)
      const error = yield* failing(saying({ text: Array.from({ length: 20 }, () => piece) }))
      expect(error).toMatchObject({ _tag: "AgentInterrupted", detail: expect.stringContaining("1048576") })
    })
  )
})

describe("an interruption", () => {
  it.scopedLive.each([
    ["before the answer", hanging],
    ["in the midst of it", streaming(hello, 2, Stream.never)]
  ] as const)("closes the connection: %s", ([, deed]) =>
    Effect.gen(function* () {
      const server = yield* modelServer(deed)
      const asking = yield* Effect.fork(ask(server.url))
      const until = <A>(look: Effect.Effect<A>, is: (found: A) => boolean) =>
        Effect.repeat(look, { until: is, schedule: Schedule.spaced(10) }).pipe(Effect.timeout(5000))
      yield* until(server.asked, (asked) => asked.length === 1)
      expect(yield* server.givenUp).toBe(0)
      yield* Fiber.interrupt(asking)
      yield* until(server.givenUp, (count) => count === 1)
      expect(yield* server.givenUp).toBe(1)
    })
  )
})

describe("the key", () => {
  const repeating = {
    error: {
      message: `Incorrect API key provided: ${KEY} (${KEY.slice(0, 8)}*****${KEY.slice(-4)}). In: Bearer ${KEY}`,
      type: "invalid_request_error",
      code: KEY
    }
  }

  it.scopedLive.each([
    ["a refusal", refusing(401, repeating), INTERFACES.chat],
    ["an overload", refusing(503, repeating), INTERFACES.anthropic],
    ["an error in the stream", raw(`data: ${JSON.stringify(repeating)}\n\n`), INTERFACES.responses],
    ["a lost connection", slamming, INTERFACES.chat],
    ["a page of HTML", refusing(404, `<html>${KEY}</html>`), INTERFACES.chat]
  ] as const)("shows in no error: %s", ([, deed, runtime]) =>
    Effect.gen(function* () {
      const text = shown(yield* failing(deed, { runtime }))
      expect(text).not.toContain(KEY)
      expect(text).not.toContain(KEY.slice(0, 8))
      expect(text).not.toContain(`*${KEY.slice(-4)}`)
    })
  )

  it.scopedLive("of a header of one's own shows in none either", () =>
    Effect.gen(function* () {
      const secret = "a-title-of-my-own"
      const deed = refusing(400, { error: { message: `bad header ${secret}` } })
      const error = yield* failing(deed, { runtime: { ...INTERFACES.chat, headers: { "X-Token": secret } } })
      expect(error).toMatchObject({ said: "bad header <redacted>" })
    })
  )
})

describe("what people wrote", () => {
  it.scopedLive("is in no message of a failure, for those are logged: only in its report", () =>
    Effect.gen(function* () {
      const deed = refusing(400, { error: { message: "cannot read 'my diary'" } })
      const error = yield* failing(deed, { exchanges: [exchange("my diary", "ok")] })
      expect(`${error.message} ${error.hint}`).not.toContain("diary")
      expect(error.report).toContain("diary")
    })
  )
})
