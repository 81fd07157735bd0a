import { connect } from "node:net"
import {
  type HttpApp,
  HttpServer,
  type HttpServerError,
  HttpServerRequest,
  HttpServerResponse
} from "@effect/platform"
import { NodeHttpServer } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Layer, Ref } from "effect"
import { listening } from "../../../../src/programs/control/httpServer.ts"
import { BACKLOG, LOBBY_LIMITS, makeLobby } from "../../../../src/programs/control/web/lobby.ts"
import { eventually } from "../../../support/simulator.ts"

const KNOWN = "authorization: Bearer right\r\n"
const get = (path: string, headers = "") => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`

/** A connection that says something at once, what came back on it, and whether it is over. */
const dial = (port: number, said = "") =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const socket = connect(port, "127.0.0.1")
      let heard = ""
      socket.on("data", (data) => {
        heard += data.toString()
      })
      socket.on("error", () => undefined)
      if (said !== "") socket.write(said)
      return {
        socket,
        say: (text: string) => Effect.sync(() => void socket.write(text)),
        heard: Effect.sync(() => heard),
        hears: (text: string) =>
          eventually(
            text,
            Effect.sync(() => heard),
            (all) => all.includes(text)
          ),
        isOver: Effect.sync(() => socket.closed),
        over: eventually(
          "the end of the connection",
          Effect.sync(() => socket.closed),
          (closed) => closed
        )
      }
    }),
    ({ socket }) => Effect.sync(() => socket.destroy())
  )

/** A server behind a lobby, and how many requests its application was asked; `before` is what it takes to know somebody. */
const serving = (limits: Partial<typeof LOBBY_LIMITS> = {}, before: Effect.Effect<void> = Effect.void) =>
  Effect.gen(function* () {
    const asked = yield* Ref.make(0)
    const app: HttpApp.Default<HttpServerError.RequestError> = Effect.gen(function* () {
      yield* Ref.update(asked, (count) => count + 1)
      const request = yield* HttpServerRequest.HttpServerRequest
      if (request.url === "/never") return yield* Effect.never
      const body = request.method === "POST" ? yield* request.text : ""
      return HttpServerResponse.text(`to ${request.url} ${body}`)
    })
    const server = Context.get(
      yield* Layer.build(
        listening({ host: "127.0.0.1", port: 0, backlog: BACKLOG }, (serve) =>
          makeLobby({
            isKnown: ({ headers }) => Effect.as(before, headers.get("authorization") === "Bearer right"),
            serve,
            limits: { ...LOBBY_LIMITS, ...limits }
          })
        )
      ),
      HttpServer.HttpServer
    )
    yield* HttpServer.serveEffect(app).pipe(
      Effect.provideService(HttpServer.HttpServer, server),
      Effect.provide(NodeHttpServer.layerContext)
    )
    if (server.address._tag !== "TcpAddress") return yield* Effect.dieMessage("it listens on a port")
    const { port } = server.address
    return { asked: Ref.get(asked), dial: (said?: string) => dial(port, said) }
  })

describe("a connection that shows no token", () => {
  it.scopedLive("has one request answered, and is over then", () =>
    Effect.gen(function* () {
      const { dial } = yield* serving()
      const { heard, over } = yield* dial(get("/one"))
      yield* over
      expect(yield* heard).toMatch(/^HTTP\/1.1 200 OK\r\n.*connection: close\r\n.*to \/one/isu)
    })
  )

  it.scopedLive("has a request answered that comes in pieces, its body included", () =>
    Effect.gen(function* () {
      const { dial } = yield* serving()
      const { hears, over, say } = yield* dial("POST /form HTTP/1.1\r\nHost: local")
      for (const piece of ["host\r\nContent-Length: 4\r\n\r", "\nab", "cd"]) {
        yield* Effect.sleep("20 millis")
        yield* say(piece)
      }
      yield* hears("to /form abcd")
      yield* over
    })
  )

  it.scopedLive("is hung up on unanswered when it asks for more at once", () =>
    Effect.gen(function* () {
      const { asked, dial } = yield* serving()
      const { heard, over } = yield* dial(get("/").repeat(2000))
      yield* over
      expect(yield* heard).toBe("")
      expect(yield* asked).toBe(0)
    })
  )

  it.scopedLive("is hung up on when it asks for more before its answer has come", () =>
    Effect.gen(function* () {
      const { asked, dial } = yield* serving()
      const { over, say } = yield* dial(get("/never"))
      yield* eventually("the request", asked, (count) => count === 1)
      yield* say(get("/"))
      yield* over
      expect(yield* asked).toBe(1)
    })
  )

  it.scopedLive("is hung up on when its head does not come, or does not end", () =>
    Effect.gen(function* () {
      const { asked, dial } = yield* serving({ headWithinMs: 200 })
      const idle = yield* dial()
      const slow = yield* dial("GET / HTTP/1.1\r\n")
      const long = yield* dial(`GET / HTTP/1.1\r\nx: ${"y".repeat(20_000)}`)
      for (const { over } of [idle, slow, long]) yield* over
      expect(yield* asked).toBe(0)
    })
  )

  it.scopedLive("is hung up on when its answer does not come", () =>
    Effect.gen(function* () {
      const { dial } = yield* serving({ answerWithinMs: 200 })
      const { over } = yield* dial(get("/never"))
      yield* over
    })
  )

  it.scopedLive("with a long body is answered without it", () =>
    Effect.gen(function* () {
      const { dial } = yield* serving()
      const head = "GET /long HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"
      const { hears } = yield* dial(`${head}${"x".repeat(30_000)}`)
      yield* hears("to /long")
    })
  )

  it.scopedLive("makes room for a newer one where there are too many", () =>
    Effect.gen(function* () {
      const { dial } = yield* serving({ perNetwork: 3 })
      const first = yield* dial()
      const others = yield* Effect.replicateEffect(Effect.delay(dial(), "20 millis"), 3)
      yield* first.over
      for (const { isOver } of others) expect(yield* isOver).toBe(false)
      const last = yield* dial(get("/last"))
      yield* last.hears("to /last")
    })
  )

  it.scopedLive("is answered in the middle of a crowd that comes all at once", () =>
    Effect.gen(function* () {
      const { dial } = yield* serving()
      const crowd = Effect.replicateEffect(dial(), 300)
      yield* crowd
      const one = yield* dial(get("/one"))
      yield* crowd
      yield* one.hears("to /one")
    })
  )
})

describe("a connection that shows the token", () => {
  it.scopedLive("stays, for one request after the other, whoever else comes", () =>
    Effect.gen(function* () {
      const { dial } = yield* serving({ perNetwork: 2, headWithinMs: 100 })
      const { hears, say } = yield* dial(get("/one", KNOWN))
      yield* hears("to /one")
      yield* Effect.replicateEffect(dial(), 20)
      yield* Effect.sleep("1500 millis")
      yield* say(get("/two", KNOWN))
      yield* hears("to /two")
    })
  )

  it.scopedLive("may send a body that is longer than what is read at once", () =>
    Effect.gen(function* () {
      const { dial } = yield* serving()
      const head = `POST /long HTTP/1.1\r\nHost: localhost\r\n${KNOWN}Content-Length: 300001\r\n\r\n`
      const { hears } = yield* dial(`${head}${"x".repeat(300_000)}!`)
      yield* hears("x!")
    })
  )

  it.scopedLive("is hung up on when it asks on before its answer has come", () =>
    Effect.gen(function* () {
      const { asked, dial } = yield* serving()
      const { over } = yield* dial(get("/never", KNOWN).repeat(2))
      yield* over
      expect(yield* asked).toBe(1)
    })
  )

  it.scopedLive("is told so where there are as many as may be", () =>
    Effect.gen(function* () {
      const { dial } = yield* serving({ known: 1 })
      const first = yield* dial(get("/one", KNOWN))
      yield* first.hears("to /one")
      const second = yield* dial(get("/two", KNOWN))
      yield* second.hears("too_many_connections")
      yield* second.over
    })
  )
})

describe("where it takes a while to know somebody", () => {
  const later = Effect.sleep("50 millis")

  it.scopedLive("hands over who is known, with all that they sent meanwhile", () =>
    Effect.gen(function* () {
      const { dial } = yield* serving({}, later)
      const head = `POST /form HTTP/1.1\r\nHost: local\r\n${KNOWN}Content-Length: 6\r\n\r\n`
      const { hears, isOver, say } = yield* dial(`${head}ab`)
      yield* Effect.sleep("20 millis")
      yield* say("cd")
      yield* Effect.sleep("100 millis")
      yield* say("ef")
      yield* hears("to /form abcdef")
      yield* say(get("/three", KNOWN))
      yield* hears("to /three")
      expect(yield* isOver).toBe(false)
    })
  )

  it.scopedLive("answers one request of a stranger, whose body comes meanwhile", () =>
    Effect.gen(function* () {
      const { dial } = yield* serving({}, later)
      const { hears, over, say } = yield* dial(
        "POST /form HTTP/1.1\r\nHost: local\r\nContent-Length: 4\r\n\r\nab"
      )
      yield* Effect.sleep("20 millis")
      yield* say("c")
      yield* Effect.sleep("100 millis")
      yield* say("d")
      yield* hears("to /form abcd")
      yield* over
    })
  )

  it.scopedLive("hangs up on a stranger who sends more meanwhile", () =>
    Effect.gen(function* () {
      const { asked, dial } = yield* serving({}, later)
      const { over, say } = yield* dial(get("/one"))
      yield* Effect.sleep("20 millis")
      yield* say(get("/two"))
      yield* over
      expect(yield* asked).toBeLessThan(2)
    })
  )

  it.scopedLive("answers others although some left while they were looked up", () =>
    Effect.gen(function* () {
      const held = yield* Effect.makeLatch(false)
      const { asked, dial } = yield* serving({}, held.await)
      for (let count = 0; count < 10; count++) {
        const { over, socket } = yield* dial(get("/left", KNOWN))
        yield* Effect.sleep("10 millis")
        socket.destroy()
        yield* over
      }
      const { hears } = yield* dial(get("/stayed", KNOWN))
      yield* Effect.sleep("50 millis")
      yield* held.open
      yield* hears("to /stayed")
      expect(yield* asked).toBe(1)
    })
  )

  it.scopedLive("hangs up on who is not known in time", () =>
    Effect.gen(function* () {
      const { asked, dial } = yield* serving({ answerWithinMs: 100 }, Effect.never)
      const { over } = yield* dial(get("/one", KNOWN))
      yield* over
      expect(yield* asked).toBe(0)
    })
  )

  it.scopedLive("hangs up where it fails", () =>
    Effect.gen(function* () {
      const { dial } = yield* serving({}, Effect.zipRight(later, Effect.die("broken")))
      const { over } = yield* dial(get("/one", KNOWN))
      yield* over
    })
  )
})
