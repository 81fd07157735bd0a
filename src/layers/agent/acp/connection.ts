/**
 * A process that speaks the Agent Client Protocol: its stdio as a stream of the SDK, which matches answers with requests.
 * What happens in a turn (`session/update`) is taken before it gets there, line by line: the SDK waits for no handler, and
 * what came before an answer would be taken after it.
 */
import type { AnyMessage, JsonRpcId, Stream as MessageStream } from "@agentclientprotocol/sdk"
import {
  Deferred,
  Effect,
  Either,
  Fiber,
  FiberSet,
  Mailbox,
  Option,
  Predicate,
  Ref,
  Schema,
  type Scope,
  Stream
} from "effect"
import { feed, type GroupLeader, listenUntilExit } from "../../../services/ProcessGroup.ts"
import { LineFramer } from "../../imsg/LineFramer.ts"
import { Ending, inWords } from "../program.ts"
import { CANCELLED, type Outcome } from "./choices.ts"
import { RpcFailure, refusal } from "./RpcFailure.ts"
import { Message, PermissionRequest } from "./wire.ts"

/** A longer line is passed over: the contents of a file that a tool has read, most likely. */
const MAX_LINE_BYTES = 8 * 1024 * 1024
/** Messages that the agent has not read yet; with more it reads nothing any more. */
const MAX_UNREAD = 1024
/** Requests for leave that wait at once; more than these are not answered with it. */
const MAX_ASKED = 32
const STDERR_TAIL_CHARS = 500
/** How long a process may run on once it has closed its stdout, in ms. */
const SETTLE_MS = 500
const INVALID_REQUEST = -32600

export interface Connection {
  readonly request: <A, I>(
    method: string,
    params: object,
    answer: Schema.Schema<A, I>
  ) => Effect.Effect<A, RpcFailure>
  readonly notify: (method: string, params: object) => Effect.Effect<void>
  /** Fails once the process has ended by itself. */
  readonly ended: Effect.Effect<never, RpcFailure>
}

/** What an agent says without having been asked. */
export interface Handlers {
  /** Takes the parameters of `session/update`, in their order. */
  readonly onUpdate: (params: unknown) => Effect.Effect<void>
  readonly onPermission: (request: PermissionRequest) => Effect.Effect<Outcome>
}

const decodeMessage = Schema.decodeUnknownOption(Message)
const decodePermission = Schema.decodeUnknownEither(PermissionRequest)
const decodeAnswered = Schema.decodeUnknownOption(
  Schema.parseJson(
    Schema.Struct({ id: Schema.Union(Schema.String, Schema.Number), method: Schema.optional(Schema.Never) })
  )
)

/** What a line is: an update, a message for the SDK, or nothing that anybody waits for. */
const sort = (line: string, awaited: Set<JsonRpcId>): Message | undefined => {
  const message = Option.getOrUndefined(decodeMessage(line))
  if (message === undefined) {
    // An answer that is none in its form is one all the same: whoever waits for it waits for no other.
    const id = Option.getOrUndefined(decodeAnswered(line))?.id
    return id !== undefined && awaited.delete(id)
      ? { jsonrpc: "2.0", id, error: { code: INVALID_REQUEST, message: "no answer in the form of JSON-RPC" } }
      : undefined
  }
  if ("method" in message) return message
  return awaited.delete(message.id) ? message : undefined
}

/** The two ends of a pipe as the SDK wants them: what is written goes to `outbox`, what was read comes by `receive`. */
const makeStream = (outbox: Mailbox.Mailbox<string>, awaited: Set<JsonRpcId>) => {
  let controller: ReadableStreamDefaultController<AnyMessage> | undefined
  const stream: MessageStream = {
    readable: new ReadableStream<AnyMessage>({
      start: (started) => {
        controller = started
      }
    }),
    writable: new WritableStream<AnyMessage>({
      write: (message) => {
        if ("method" in message && "id" in message) awaited.add(message.id)
        if (!outbox.unsafeOffer(`${JSON.stringify(message)}\n`)) throw new Error("the agent reads nothing")
      }
    })
  }
  return { stream, receive: (message: AnyMessage) => controller?.enqueue(message) }
}

const passedOver = (line: string) =>
  Effect.annotateLogs(Effect.logDebug("the agent wrote a line that is passed over"), { length: line.length })

/** Hands on each line that a process prints. */
const readLines = (leader: GroupLeader, take: (line: string) => Effect.Effect<void>) => {
  const framer = new LineFramer(MAX_LINE_BYTES)
  return Stream.runForEach(leader.stdout, (bytes) =>
    Effect.forEach(
      framer.push(bytes),
      (line) =>
        Predicate.isString(line)
          ? take(line)
          : Effect.logWarning("the agent wrote a line that is too long, which is passed over"),
      { discard: true }
    )
  ).pipe(Effect.ignore)
}

type Sdk = typeof import("@agentclientprotocol/sdk")

