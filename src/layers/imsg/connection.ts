/** A child's streams as JSON-RPC: framing, correlation of responses, and one reason for its end. */
import {
  Clock,
  Deferred,
  Effect,
  Either,
  Fiber,
  Mailbox,
  Option,
  Ref,
  Schema,
  type Scope,
  Stream
} from "effect"
import { firstLine } from "../../schemas/denials.ts"
import { ProtocolViolation, ResponseTooLong, RpcTimeout } from "../../schemas/errors/imsg.ts"
import type { Method } from "../../schemas/ImsgMethod.ts"
import { Notification, Response } from "../../schemas/ImsgProtocol.ts"
import type { Announcement, ImsgSession, RequestError, SessionEnd } from "../../services/ImsgProcess.ts"
import { feed, type GroupLeader, type ProcessExit } from "../../services/ProcessGroup.ts"
import { ofExit, ofResponse } from "./failures.ts"
import { LineFramer, type LongLine } from "./LineFramer.ts"
import { idOfLongResponse } from "./longResponse.ts"

/** A longer line is not kept. */
const MAX_LINE_BYTES = 8 * 1024 * 1024
/** How much is read of a line that is not kept, while it can be a response that is waited for. */
const MAX_SKIPPED_BYTES = 256 * 1024 * 1024
/** Notifications that wait to be taken; beyond it the pipe is not read. */
const NOTIFICATION_CAPACITY = 32
/** How much is kept of what the child prints for people. */
const TAIL_CHARS = 4000
/** How long the rest of the output is awaited once the process has ended, or its end once the output has. */
const SETTLE_MS = 500
const decodeResponse = Schema.decodeUnknownEither(Response)
const decodeNotification = Schema.decodeUnknownEither(Notification)
const A_ROW: Announcement = { method: "row" }
const isJsonObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
/** What looks like a piece of a JSON object. */
const FRAGMENT = /^\s*\{|":|[{,]"/u
const parseJson = Option.liftThrowable((line: string): unknown => JSON.parse(line))

/** Gives a waiting request its response, or the reason why there will be none. */
type Settle = (outcome: Effect.Effect<Response, SessionEnd | ResponseTooLong>) => void

interface Pending {
  readonly method: string
  readonly mutates: boolean
  readonly settle: Settle
}

/** What a session is before its handshake. */
export type Connection = Pick<
  ImsgSession,
  "request" | "notifications" | "forgoRows" | "ended" | "isIdle" | "isMutating" | "silentFor"
>

const tail = (text: string, more: string): string => (text + more).slice(-TAIL_CHARS)

/** Speaks to a process until the scope closes. `command`, `cliPath` and, over SSH, `host` name it in errors. */
export const connect = (
  process: GroupLeader,
  names: { readonly cliPath: string; readonly command: string; readonly host?: string | undefined }
): Effect.Effect<Connection, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { command } = names
    const ended = yield* Deferred.make<never, SessionEnd>()
    const notifications = yield* Mailbox.make<Announcement, SessionEnd>(NOTIFICATION_CAPACITY)
    const outbox = yield* Mailbox.make<string>()
    const pending = new Map<number, Pending>()
    const printed = yield* Ref.make({ stdout: "", stderr: "" })
    let nextId = 1
    let endReason: SessionEnd | undefined
    let mutations = 0
    let readsRows = true
    const nanos = Clock.currentTimeNanos
    const heardAt = yield* Ref.make(yield* nanos)

    const end = (reason: SessionEnd) =>
      Effect.suspend(() => {
        if (endReason !== undefined) return Effect.void
        endReason = reason
        for (const { settle } of pending.values()) settle(Effect.fail(reason))
        pending.clear()
        return Effect.zipRight(Deferred.fail(ended, reason), notifications.fail(reason))
      })

    const endOfProcess = (exit: Option.Option<ProcessExit>) =>
      Ref.get(printed).pipe(
        Effect.flatMap((said) => end(ofExit({ ...names, exit: Option.getOrUndefined(exit), ...said })))
      )

    const onNoise = (line: string) =>
      Effect.zipRight(
        // A frame that was cut holds somebody's words, and an error would show them.
        FRAGMENT.test(line)
          ? Effect.void
          : Ref.update(printed, (said) => ({ ...said, stdout: tail(said.stdout, `${line}\n`) })),
        Effect.logDebug("the child printed a line that is no JSON-RPC").pipe(
          Effect.annotateLogs({ length: line.length })
        )
      )

    const onUndecodable = (what: string, issue: string) =>
      Effect.logWarning(`a ${what} of the child does not decode and is left out`).pipe(
        // The issue names keys and types; the values, which may be somebody's words, stay out of the log.
        Effect.annotateLogs({ issue })
      )

    const settle = (id: unknown, outcome: Effect.Effect<Response, SessionEnd | ResponseTooLong>) =>
      Effect.sync(() => {
        // Some JSON libraries send numbers back as strings.
        const key = typeof id === "string" ? Number(id) : id
        if (typeof key !== "number") return
        pending.get(key)?.settle(outcome)
        pending.delete(key)
      })

    const onLine = (line: string): Effect.Effect<void> => {
      if (line.trim() === "") return Effect.void
      const frame = Option.filter(parseJson(line), isJsonObject)
      if (Option.isNone(frame)) return onNoise(line)
      const { id, method } = frame.value
      if (method !== undefined) {
        // The schema takes a method for text before it looks, which other values may refuse by throwing.
        if (typeof method !== "string") return onUndecodable("notification", "Type")
        if (method === "message" && !readsRows) return notifications.offer(A_ROW)
        return Either.match(decodeNotification(frame.value), {
          onLeft: ({ issue }) => onUndecodable("notification", issue._tag),
          onRight: (notification) => notifications.offer(notification)
        })
      }
      return Either.match(decodeResponse(frame.value), {
        onLeft: ({ issue }) =>
          Effect.zipRight(
            onUndecodable("response", issue._tag),
            settle(
              id,
              Effect.fail(
                new ProtocolViolation({ command, detail: "a response is not formed as JSON-RPC has it" })
              )
            )
          ),
        onRight: (response) => settle(id, Effect.succeed(response))
      })
    }

    const framer = new LineFramer(MAX_LINE_BYTES)
    const tooLong = Effect.fail(
      new ProtocolViolation({ command, detail: `a line is longer than ${MAX_LINE_BYTES} bytes` })
    )
    /** A response that is too long is the failure of its request; anything else that is may be a message. */
    const onLongLine = (line: LongLine): Effect.Effect<void, ProtocolViolation> =>
      Effect.suspend(() => {
        const id = Option.getOrUndefined(idOfLongResponse(line))
        const asked = id === undefined ? undefined : pending.get(id)
        if (asked === undefined || asked.mutates) return tooLong
        return settle(
          id,
          Effect.fail(new ResponseTooLong({ method: asked.method, limitBytes: MAX_LINE_BYTES }))
        )
      })
    /** While a response is awaited a line is read to its end, where it may say which it is. */
    const mayBeResponse = () =>
      framer.skipped <= MAX_SKIPPED_BYTES && [...pending.values()].some(({ mutates }) => !mutates)
    const onChunk = (bytes: Uint8Array): Effect.Effect<void, ProtocolViolation> =>
      Effect.forEach(
        framer.push(bytes),
        (line) => (typeof line === "string" ? onLine(line) : onLongLine(line)),
        { discard: true }
      ).pipe(
        Effect.zipRight(
          Effect.suspend(() => (framer.skipped > 0 && !mayBeResponse() ? tooLong : Effect.void))
        )
      )

    const read = process.stdout.pipe(
      Stream.runForEach((bytes) =>
        nanos.pipe(
          Effect.flatMap((now) => Ref.set(heardAt, now)),
          Effect.zipRight(onChunk(bytes))
        )
      ),
      Effect.zipRight(Effect.suspend(() => onLine(framer.rest()))),
      Effect.catchTag("ProtocolViolation", (violation) => end(violation)),
      Effect.ignore
    )
    const drain = process.stderr.pipe(
      Stream.decodeText(),
      Stream.runForEach((text) =>
        Effect.zipRight(
          Ref.update(printed, (said) => ({ ...said, stderr: tail(said.stderr, text) })),
          Effect.logDebug(`the child says: ${firstLine(text)}`)
        )
      ),
      Effect.ignore
    )
    const reader = yield* Effect.forkScoped(read)
    const drainer = yield* Effect.forkScoped(drain)
    const output = Effect.all([reader.await, drainer.await], { concurrency: 2, discard: true })
    // Whichever of process, stdout and stdin ends first, the others mostly follow: together they say why.
    const awaitEnd = Effect.gen(function* () {
      const exit = yield* Effect.timeoutOption(process.exit, SETTLE_MS)
      if (Option.isSome(exit)) yield* Effect.timeoutOption(output, SETTLE_MS)
      yield* endOfProcess(exit)
    })
    yield* process.exit.pipe(Effect.zipRight(awaitEnd), Effect.forkScoped)
    yield* reader.await.pipe(Effect.zipRight(awaitEnd), Effect.forkScoped)
    const writer = yield* feed(process, Mailbox.toStream(outbox))
    yield* Fiber.join(writer).pipe(
      Effect.catchAll(() => awaitEnd),
      Effect.forkScoped
    )
    // Others may hold the session longer than its scope lasts: their requests fail then, and are not waited for.
    yield* Effect.addFinalizer(() => Effect.zipRight(outbox.end, endOfProcess(Option.none())))

    const exchange = (
      { mutates, name }: { readonly name: string; readonly mutates: boolean },
      params: object,
      timeoutMs: number
    ) =>
      Effect.async<Response, SessionEnd | ResponseTooLong>((resume) => {
        // Asked here, where it is entered as pending: a request may begin in the moment in which the session ends.
        if (endReason !== undefined) return resume(Effect.fail(endReason))
        const id = nextId++
        pending.set(id, { method: name, mutates, settle: resume })
        const given = Object.keys(params).length === 0 ? {} : { params }
        outbox.unsafeOffer(`${JSON.stringify({ jsonrpc: "2.0", id, method: name, ...given })}\n`)
        return Effect.sync(() => pending.delete(id))
      }).pipe(
        Effect.timeoutFail({
          duration: timeoutMs,
          onTimeout: () => new RpcTimeout({ method: name, afterMs: timeoutMs })
        })
      )

    const whileMutating = <A, E>(effect: Effect.Effect<A, E>) =>
      Effect.acquireUseRelease(
        Effect.sync(() => mutations++),
        () => effect,
        () => Effect.sync(() => mutations--)
      )

    const request = <P extends object, A, I>(
      method: Method<P, A, I>,
      params: P,
      timeoutMs: number
    ): Effect.Effect<A, RequestError> => {
      const answer = Effect.gen(function* () {
        const { error, result } = yield* exchange(method, params, timeoutMs)
        if (error !== undefined) return yield* ofResponse(method.name, error)
        return yield* Schema.decodeUnknown(method.result)(result).pipe(
          Effect.mapError(
            () =>
              new ProtocolViolation({
                command,
                detail: `the result of \`${method.name}\` has not its documented form`
              })
          )
        )
      })
      return method.mutates ? whileMutating(answer) : answer
    }

    return {
      request,
      notifications,
      forgoRows: Effect.sync(() => {
        readsRows = false
      }),
      ended: Deferred.await(ended),
      silentFor: Effect.zipWith(nanos, Ref.get(heardAt), (now, at) => Number((now - at) / 1_000_000n)),
      isIdle: Effect.sync(() => pending.size === 0),
      isMutating: Effect.sync(() => mutations > 0)
    }
  })
