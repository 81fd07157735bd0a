/** What time has to do with models: how long a connection may take, and how often a warning is given. */
import { createServer } from "node:net"
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Logger, Ref, TestClock } from "effect"
import { modelServer, saying } from "../../../support/modelServer.ts"
import { ask, asker, INTERFACES } from "./asking.ts"

/** A port that takes connections and never says a word, and what is done once there is one. */
const mute = Effect.gen(function* () {
  const connected = yield* Deferred.make<void>()
  const server = yield* Effect.acquireRelease(
    Effect.async<ReturnType<typeof createServer>>((resume) => {
      const made = createServer((socket) => {
        // The other side leaves without a word as well.
        socket.on("error", () => undefined)
        Deferred.unsafeDone(connected, Effect.void)
      })
      made.listen(0, "127.0.0.1", () => resume(Effect.succeed(made)))
    }),
    (made) => Effect.sync(() => made.close())
  )
  const address = server.address()
  return { port: typeof address === "object" && address !== null ? address.port : 0, connected }
})

describe("a connection", () => {
  it.scoped("that does not come about within ten seconds could not have begun anything", () =>
    Effect.gen(function* () {
      const { connected, port } = yield* mute
      // TLS is part of a connection.
      const asking = yield* Effect.fork(Effect.flip(ask(`https://127.0.0.1:${port}`)))
      yield* Deferred.await(connected)
      yield* TestClock.adjust("9 seconds")
      expect(yield* Fiber.poll(asking)).toMatchObject({ _tag: "None" })
      yield* TestClock.adjust("1 second")
      expect(yield* Fiber.join(asking)).toMatchObject({
        _tag: "AgentUnavailable",
        detail: "no connection within 10000 ms"
      })
    })
  )
})

describe("the warning of a server that cuts silently", () => {
  it.scoped("is given once an hour for each agent, with what to do about it", () =>
    Effect.gen(function* () {
      const warnings = yield* Ref.make<ReadonlyArray<string>>([])
      const logger = Logger.make(({ annotations, message }) => {
        const hint = [...annotations].find(([key]) => key === "hint")?.[1]
        Effect.runSync(Ref.update(warnings, (before) => [...before, `${String(message)} ${String(hint)}`]))
      })
      const server = yield* modelServer(saying({ text: ["hi"], inputTokens: 50 }))
      const asking = yield* asker
      const agent = { systemPrompt: "x".repeat(6000) }
      const once = asking(server.url, { agent, runtime: INTERFACES.chat }).pipe(
        Effect.provide(Logger.replace(Logger.defaultLogger, logger))
      )
      yield* once
      yield* once
      expect(yield* Ref.get(warnings)).toEqual([
        expect.stringMatching(/only 50 tokens.*OLLAMA_CONTEXT_LENGTH/u)
      ])
      yield* TestClock.adjust("1 hour")
      yield* once
      expect(yield* Ref.get(warnings)).toHaveLength(2)
    })
  )
})
