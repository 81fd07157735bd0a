/** Node's HTTP server in a scope: nobody is left without an answer at its start, nor waited for at its end. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import {
  createServer as createListener,
  type Server as Listener,
  type ListenOptions,
  type Socket
} from "node:net"
import type { Duplex } from "node:stream"
import { type HttpApp, type HttpMiddleware, HttpServer, HttpServerError } from "@effect/platform"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Effect, Layer, type Scope } from "effect"
import { OneRequest } from "./web/OneRequest.ts"

/** A connection on which nothing moves for so long, in ms, is closed: longer than an answer may take. */
const SILENT_FOR_MS = 330_000

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

const listen = (server: Listener, options: ListenOptions): Effect.Effect<void, HttpServerError.ServeError> =>
  Effect.async((resume) => {
    const onError = (cause: Error) => resume(new HttpServerError.ServeError({ cause }))
    server.once("error", onError)
    server.listen(options, () => {
      server.off("error", onError)
      resume(Effect.void)
    })
  })

/** Whoever listens to events would keep a server from closing for as long as they like. */
const hangUp = (server: Listener, connections: ReadonlySet<Socket>): Effect.Effect<void> =>
  Effect.async((resume) => {
    server.close(() => resume(Effect.void))
    for (const connection of connections) connection.destroy()
  })

const addressOf = (server: Listener): HttpServer.Address => {
  const address = server.address()
  return address === null || typeof address === "string"
    ? { _tag: "UnixAddress", path: address ?? "" }
    : { _tag: "TcpAddress", hostname: address.address, port: address.port }
}

/** One answer at a time: who asks on before it has come wants a queue of ours, and is hung up on. */
const oneByOne = (handle: (request: IncomingMessage, response: ServerResponse) => void): typeof handle => {
  const busy = new WeakSet<Duplex>()
  return (request, response) => {
    const { socket } = request
    if (busy.has(socket)) return void socket.destroy()
    busy.add(socket)
    response.once("close", () => busy.delete(socket))
    // A request that is the only one of its connection.
    if (socket instanceof OneRequest) response.shouldKeepAlive = false
    handle(request, response)
  }
}

const serveOn =
  (server: Server) =>
  (
    app: HttpApp.Default<unknown>,
    middleware?: HttpMiddleware.HttpMiddleware
  ): Effect.Effect<void, never, Scope.Scope> =>
    Effect.flatMap(
      Effect.map(
        middleware === undefined
          ? NodeHttpServer.makeHandler(app)
          : NodeHttpServer.makeHandler(app, middleware),
        oneByOne
      ),
      (handle) =>
        Effect.acquireRelease(
          Effect.sync(() => void server.on("request", handle)),
          () => Effect.sync(() => void server.off("request", handle))
        )
    )

/** Takes the connections of a listener, and hands to the HTTP server those that may ask it. */
export type Door = (
  serve: (connection: Duplex) => void
) => Effect.Effect<{ readonly receive: (connection: Socket) => void }, never, Scope.Scope>

/** Everybody may ask at once. */
const openDoor: Door = (serve) => Effect.succeed({ receive: serve })

/**
 * A server that listens until the scope closes, and then hangs up. What comes in passes the door first.
 *
 * It is the platform's but for WebSockets: that one takes every connection that asks for an upgrade out of Node's
 * hands, from then on has nobody who hears of its errors, and waits for its end.
 */
export const listening = (
  options: ListenOptions,
  door: Door = openDoor
): Layer.Layer<HttpServer.HttpServer, HttpServerError.ServeError> =>
  Layer.scoped(
    HttpServer.HttpServer,
    Effect.gen(function* () {
      const server = createServer()
      server.timeout = SILENT_FOR_MS
      const { receive } = yield* door((connection) => void server.emit("connection", connection))
      const connections = new Set<Socket>()
      // Half-closed stays open, as Node's HTTP server has it: who asks may say that this was all.
      const listener = createListener({ allowHalfOpen: true, noDelay: true }, (connection) => {
        connections.add(connection)
        connection.once("close", () => connections.delete(connection))
        receive(connection)
      })
      holdUntilServed(server)
      yield* Effect.acquireRelease(listen(listener, options), () => hangUp(listener, connections))
      return HttpServer.make({ address: addressOf(listener), serve: serveOn(server) })
    })
  )
