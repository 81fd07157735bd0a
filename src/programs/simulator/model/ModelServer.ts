/** A stand-in for a model's server, on a free port of this machine: what it answers is decided by who starts it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { Chunk, Effect, FiberSet, Option, Ref, Schema, type Scope, Stream } from "effect"

/** What was asked. `path` is without its query, `body` as it was decoded. */
export interface ModelRequest {
  readonly path: string
  readonly headers: IncomingMessage["headers"]
  readonly body: unknown
}

/** What is answered, piece by piece; where the pieces fail the connection is cut. */
export interface ModelResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly pieces: Stream.Stream<string, "cut">
}

export interface ModelServer {
  /** `http://127.0.0.1:<port>`, without a path. */
  readonly url: string
  readonly asked: Effect.Effect<ReadonlyArray<ModelRequest>>
  /** How many requests their clients gave up before they were answered. */
  readonly givenUp: Effect.Effect<number>
}

const decodeBody = Schema.decodeOption(Schema.parseJson())

const bodyOf = (request: IncomingMessage): Effect.Effect<unknown> =>
  Stream.fromAsyncIterable<unknown, "cut">(request, () => "cut" as const).pipe(
    Stream.runCollect,
    Effect.map((chunks) =>
      Buffer.concat(Chunk.toReadonlyArray(chunks).filter((chunk) => chunk instanceof Uint8Array)).toString()
    ),
    Effect.map((text) => Option.getOrUndefined(decodeBody(text))),
    Effect.orElseSucceed(() => undefined)
  )

const write = (response: ServerResponse, piece: string): Effect.Effect<void> =>
  Effect.async((resume) => {
    response.write(piece, () => resume(Effect.void))
  })

const respond = (response: ServerResponse, { headers, pieces, status }: ModelResponse): Effect.Effect<void> =>
  Effect.sync(() => {
    response.writeHead(status, headers)
    response.flushHeaders()
  }).pipe(
    Effect.zipRight(Stream.runForEach(pieces, (piece) => write(response, piece))),
    Effect.matchEffect({
      onFailure: () => Effect.sync(() => response.destroy()),
      onSuccess: () => Effect.sync(() => response.end())
    })
  )

const listening = (server: Server): Effect.Effect<number> =>
  Effect.async((resume) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      resume(
        typeof address === "object" && address !== null
          ? Effect.succeed(address.port)
          : Effect.dieMessage("a server that listens has a port")
      )
    })
  })

const closed = (server: Server): Effect.Effect<void> =>
  Effect.async((resume) => {
    server.close(() => resume(Effect.void))
    server.closeAllConnections()
  })

/** Serves until the scope ends. */
export const serveModel = (
  answer: (request: ModelRequest) => Effect.Effect<ModelResponse>
): Effect.Effect<ModelServer, never, Scope.Scope> =>
  Effect.gen(function* () {
    const asked = yield* Ref.make<ReadonlyArray<ModelRequest>>([])
    const givenUp = yield* Ref.make(0)
    const run = yield* FiberSet.makeRuntime<never>()
    const serve = (request: IncomingMessage, response: ServerResponse) =>
      Effect.gen(function* () {
        const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1")
        const one = { path: pathname, headers: request.headers, body: yield* bodyOf(request) }
        yield* Ref.update(asked, (before) => [...before, one])
        const gone = Effect.async<void>((resume) => {
          response.once("close", () => resume(Effect.void))
        })
        yield* answer(one).pipe(
          Effect.flatMap((answered) => respond(response, answered)),
          // An answer that was given ends before its connection does.
          Effect.raceFirst(
            Effect.zipRight(
              gone,
              Ref.update(givenUp, (count) => count + 1)
            )
          )
        )
      })
    const server = yield* Effect.acquireRelease(
      Effect.sync(() => createServer((request, response) => void run(serve(request, response)))),
      closed
    )
    const port = yield* listening(server)
    return { url: `http://127.0.0.1:${port}`, asked: Ref.get(asked), givenUp: Ref.get(givenUp) }
  })
