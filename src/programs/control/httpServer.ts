/** Node's HTTP server in a scope: nobody is left without an answer at its start, nor waited for at its end. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { ListenOptions, Socket } from "node:net"
import { type HttpApp, type HttpMiddleware, HttpServer, HttpServerError } from "@effect/platform"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Effect, Layer, type Scope } from "effect"

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

const listen = (server: Server, options: ListenOptions): Effect.Effect<void, HttpServerError.ServeError> =>
  Effect.async((resume) => {
    const onError = (cause: Error) => resume(new HttpServerError.ServeError({ cause }))
    server.once("error", onError)
    server.listen(options, () => {
      server.off("error", onError)
      resume(Effect.void)
    })
  })

/** Whoever listens to events would keep a server from closing for as long as they like. */
const hangUp = (server: Server, connections: ReadonlySet<Socket>): Effect.Effect<void> =>
  Effect.async((resume) => {
    server.close(() => resume(Effect.void))
    for (const connection of connections) connection.destroy()
  })

const addressOf = (server: Server): HttpServer.Address => {
  const address = server.address()
  return address === null || typeof address === "string"
    ? { _tag: "UnixAddress", path: address ?? "" }
    : { _tag: "TcpAddress", hostname: address.address, port: address.port }
}

const serveOn =
  (server: Server) =>
  (
    app: HttpApp.Default<unknown>,
    middleware?: HttpMiddleware.HttpMiddleware
  ): Effect.Effect<void, never, Scope.Scope> =>
    Effect.flatMap(
      middleware === undefined
        ? NodeHttpServer.makeHandler(app)
        : NodeHttpServer.makeHandler(app, middleware),
      (handle) =>
        Effect.acquireRelease(
          Effect.sync(() => void server.on("request", handle)),
          () => Effect.sync(() => void server.off("request", handle))
        )
    )

/**
 * A server that listens until the scope closes, and then hangs up. More connections than it may have are refused.
 *
 * It is the platform's but for WebSockets: that one takes every connection that asks for an upgrade out of Node's
 * hands, from then on has nobody who hears of its errors, and waits for its end.
 */
export const listening = (
  options: ListenOptions,
  { maxConnections }: { readonly maxConnections?: number } = {}
): Layer.Layer<HttpServer.HttpServer, HttpServerError.ServeError> =>
  Layer.scoped(
    HttpServer.HttpServer,
    Effect.gen(function* () {
      const server = createServer()
      const connections = new Set<Socket>()
      if (maxConnections !== undefined) server.maxConnections = maxConnections
      server.on("connection", (connection) => {
        connections.add(connection)
        connection.once("close", () => connections.delete(connection))
      })
      holdUntilServed(server)
      yield* Effect.acquireRelease(listen(server, options), () => hangUp(server, connections))
      return HttpServer.make({ address: addressOf(server), serve: serveOn(server) })
    })
  )
