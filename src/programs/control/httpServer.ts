/** Node's HTTP server in a scope, without waiting for those who never hang up. */
import { createServer, type Server } from "node:http"
import type { ListenOptions } from "node:net"
import { HttpServer as Http, type HttpServerError } from "@effect/platform"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Effect, Layer } from "effect"

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
      const server = yield* NodeHttpServer.make(() => node, options)
      yield* hangUpAtEnd(node)
      return server
    })
  )
