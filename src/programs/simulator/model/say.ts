/** What a stand-in for a model answers, by the interface and in the way that it was asked for. */
import { Predicate, Stream } from "effect"
import type { ModelRequest, ModelResponse } from "./ModelServer.ts"
import { anthropic, chat, type ModelAnswer, responses, type Shape } from "./shapes.ts"

const shapeOf = (path: string): Shape | undefined => {
  if (path.endsWith("/chat/completions")) return chat
  if (path.endsWith("/responses")) return responses
  return path.endsWith("/messages") ? anthropic : undefined
}

const isStreamWanted = ({ body }: ModelRequest): boolean =>
  Predicate.hasProperty(body, "stream") && body.stream === true

/** An answer as JSON. */
export const json = (status: number, body: unknown, headers = {}): ModelResponse => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  pieces: Stream.make(JSON.stringify(body))
})

/** An answer as events. */
export const eventStream = (pieces: ModelResponse["pieces"]): ModelResponse => ({
  status: 200,
  headers: { "content-type": "text/event-stream" },
  pieces
})

/** What a model says in the pieces in which it would be sent, to who has asked for them. */
export const eventsOf = ({ path }: ModelRequest, answer: ModelAnswer): ReadonlyArray<string> =>
  shapeOf(path)?.events(answer) ?? []

/** What a model says, by the interface and in the way that it was asked for. Nothing else is known there. */
export const say = (request: ModelRequest, answer: ModelAnswer): ModelResponse => {
  const shape = shapeOf(request.path)
  if (shape === undefined)
    return json(404, { error: { message: "there is nothing here", type: "not_found" } })
  return isStreamWanted(request)
    ? eventStream(Stream.fromIterable(shape.events(answer)))
    : json(200, shape.whole(answer))
}

/** The models that a server has. */
export const listOf = (ids: ReadonlyArray<string>): ModelResponse =>
  json(200, {
    object: "list",
    data: ids.map((id) => ({ id, object: "model", created: 0, owned_by: "stand-in" }))
  })
