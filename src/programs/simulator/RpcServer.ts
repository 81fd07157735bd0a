import * as NodeStream from "@effect/platform-node/NodeStream"
import { Deferred, Effect, Either, Fiber, FiberSet, Layer, Option, Ref, Schema, Stream } from "effect"
import { ChatDatabase } from "./ChatDatabase.ts"
import { dispatch } from "./dispatch.ts"
import { Misbehaviour, noDiskAccess } from "./Misbehaviour.ts"
import { isMutation } from "./methods.ts"
import { Output } from "./Output.ts"
import {
  Delivery,
  internalError,
  laneBlocked,
  parseRequest,
  type Request,
  response,
  serverBusy
} from "./Rpc.ts"
import { Settings } from "./Settings.ts"
import { Watch } from "./Watch.ts"

const MOST_OUTSTANDING = 128
const READS_AT_ONCE = 4

/** The exit code of a process that writes to a pipe that nobody reads, as a shell reports it. */
const SIGPIPE_EXIT = 141

/** Answers one request with what is to follow the answer. */
const handle = (request: Request, performing = dispatch(request)) =>
  Effect.gen(function* () {
    const output = yield* Output
    const outcome = yield* Effect.either(performing)
    const write = (result: Parameters<typeof response>[1]) =>
      "id" in request ? output.lines([response(request.id, result)]) : Effect.void
    if (Either.isLeft(outcome)) return yield* write(Either.left(outcome.left))
    if (Option.isNone(outcome.right)) return
    const { afterwards, result } = outcome.right.value
    yield* write(Either.right(result))
    if (afterwards !== undefined) yield* afterwards
  })

const decodeDelivery = Schema.decodeUnknownOption(Delivery)

/** From 0.14: changes one after the other in the order in which they came, reads beside them. */
const makeLanes = Effect.gen(function* () {
  const output = yield* Output
  const outstanding = yield* FiberSet.make()
  const reads = yield* Effect.makeSemaphore(READS_AT_ONCE)
  const lastMutation = yield* Ref.make<Effect.Effect<void>>(Effect.void)
  /** What is still in flight, for good: only a new child clears it. */
  const inFlight = yield* Ref.make(Option.none<Delivery>())
  const mutation = (request: Request) =>
    Effect.flatMap(
      Ref.get(inFlight),
      Option.match({ onNone: () => dispatch(request), onSome: (by) => Effect.fail(laneBlocked(by)) })
    ).pipe(
      Effect.tapError(({ data }) => {
        const delivery = decodeDelivery(data)
        return Option.exists(delivery, ({ disposition }) => disposition === "still_in_flight")
          ? Ref.set(inFlight, delivery)
          : Effect.void
      })
    )
  const submit = (request: Request) =>
    Effect.gen(function* () {
      if ((yield* FiberSet.size(outstanding)) >= MOST_OUTSTANDING) {
        const busy = Either.left(serverBusy("too many outstanding requests"))
        if ("id" in request) yield* output.lines([response(request.id, busy)])
        return
      }
      if (!isMutation(request.method)) {
        yield* FiberSet.run(outstanding, reads.withPermits(1)(handle(request)))
        return
      }
      const done = yield* Deferred.make<void>()
      const previous = yield* Ref.getAndSet(lastMutation, Deferred.await(done))
      yield* FiberSet.run(
        outstanding,
        previous.pipe(
          Effect.zipRight(handle(request, mutation(request))),
          Effect.ensuring(Deferred.succeed(done, undefined))
        )
      )
    })
  return { submit, drained: FiberSet.awaitEmpty(outstanding) }
})

const requests = NodeStream.stdin.pipe(Stream.decodeText(), Stream.splitLines)

const readingLines = (onRequest: (request: Request) => Effect.Effect<void>) =>
  Effect.gen(function* () {
    const db = yield* ChatDatabase
    const output = yield* Output
    const misbehaviour = yield* Misbehaviour
    const { build } = yield* Settings
    yield* Stream.runForEach(requests, (line) =>
      Effect.gen(function* () {
        yield* output.whenAwake
        if (line.trim() === "") return
        const parsed = parseRequest(line, build)
        if (Either.isLeft(parsed)) {
          const { error, id } = parsed.left
          return yield* output.lines([response(id, Either.left(error))])
        }
        const request = parsed.right
        yield* Effect.ignore(db.record([{ _tag: "request", ...request }]))
        yield* misbehaviour.at("request", request.method)
        yield* onRequest(request)
      })
    )
  })

const serve = Effect.gen(function* () {
  const db = yield* ChatDatabase
  const misbehaviour = yield* Misbehaviour
  const output = yield* Output
  const { build } = yield* Settings
  yield* db.record([{ _tag: "start", build: build.version }])
  const slow = yield* misbehaviour.take("slowStart")
  if (slow !== undefined) yield* Effect.sleep(slow.ms)
  yield* misbehaviour.at("start", "")

  const denied =
    build.denial !== "per-method" && (yield* misbehaviour.take("denyFullDisk")) !== undefined
      ? noDiskAccess(db.file)
      : undefined
  if (denied !== undefined && build.denial === "banner") {
    yield* output.lines([denied])
    return yield* misbehaviour.exit(1, "denied")
  }
  const lanes = yield* makeLanes
  const context = yield* Effect.context<Effect.Effect.Context<ReturnType<typeof handle>>>()
  yield* readingLines((request) =>
    denied !== undefined
      ? "id" in request
        ? output.lines([response(request.id, Either.left(internalError(denied)))])
        : Effect.void
      : Effect.provide(build.strict ? lanes.submit(request) : handle(request), context)
  )
  if ((yield* misbehaviour.take("ignoreEof")) !== undefined) return yield* Effect.never
  yield* lanes.drained
  yield* db.record([{ _tag: "exit", reason: "eof" }])
})

/**
 * Serves stdin until it ends, nobody reads stdout any more, or SIGTERM or SIGINT comes; on a signal the process
 * ends by that signal, as one does that handles none.
 */
export const rpcServer = Effect.uninterruptibleMask((restore) =>
  Effect.gen(function* () {
    const db = yield* ChatDatabase
    const misbehaviour = yield* Misbehaviour
    const output = yield* Output
    // Not left to the event loop, which an open stdin would keep running.
    const readerGone = Effect.zipRight(output.readerGone, misbehaviour.exit(SIGPIPE_EXIT, "reader gone"))
    const served = serve.pipe(Effect.scoped, Effect.raceFirst(readerGone))
    const fiber = yield* Effect.forkDaemon(restore(served))
    const exit = yield* Effect.exit(restore(Fiber.await(fiber)))
    if (exit._tag === "Success") return yield* exit.value
    if ((yield* misbehaviour.take("ignoreTerm")) !== undefined) return yield* Fiber.join(fiber)
    yield* Effect.ignore(db.record([{ _tag: "exit", reason: "signal" }]))
    yield* Effect.sync(() => process.kill(process.pid, "SIGTERM"))
    return yield* Effect.never
  })
).pipe(
  Effect.provide(Layer.provideMerge(Watch.layer, Layer.provideMerge(Misbehaviour.layer, Output.layer))),
  Effect.withTracerEnabled(false)
)
