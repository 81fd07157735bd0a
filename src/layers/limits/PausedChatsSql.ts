/** Paused chats in the gateway's store, where whichever process their owner uses resumes them. */
import { Array as Arr, Clock, Effect, Layer, Option } from "effect"
import { ChatNotPaused } from "../../schemas/errors/chats.ts"
import { OnBehalfOf } from "../../services/Audit.ts"
import { type ChatRef, type Pause, PausedChats } from "../../services/PausedChats.ts"
import { makeTrail } from "../audit/auditTrail.ts"
import { Database } from "../database/Database.ts"
import * as Step from "../database/Step.ts"

/** How long the first pauses are, in ms; every one after them lasts until the owner ends it. */
const PAUSES = [60_000, 600_000]
/** A chat that was well for so long, in ms, begins with the first pause again. */
const FORGIVEN_AFTER = 24 * 60 * 60 * 1000

interface PauseRow {
  readonly account_id: string
  readonly chat: string
  readonly times: number
  readonly since: number
  readonly until: number | null
}

const pauseOf = ({ account_id, chat, since, times, until }: PauseRow): Pause => ({
  accountId: account_id,
  chat,
  times,
  since,
  until: until ?? undefined
})

const make = Effect.gen(function* () {
  const database = yield* Database
  const trail = makeTrail(database)
  const put = database.prepare(
    `INSERT INTO paused_chats (account_id, chat, times, since, until) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (account_id, chat) DO UPDATE SET times = excluded.times, since = excluded.since, until = excluded.until`
  )
  const forgive = database.prepare("DELETE FROM paused_chats WHERE until < ?")
  const select = database.prepare<PauseRow>("SELECT * FROM paused_chats WHERE account_id = ? AND chat = ?")
  const selectNow = database.prepare<PauseRow>(
    "SELECT * FROM paused_chats WHERE until IS NULL OR until > ? ORDER BY since DESC"
  )
  const remove = database.prepare("DELETE FROM paused_chats WHERE account_id = ? AND chat = ?")

  const find = ({ accountId, chat }: ChatRef, now: number): Step.Step<Option.Option<Pause>> =>
    Step.map(select.get(accountId, chat), (row) =>
      Option.fromNullable(row).pipe(
        Option.map(pauseOf),
        Option.filter(({ until }) => until === undefined || until > now)
      )
    )
  const now = Effect.map(Clock.currentTimeMillis, Math.trunc)

  return PausedChats.of({
    pause: ({ accountId, chat }) =>
      Effect.flatMap(now, (since) =>
        database.write(function* () {
          yield* forgive.run(since - FORGIVEN_AFTER)
          const times = ((yield* select.get(accountId, chat))?.times ?? 0) + 1
          const lasts = PAUSES[times - 1]
          const until = lasts === undefined ? undefined : since + lasts
          yield* put.run(accountId, chat, times, since, until ?? null)
          return { accountId, chat, times, since, until }
        })
      ),
    hold: ({ accountId, chat }) =>
      Effect.flatMap(Effect.all([now, OnBehalfOf]), ([since, by]) =>
        database.write(function* () {
          const times = Option.match(yield* find({ accountId, chat }, since), {
            onNone: () => 0,
            onSome: (pause) => pause.times
          })
          yield* put.run(accountId, chat, times, since, null)
          yield* trail({ at: since, by, event: { _tag: "ChatPaused", accountId, chat } })
          return { accountId, chat, times, since, until: undefined }
        })
      ),
    get: (chat) => Effect.flatMap(now, (at) => database.read(() => find(chat, at))),
    all: Effect.flatMap(now, (at) => database.read(() => Step.map(selectNow.all(at), Arr.map(pauseOf)))),
    resume: (chat) =>
      Effect.flatMap(Effect.all([now, OnBehalfOf]), ([at, by]) =>
        Effect.flatten(
          database.write(function* () {
            const pause = yield* find(chat, at)
            if (Option.isNone(pause)) return Effect.fail(new ChatNotPaused({ chat: chat.chat }))
            yield* remove.run(chat.accountId, chat.chat)
            yield* trail({
              ...{ at, by },
              event: { _tag: "ChatResumed", accountId: chat.accountId, chat: chat.chat }
            })
            return Effect.succeed(pause.value)
          })
        )
      )
  })
})

export const layer: Layer.Layer<PausedChats, never, Database> = Layer.effect(PausedChats, make)
