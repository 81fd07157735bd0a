import { request } from "node:http"
import { connect } from "node:net"
import {
  FileSystem,
  type HttpApp,
  HttpServer,
  HttpServerRequest,
  HttpServerResponse,
  Path
} from "@effect/platform"
import { NodeContext, NodeHttpServer } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Context, Deferred, Effect, Exit, Fiber, Layer, Scope } from "effect"
import { listening } from "../../../src/programs/control/httpServer.ts"
import { eventually } from "../../support/simulator.ts"

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

const UPGRADE = "GET /socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"

/** A server on a port of its own, until its scope is closed. */
const onPort = <E>(answer: HttpApp.Default<E>) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const server = Context.get(
      yield* Scope.extend(Layer.build(listening({ host: "127.0.0.1", port: 0 })), scope),
      HttpServer.HttpServer
    )
    yield* HttpServer.serveEffect(answer).pipe(
      Effect.provideService(HttpServer.HttpServer, server),
      Effect.provide(NodeHttpServer.layerContext),
      Scope.extend(scope)
    )
    if (server.address._tag !== "TcpAddress") return yield* Effect.dieMessage("it listens on a port")
    const { port } = server.address
    const dial = Effect.acquireRelease(
      Effect.sync(() => {
        const socket = connect(port, "127.0.0.1")
        let said = ""
        socket.on("data", (data) => {
          said += data.toString()
        })
        socket.on("error", () => undefined)
        socket.write(UPGRADE)
        return { socket, said: Effect.sync(() => said), isOver: Effect.sync(() => socket.closed) }
      }),
      ({ socket }) => Effect.sync(() => socket.destroy())
    )
    return { dial, end: Scope.close(scope, Exit.void) }
  })

describe("who asks for another protocol", () => {
  it.scopedLive("is answered as anybody, and a connection that breaks meanwhile harms nobody", () =>
    Effect.gen(function* () {
      const asked = yield* Deferred.make<void>()
      const mayAnswer = yield* Deferred.make<void>()
      const { dial, end } = yield* onPort(
        Deferred.succeed(asked, undefined).pipe(
          Effect.zipRight(Deferred.await(mayAnswer)),
          Effect.zipRight(app),
          Effect.uninterruptible
        )
      )
      const { socket } = yield* dial
      yield* Deferred.await(asked)
      socket.resetAndDestroy()
      const { said } = yield* dial
      yield* Deferred.succeed(mayAnswer, undefined)
      expect(yield* eventually("an answer", said, (words) => words.includes("/socket"))).toMatch(
        /^HTTP\/1.1 200 OK\r\n/u
      )
      yield* end
    })
  )

  it.scopedLive("keeps no server from its end", () =>
    Effect.gen(function* () {
      const asked = yield* Deferred.make<void>()
      const { dial, end } = yield* onPort(Effect.zipRight(Deferred.succeed(asked, undefined), Effect.never))
      const { isOver } = yield* dial
      yield* Deferred.await(asked)
      yield* Effect.timeout(end, "5 seconds")
      yield* eventually("the end of the connection", isOver, (over) => over)
    })
  )
})
