/** A model's server for tests: what it says, and all that can go wrong with it. */
import { Effect, Ref, Stream } from "effect"
import {
  type ModelRequest,
  type ModelResponse,
  serveModel
} from "../../src/programs/simulator/model/ModelServer.ts"
import { eventStream, eventsOf, json, say } from "../../src/programs/simulator/model/say.ts"
import type { ModelAnswer } from "../../src/programs/simulator/model/shapes.ts"

/** What the server does with one request. */
export type Deed = (request: ModelRequest) => Effect.Effect<ModelResponse>

export const saying =
  (answer: ModelAnswer | string): Deed =>
  (request) =>
    Effect.succeed(say(request, typeof answer === "string" ? { text: [answer] } : answer))

/** An error page. */
export const refusing =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Deed =>
  () =>
    Effect.succeed(json(status, body, headers))

/** Never even begins to answer. */
export const hanging: Deed = () => Effect.never

/** Takes the question, and cuts the connection. */
export const slamming: Deed = () =>
  Effect.succeed({
    status: 200,
    headers: { "content-type": "text/event-stream" },
    pieces: Stream.fail("cut")
  })

/** Streams so many events of an answer, then does something else with the rest. */
export const streaming =
  (answer: ModelAnswer, count: number, then: ModelResponse["pieces"]): Deed =>
  (request) =>
    Effect.succeed(
      eventStream(Stream.concat(Stream.fromIterable(eventsOf(request, answer).slice(0, count)), then))
    )

/** Streams these pieces as they are. */
export const raw =
  (...pieces: ReadonlyArray<string>): Deed =>
  () =>
    Effect.succeed(eventStream(Stream.fromIterable(pieces)))

/** A server that does these things, one a request; the last one again and again. */
export const modelServer = (first: Deed, ...more: ReadonlyArray<Deed>) =>
  Effect.gen(function* () {
    const count = yield* Ref.make(0)
    return yield* serveModel((request) =>
      Effect.flatMap(
        Ref.getAndUpdate(count, (before) => before + 1),
        (at) => ([first, ...more][at] ?? more.at(-1) ?? first)(request)
      )
    )
  })
