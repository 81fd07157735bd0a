/** A web server on this machine, for the time of a test. */
import { createServer } from "node:http"
import { HttpRouter, HttpServer, HttpServerResponse } from "@effect/platform"
import { NodeHttpServer } from "@effect/platform-node"
import { Context, Effect, Layer } from "effect"

/** Serves one file as plain text, and answers the server's address. */
export const serving = (name: string, bytes: Uint8Array) =>
  Effect.gen(function* () {
    const server = yield* Layer.build(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 }))
    const router = HttpRouter.empty.pipe(
      HttpRouter.get(`/${name}`, HttpServerResponse.uint8Array(bytes, { contentType: "text/plain" }))
    )
    yield* HttpServer.serveEffect(router).pipe(Effect.provide(server))
    const { address } = Context.get(server, HttpServer.HttpServer)
    return address._tag === "TcpAddress"
      ? `http://127.0.0.1:${address.port}`
      : yield* Effect.dieMessage("no port")
  })
