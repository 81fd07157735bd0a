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

/** Rows read at once. */
const BATCH = 100

/** A write that takes longer than this was held up by its reader. */
const HELD_UP_MS = 50

/** A missed event of the file system is made up for after this long. */
const FALLBACK = Duration.seconds(1)

/** What to watch: rows above `after`, of one chat or all. */
export interface Subscription {
  readonly after: number
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
      const { build } = yield* Settings
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

      const write = (id: number, inOrder: ReadonlyArray<MessageRow>) =>
        Effect.gen(function* () {
          const anyFault = yield* misbehaviour.isAnySet
          const [first, second, ...others] = inOrder
          const rows =
            anyFault &&
            first !== undefined &&
            second !== undefined &&
            (yield* misbehaviour.take("reorder")) !== undefined
              ? [second, first, ...others]
              : inOrder
          const missing = yield* missingFiles(rows)
          const lines =
            anyFault && (yield* misbehaviour.take("garble")) !== undefined
              ? ['{"jsonrpc":"2.0","method":"message","params":{"subscr', "Could not fetch group 0:ABGroup"]
              : []
          for (const row of rows) {
            const message = watchedMessage(build, row, missing)
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
            rows.map((row) => ({ _tag: "notification" as const, subscription: id, rowId: row.id }))
          )
        }).pipe(Effect.provideService(FileSystem.FileSystem, fs))

      const overflow = (id: number, after: number) =>
        notify("watch.overflow", { subscription: id, resume_after_rowid: after, terminal: true })

      /** Writes what is new, batch after batch; false once the subscription is over. */
      const poll = (
        id: number,
        subscription: Subscription,
        cursor: Ref.Ref<number>
      ): Effect.Effect<boolean, StoreUnavailable> =>
        Effect.gen(function* () {
          if (yield* Ref.get(stalled)) return true
          const after = yield* Ref.get(cursor)
          if ((yield* misbehaviour.take("denyFullDisk")) !== undefined) {
            const message = noDiskAccess(db.file)
            yield* notify("error", {
              subscription: id,
              error: build.strict ? { code: -32002, message } : { message }
            })
            return false
          }
          const rows = yield* db.after({
            after,
            chatId: subscription.chatId,
            limit: BATCH,
            attachments: subscription.attachments,
            reactions: subscription.reactions,
            reactionRows: subscription.reactions
          })
          const last = rows.at(-1)
          if (last === undefined) return true
          if ((yield* misbehaviour.take("stall")) !== undefined) {
            yield* Ref.set(stalled, true)
            return true
          }
          if (build.strict && (yield* misbehaviour.take("overflow")) !== undefined) {
            yield* overflow(id, after)
            return false
          }
          const before = yield* Clock.currentTimeMillis
          yield* write(id, rows.filter(subscription.allows))
          yield* Ref.set(cursor, last.id)
          const heldUp = (yield* Clock.currentTimeMillis) - before > HELD_UP_MS
          if (build.strict && heldUp && (yield* db.countAfter(last.id)) > subscription.bufferLimit) {
            yield* overflow(id, last.id)
            return false
          }
          return rows.length < BATCH ? true : yield* poll(id, subscription, cursor)
        })

      const reporting = (id: number, effect: Effect.Effect<unknown, StoreUnavailable>) =>
        Effect.catchAll(effect, ({ message }) => notify("error", { subscription: id, error: { message } }))

      const follow = (id: number, subscription: Subscription, cursor: Ref.Ref<number>) =>
        Effect.gen(function* () {
          const changes = yield* PubSub.subscribe(wakeups)
          while (yield* poll(id, subscription, cursor)) {
            yield* Queue.take(changes)
            if (subscription.debounceMs > 0) yield* Effect.sleep(subscription.debounceMs)
            yield* Queue.takeAll(changes)
          }
        }).pipe(Effect.scoped, (following) => reporting(id, following))

      return {
        subscribe: (subscription) =>
          Effect.gen(function* () {
            const id = yield* Ref.updateAndGet(lastId, (n) => n + 1)
            const cursor = yield* Ref.make(subscription.after)
            return {
              id,
              pending: Effect.asVoid(reporting(id, poll(id, subscription, cursor))),
              start: Effect.asVoid(FiberMap.run(running, id, follow(id, subscription, cursor)))
            }
          }),
        unsubscribe: (id) => FiberMap.remove(running, id)
      }
    })
  )
}
