import { FileSystem } from "@effect/platform"
import {
  Clock,
  Context,
  Duration,
  Effect,
  FiberMap,
  Layer,
  PubSub,
  Queue,
  Ref,
  Schedule,
  Stream
} from "effect"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { missingFiles } from "./Access.ts"
import { ChatDatabase } from "./ChatDatabase.ts"
import type { MessageRow } from "./ChatModel.ts"
import { Misbehaviour, noDiskAccess } from "./Misbehaviour.ts"
import { Output } from "./Output.ts"
import { watchedMessage, withoutChat } from "./Payload.ts"
import { notification } from "./Rpc.ts"
import { Settings } from "./Settings.ts"
import { type Announced, beginAfter, seenThrough, type WatchState, watchStep } from "./watchStep.ts"

/** Rows read at once. */
const BATCH = 100

/** A write that takes longer than this was held up by its reader. */
const HELD_UP_MS = 50

/** A missed event of the file system is made up for after this long. */
const FALLBACK = Duration.seconds(1)

/** How long a build that waits for link previews holds a new row. */
const HOLD_MS = 2000

/** What became of a look at the database; `wakeAfterMs` says when to look again though nothing may change. */
interface Polled {
  readonly isOver: boolean
  readonly wakeAfterMs: number | undefined
}
const CONTINUING: Polled = { isOver: false, wakeAfterMs: undefined }
const OVER: Polled = { isOver: true, wakeAfterMs: undefined }

/** What to watch: rows above `after`, of one chat or all. `tail` is the newest row that there is. */
export interface Subscription {
  readonly after: number
  readonly tail: number
  readonly chatId: number | undefined
  readonly attachments: boolean
  readonly reactions: boolean
  readonly debounceMs: number
  readonly bufferLimit: number
  readonly allows: (row: MessageRow) => boolean
}

/** The subscriptions of one process. */
export class Watch extends Context.Tag("imsg-gateway/simulator/Watch")<
  Watch,
  {
    /**
     * Takes a number, and reads nothing yet. `pending` writes the rows that are there already; `start` follows
     * the database in the background.
     */
    readonly subscribe: (subscription: Subscription) => Effect.Effect<{
      readonly id: number
      readonly pending: Effect.Effect<void>
      readonly start: Effect.Effect<void>
    }>
    /** How many are followed. */
    readonly size: Effect.Effect<number>
    /** Ends a subscription; one that is not there is no error. */
    readonly unsubscribe: (id: number) => Effect.Effect<void>
  }