/** What a process prints, line by line, until it has ended; then how that was. */
const listenTo = (leader: GroupLeader, take: (line: string) => Effect.Effect<void>) =>
  Effect.gen(function* () {
    const complaints = yield* Ref.make("")
    const stdout = readLines(leader, take).pipe(
      Effect.zipRight(Effect.sleep(SETTLE_MS)),
      Effect.zipRight(leader.kill)
    )
    const stderr = leader.stderr.pipe(
      Stream.decodeText(),
      Stream.runForEach((text) => Ref.update(complaints, (seen) => (seen + text).slice(-STDERR_TAIL_CHARS))),
      Effect.ignore
    )
    const exit = yield* listenUntilExit(leader, [stdout, stderr])
    const said = (yield* Ref.get(complaints)).trim()
    if (said !== "") {
      yield* Effect.annotateLogs(Effect.logDebug("the agent wrote to stderr"), { stderr: said })
    }
    return RpcFailure.Ended({ detail: inWords(Ending.Exited({ exit })), said })
  })

const aborted = (signal: AbortSignal) =>
  Effect.async<void>((resume) => {
    const isAborted = () => resume(Effect.void)
    if (signal.aborted) return isAborted()
    signal.addEventListener("abort", isAborted, { once: true })
    return Effect.sync(() => signal.removeEventListener("abort", isAborted))
  })

/** The SDK's side of the connection, which asks for leave by `onPermission`. */
const speak = (acp: Sdk, stream: MessageStream, onPermission: Handlers["onPermission"]) =>
  Effect.gen(function* () {
    const asked = yield* FiberSet.make<Outcome>()
    const run = yield* FiberSet.runtimePromise(asked)()
    const allow = (request: PermissionRequest, signal: AbortSignal) =>
      Effect.flatMap(FiberSet.size(asked), (size) =>
        size > MAX_ASKED
          ? Effect.succeed(CANCELLED)
          : // The agent may take a request back, without the turn.
            Effect.raceFirst(onPermission(request), Effect.as(aborted(signal), CANCELLED))
      )
    // By a name that is any string: the SDK's own schema would refuse kinds of tools that it does not know.
    const requestPermission: string = acp.methods.client.session.requestPermission
    return yield* Effect.acquireRelease(
      Effect.sync(() =>
        acp
          .client({ name: "imsg-gateway" })
          .onRequest(
            requestPermission,
            (params: unknown) =>
              Either.getOrThrowWith(decodePermission(params), () => acp.RequestError.invalidParams()),
            ({ params, signal }) => run(allow(params, signal)).then((outcome) => ({ outcome }))
          )
          .connect(stream)
      ),
      (connection) => Effect.sync(() => connection.close())
    )
  })

/** Writes to a process what there is to write. One that reads nothing any more is of no use, and is ended. */
const writeTo = (leader: GroupLeader, outbox: Mailbox.Mailbox<string>) =>
  Effect.gen(function* () {
    const writing = yield* feed(leader, Mailbox.toStream(outbox))
    // Before the process is ended, so that it may end by itself.
    yield* Effect.addFinalizer(() => outbox.end)
    yield* Fiber.join(writing).pipe(
      Effect.catchAll(() => leader.kill),
      Effect.forkScoped
    )
  })

/** Speaks to a process until the scope closes. */
export const connect = (
  leader: GroupLeader,
  { onPermission, onUpdate }: Handlers
): Effect.Effect<Connection, never, Scope.Scope> =>
  Effect.gen(function* () {
    const acp = yield* Effect.promise(() => import("@agentclientprotocol/sdk"))
    const ended = yield* Deferred.make<never, RpcFailure>()
    const outbox = yield* Mailbox.make<string>({ capacity: MAX_UNREAD, strategy: "dropping" })
    const awaited = new Set<JsonRpcId>()
    const { receive, stream } = makeStream(outbox, awaited)
    const connection = yield* speak(acp, stream, onPermission)

    const take = (line: string) =>
      Effect.suspend(() => {
        const message = sort(line, awaited)
        if (message === undefined) return line.trim() === "" ? Effect.void : passedOver(line)
        return "method" in message && message.method === acp.methods.client.session.update
          ? onUpdate(message.params)
          : Effect.sync(() => receive(message))
      })
    yield* listenTo(leader, take).pipe(
      Effect.flatMap((end) => Deferred.fail(ended, end)),
      Effect.forkScoped
    )
    yield* writeTo(leader, outbox)
    yield* Effect.promise(() => connection.closed).pipe(Effect.zipRight(leader.kill), Effect.forkScoped)

    const request = (method: string, params: object) =>
      Effect.tryPromise({
        try: (signal) =>
          connection.agent.request<unknown>(method, params, {
            cancellationSignal: signal,
            stopWaitingOnCancel: true
          }),
        catch: (error) =>
          error instanceof acp.RequestError ? Option.some(refusal(method, error)) : Option.none()
      })
    return {
      request: (method, params, answer) =>
        request(method, params).pipe(
          // What is no answer of the agent's is the end of its process, which is on its way.
          Effect.catchAll(Option.match({ onNone: () => Deferred.await(ended), onSome: Effect.fail })),
          Effect.raceFirst(Deferred.await(ended)),
          Effect.flatMap((value) =>
            Effect.mapError(Schema.decodeUnknown(answer)(value), () => RpcFailure.Malformed({ method }))
          )
        ),
      notify: (method, params) =>
        Effect.ignore(Effect.tryPromise(() => connection.agent.notify(method, params))),
      ended: Deferred.await(ended)
    }
  })
