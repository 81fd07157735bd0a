/** Children that a test drives: what they answer is the script's, in virtual time. */
import { Clock, Deferred, Effect, Layer, Mailbox, type Option, Ref, Schema } from "effect"
import * as ChildrenLive from "../../src/layers/imsg/ChildrenLive.ts"
import { knowing } from "../../src/layers/imsg/capabilities.ts"
import { type Capabilities, NO_CAPABILITIES } from "../../src/schemas/Capabilities.ts"
import { ChildExited, RpcTimeout } from "../../src/schemas/errors/imsg.ts"
import {
  type Announcement,
  ImsgProcess,
  type ImsgSession,
  type OpenError,
  type RequestError,
  type SessionEnd
} from "../../src/services/ImsgProcess.ts"

/** The command line of every fake child, as errors name it. */
const COMMAND = "/fake/imsg rpc"

/** A request, as the child reads it. */
export interface Asked {
  readonly method: string
  readonly params: object
}

/** What the child answers to a request: the raw result of the method, or an error, whenever it likes. */
export type Answer = (asked: Asked) => Effect.Effect<unknown, RequestError>

/** A database with nothing in it. */
export const emptyDatabase: Answer = ({ method }) => {
  switch (method) {
    case "chats.list":
      return Effect.succeed({ chats: [] })
    case "watch.subscribe":
      return Effect.succeed({ subscription: 1 })
    case "messages.history":
      return Effect.succeed({ messages: [] })
    default:
      return Effect.succeed({})
  }
}

/** Leaves every request unanswered. */
export const silent: Answer = () => Effect.never

export interface ChildOptions {
  /** Default: `emptyDatabase`. */
  readonly answer?: Answer
  readonly isMutating?: Effect.Effect<boolean>
  /** Default: always. */
  readonly isIdle?: Effect.Effect<boolean>
  /** How long it has said nothing, in ms; default for ever. */
  readonly silentFor?: Effect.Effect<number>
  readonly isRemote?: boolean
  /** Whether it is a build from 0.14 on; default true. */
  readonly concurrentReads?: boolean
  /** What the command `imsg status` says of it; by default the build has no such command. */
  readonly printed?: Effect.Effect<Option.Option<Capabilities>>
  /** The methods that it names; none by default. */
  readonly methods?: ReadonlyArray<string>
}

export interface FakeChild {
  readonly session: ImsgSession
  /** The requests that it was sent so far, in their order. */
  readonly asked: Effect.Effect<ReadonlyArray<Asked>>
  readonly say: (notification: Announcement) => Effect.Effect<void>
  readonly end: (reason: SessionEnd) => Effect.Effect<void>
}

export const makeChild = (options: ChildOptions = {}): Effect.Effect<FakeChild> =>
  Effect.gen(function* () {
    const answer = options.answer ?? emptyDatabase
    const asked = yield* Ref.make<ReadonlyArray<Asked>>([])
    const ended = yield* Deferred.make<never, SessionEnd>()
    const notifications = yield* Mailbox.make<Announcement, SessionEnd>()
    const request: ImsgSession["request"] = (method, params, timeoutMs) =>
      Ref.update(asked, (all) => [...all, { method: method.name, params }]).pipe(
        Effect.zipRight(answer({ method: method.name, params })),
        Effect.timeoutFail({
          duration: timeoutMs,
          onTimeout: () => new RpcTimeout({ method: method.name, afterMs: timeoutMs })
        }),
        // The script's answers are part of the test: one that does not fit its method is a mistake there.
        Effect.flatMap((result) => Effect.orDie(Schema.decodeUnknown(method.result)(result)))
      )
    const known = yield* knowing(
      { request },
      { ...NO_CAPABILITIES, bridge: "ready", methods: new Set(options.methods) },
      options.printed ?? Effect.succeedNone
    )
    const session: ImsgSession = {
      pid: 4711,
      command: COMMAND,
      build: {
        version: "0.15.0",
        concurrentReads: options.concurrentReads ?? true,
        methods: new Set(options.methods)
      },
      ...known,
      request,
      notifications,
      forgoRows: Effect.void,
      ended: Deferred.await(ended),
      isIdle: options.isIdle ?? Effect.succeed(true),
      isMutating: options.isMutating ?? Effect.succeed(false),
      silentFor: options.silentFor ?? Effect.succeed(Number.POSITIVE_INFINITY),
      kill: Effect.void,
      isRemote: options.isRemote ?? false
    }
    return {
      session,
      asked: Ref.get(asked),
      say: (notification) => Effect.asVoid(notifications.offer(notification)),
      end: (reason) => Effect.zipRight(Deferred.fail(ended, reason), notifications.fail(reason))
    }
  })

export const exited = new ChildExited({ command: COMMAND, exitCode: 1, stderr: "" })

/** A program whose every start is given by `open`, and the times (Unix ms) of the starts. */
export const makeProgram = (open: (start: number) => Effect.Effect<ImsgSession, OpenError>) =>
  Effect.gen(function* () {
    const starts = yield* Ref.make<ReadonlyArray<number>>([])
    const layer = Layer.succeed(ImsgProcess, {
      open: () =>
        Effect.gen(function* () {
          const now = yield* Clock.currentTimeMillis
          const count = yield* Ref.modify(starts, (seen) => [seen.length, [...seen, now]])
          return yield* open(count)
        })
    })
    return { starts: Ref.get(starts), layer: Layer.merge(layer, ChildrenLive.layer) }
  })
