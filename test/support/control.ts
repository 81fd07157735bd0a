/** The control server of a gateway, asked as any other program would. */
import { request } from "node:http"
import { NodeContext } from "@effect/platform-node"
import { Effect, Ref, Stream } from "effect"
import type { Client } from "../../src/programs/control/client.ts"
import { withGateway } from "../../src/programs/control/client.ts"
import { SOCKET_FILE } from "../../src/schemas/control/socket.ts"
import type { Home } from "./gateway.ts"
import { eventually } from "./simulator.ts"

const socketOf = ({ stateDir }: Home): string => `${stateDir}/${SOCKET_FILE}`

export interface RawResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  readonly body: string
}

/** A request over the socket, without the typed client. A string is the body as it is, anything else its JSON. */
export const ask = (
  home: Home,
  path: string,
  method = "GET",
  payload?: unknown,
  headers: Readonly<Record<string, string>> = {}
) =>
  Effect.async<RawResponse, Error>((resume) => {
    const asked = request({ socketPath: socketOf(home), path, method, headers }, (response) => {
      let body = ""
      response.setEncoding("utf8")
      response.on("data", (text: string) => {
        body += text
      })
      response.on("end", () =>
        resume(Effect.succeed({ status: response.statusCode ?? 0, headers: response.headers, body }))
      )
    })
    asked.on("error", (error) => resume(Effect.fail(error)))
    if (payload !== undefined) asked.setHeader("content-type", "application/json")
    asked.end(typeof payload === "string" ? payload : JSON.stringify(payload))
    return Effect.sync(() => asked.destroy())
  })

/** Waits until the control server answers. */
export const awaitControl = (home: Home) =>
  eventually("the control server", Effect.option(ask(home, "/health")), (answer) => answer._tag === "Some")

/** Asks with the typed client, once the server answers. */
export const asking = <A, E, R>(home: Home, use: (client: Client) => Effect.Effect<A, E, R>) =>
  Effect.zipRight(awaitControl(home), withGateway(home.stateDir, use)).pipe(Effect.provide(NodeContext.layer))

/** Listens to events until the end of the scope; `seen` is what came so far, as its lines. */
export const listen = (home: Home, path = "/events") =>
  Effect.gen(function* () {
    yield* awaitControl(home)
    const seen = yield* Ref.make("")
    const lines = Stream.async<string>((emit) => {
      const asked = request({ socketPath: socketOf(home), path }, (response) => {
        response.setEncoding("utf8")
        response.on("data", (text: string) => void emit.single(text))
        response.on("end", () => void emit.end())
        response.on("error", () => void emit.end())
      })
      asked.on("error", () => void emit.end())
      asked.end()
      return Effect.sync(() => asked.destroy())
    })
    const listener = yield* lines.pipe(
      Stream.runForEach((text) => Ref.update(seen, (before) => before + text)),
      Effect.forkScoped
    )
    yield* eventually("the stream of events", Ref.get(seen), (text) => text.startsWith(":"))
    return { seen: Ref.get(seen), ended: listener.await }
  })