>() {
  static readonly layer = Layer.scoped(
    Watch,
    Effect.gen(function* () {
      const db = yield* ChatDatabase
      const fs = yield* FileSystem.FileSystem
      const misbehaviour = yield* Misbehaviour
      const output = yield* Output
      const { build, holdMs } = yield* Settings
      const running = yield* FiberMap.make<number>()
      const lastId = yield* Ref.make(0)
      const stalled = yield* Ref.make(false)
      const wakeups = yield* PubSub.sliding<void>(1)
      const wake = PubSub.publish(wakeups, undefined)

      // A commit appends to the write-ahead log, so its file tells of every change by any process.
      yield* fs.watch(`${db.file}-wal`).pipe(
        Stream.runForEach(() => wake),
        Effect.catchAll(() => Effect.repeat(wake, Schedule.spaced("20 millis"))),
        Effect.forkScoped
      )
      yield* Effect.forkScoped(Effect.repeat(wake, Schedule.spaced(FALLBACK)))

      const notify = (method: string, params: unknown) => output.lines([notification(method, params)])

      const write = (id: number, inOrder: ReadonlyArray<Announced>) =>
        Effect.gen(function* () {
          const anyFault = yield* misbehaviour.isAnySet
          const noticed = anyFault
            ? yield* Effect.filter(inOrder, () =>
                Effect.map(misbehaviour.take("skipped"), (skipped) => skipped === undefined)
              )
            : inOrder
          const [first, second, ...others] = noticed
          const announced =
            anyFault &&
            first !== undefined &&
            second !== undefined &&
            (yield* misbehaviour.take("reorder")) !== undefined
              ? [second, first, ...others]
              : noticed
          const missing = yield* missingFiles(announced.map(({ row }) => row))
          const lines =
            anyFault && (yield* misbehaviour.take("garble")) !== undefined
              ? ['{"jsonrpc":"2.0","method":"message","params":{"subscr', "Could not fetch group 0:ABGroup"]
              : []
          for (const one of announced) {
            const message = watchedMessage(build, one, missing)
            const hidden = anyFault && (yield* misbehaviour.take("hideChat")) !== undefined
            const line = notification("message", {
              subscription: id,
              message: hidden ? withoutChat(build, message) : message
            })
            lines.push(line)
            if (anyFault && (yield* misbehaviour.take("duplicate")) !== undefined) lines.push(line)
          }
          if (lines.length === 0) return
          yield* output.lines(lines)
          yield* db.record(
            announced.map(({ row }) => ({ _tag: "notification" as const, subscription: id, rowId: row.id }))
          )
        }).pipe(Effect.provideService(FileSystem.FileSystem, fs))

      const overflow = (id: number, after: number) =>
        notify("watch.overflow", {
          subscription: id,
          resume_after_rowid: after,
          reason: "buffer_limit_exceeded",
          terminal: true
        })

      /** What is new, and what of it is announced now. */
      const look = (subscription: Subscription, state: WatchState) =>
        Effect.gen(function* () {
          const rows = yield* db.after({
            after: state.cursor,
            chatId: subscription.chatId,
            limit: BATCH,
            attachments: subscription.attachments,
            reactions: subscription.reactions,
            reactionRows: subscription.reactions
          })
          const newest = yield* db.maxRowId
          const held = newest > seenThrough(state) ? yield* misbehaviour.take("held") : undefined
          return {
            full: rows.length === BATCH,
            ...watchStep(
              state,
              { rows, newest, now: yield* Clock.currentTimeMillis },
              {
                foldsPreviews: build.foldsPreviews,
                waitsForChat: build.waitsForChat,
                holdMs: (holdMs ?? (build.foldsPreviews ? HOLD_MS : 0)) + (held?.ms ?? 0),
                debounceMs: subscription.debounceMs
              }
            )
          }
        })

      /** Writes what is new, batch after batch. */
      const poll = (
        id: number,
        subscription: Subscription,
        state: Ref.Ref<WatchState>
      ): Effect.Effect<Polled, StoreUnavailable> =>
        Effect.gen(function* () {
          if (yield* Ref.get(stalled)) return CONTINUING
          const before = yield* Ref.get(state)
          if ((yield* misbehaviour.take("denyFullDisk")) !== undefined) {
            const message = noDiskAccess(db.file)
            yield* notify("error", {
              subscription: id,
              error: build.strict ? { code: -32002, message } : { message }
            })
            return OVER
          }
          const found = yield* look(subscription, before)
          if (found.announced.length > 0) {
            if ((yield* misbehaviour.take("stall")) !== undefined) {
              yield* Ref.set(stalled, true)
              return CONTINUING
            }
            if (build.strict && (yield* misbehaviour.take("overflow")) !== undefined) {
              yield* overflow(id, before.cursor)
              return OVER
            }
          }
          const allowed = found.announced.filter(({ row }) => subscription.allows(row))
          const began = yield* Clock.currentTimeMillis
          yield* write(id, allowed)
          yield* Ref.set(state, found.state)
          const { cursor } = found.state
          // Nobody is slow to read what was not written: the machine was.
          const heldUp = allowed.length > 0 && (yield* Clock.currentTimeMillis) - began > HELD_UP_MS
          if (build.strict && heldUp && (yield* db.countAfter(cursor)) > subscription.bufferLimit) {
            yield* overflow(id, cursor)
            return OVER
          }
          return found.full && cursor > before.cursor
            ? yield* poll(id, subscription, state)
            : { isOver: false, wakeAfterMs: found.wakeAfterMs }
        })

      const reporting = (id: number, effect: Effect.Effect<unknown, StoreUnavailable>) =>
        Effect.catchAll(effect, ({ message }) => notify("error", { subscription: id, error: { message } }))

      const follow = (id: number, subscription: Subscription, state: Ref.Ref<WatchState>) =>
        Effect.gen(function* () {
          const changes = yield* PubSub.subscribe(wakeups)
          const changed = Effect.zipRight(Queue.take(changes), Effect.sleep(subscription.debounceMs))
          let polled = yield* poll(id, subscription, state)
          while (!polled.isOver) {
            const { wakeAfterMs } = polled
            yield* wakeAfterMs === undefined ? changed : Effect.raceFirst(changed, Effect.sleep(wakeAfterMs))
            yield* Queue.takeAll(changes)
            polled = yield* poll(id, subscription, state)
          }
        }).pipe(Effect.scoped, (following) => reporting(id, following))

      return {
        subscribe: (subscription) =>
          Effect.gen(function* () {
            const id = yield* Ref.updateAndGet(lastId, (n) => n + 1)
            const state = yield* Ref.make(beginAfter(subscription.after, subscription.tail))
            return {
              id,
              pending: Effect.asVoid(reporting(id, poll(id, subscription, state))),
              start: Effect.asVoid(FiberMap.run(running, id, follow(id, subscription, state)))
            }
          }),
        size: FiberMap.size(running),
        unsubscribe: (id) => FiberMap.remove(running, id)
      }
    })
  )
}
