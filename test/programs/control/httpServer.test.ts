import { request } from "node:http"
import { FileSystem, HttpServer, HttpServerRequest, HttpServerResponse, Path } from "@effect/platform"
import { NodeContext, NodeHttpServer } from "@effect/platform-node"
import { expect, it } from "@effect/vitest"
import { Context, Deferred, Effect, Fiber, Layer } from "effect"
import { listening } from "../../../src/programs/control/httpServer.ts"

const get = (socketPath: string, path: string, sent: Effect.Effect<unknown> = Effect.void) =>
  Effect.async<string, Error>((resume) => {
    const asked = request({ socketPath, path }, (response) => {
      let body = ""
      response.setEncoding("utf8")
      response.on("data", (text: string) => {
        body += text
      })
      response.on("end", () => resume(Effect.succeed(body)))
    })
    asked.on("error", (error) => resume(Effect.fail(error)))
    asked.on("finish", () => Effect.runSync(sent))
    asked.end()
    return Effect.sync(() => asked.destroy())
  })

/** A request that is on its way, and not answered yet. */
const askEarly = (socketPath: string, path: string) =>
  Effect.gen(function* () {
    const sent = yield* Deferred.make<void>()
    const answer = yield* Effect.fork(get(socketPath, path, Deferred.succeed(sent, undefined)))
    yield* Deferred.await(sent)
    return answer
  })

const app = Effect.map(HttpServerRequest.HttpServerRequest, ({ url }) => HttpServerResponse.text(`to ${url}`))

it.scopedLive("answers those who asked before there was an application, and those who ask after", () =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const socket = path.join(yield* fs.makeTempDirectoryScoped({ prefix: "imsg-http-" }), "s")
    const server = Context.get(yield* Layer.build(listening({ path: socket })), HttpServer.HttpServer)
    const early = yield* Effect.forEach(["/one", "/two"], (asked) => askEarly(socket, asked))
    yield* Effect.flatMap(askEarly(socket, "/impatient"), Fiber.interrupt)
    yield* HttpServer.serveEffect(app).pipe(
      Effect.provideService(HttpServer.HttpServer, server),
      Effect.provide(NodeHttpServer.layerContext)
    )
    expect([...(yield* Effect.timeout(Fiber.joinAll(early), "5 seconds"))]).toEqual(["to /one", "to /two"])
    expect(yield* get(socket, "/later")).toBe("to /later")
  }).pipe(Effect.provide(NodeContext.layer))
)
