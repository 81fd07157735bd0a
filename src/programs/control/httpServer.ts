/** Node's HTTP server in a scope: nobody is left without an answer at its start, nor waited for at its end. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { ListenOptions } from "node:net"
import { HttpServer as Http, type HttpServerError } from "@effect/platform"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Effect, Layer } from "effect"

/**
 * A server listens before the application is there to serve, and Node drops a request that no one handles, without an
 * answer and without an end. Those that come early wait for the application.
 */
const holdUntilServed = (server: Server): void => {
  const early: Array<readonly [IncomingMessage, ServerResponse]> = []
  const hold = (request: IncomingMessage, response: ServerResponse) => void early.push([request, response])
  const handOver = (event: string, handle: typeof hold) => {
    if (event !== "request") return
    server.off("newListener", handOver)
    server.off("request", hold)
    for (const [request, response] of early) if (!response.closed) handle(request, response)
  }
  server.on("request", hold)
  server.on("newListener", handOver)
}

/** Connections that listen to events would keep a server from closing for as long as they like. */
const hangUpAtEnd = (server: Server) =>
  Effect.addFinalizer(() => Effect.sync(() => server.closeAllConnections()))

/** A server that listens until the scope closes, and then hangs up. More connections than it may have are refused. */
export const listening = (
  options: ListenOptions,
  { maxConnections }: { readonly maxConnections?: number } = {}
): Layer.Layer<Http.HttpServer, HttpServerError.ServeError> =>
  Layer.scoped(
    Http.HttpServer,
    Effect.gen(function* () {
      const node = createServer()
      if (maxConnections !== undefined) node.maxConnections = maxConnections
      holdUntilServed(node)
      const server = yield* NodeHttpServer.make(() => node, options)
      yield* hangUpAtEnd(node)
      return server
    })
  )
