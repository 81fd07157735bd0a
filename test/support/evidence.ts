/** A search for evidence in a chat that a test scripts, in virtual time. */
import { Clock, Effect, Fiber, Layer, Ref, TestClock } from "effect"
import * as OutboxSql from "../../src/layers/outbox/OutboxSql.ts"
import * as DatabaseSqlite from "../../src/layers/sqlite/DatabaseSqlite.ts"
import * as AccountContext from "../../src/programs/account/AccountContext.ts"
import { lookForPart, type Tried as Sought } from "../../src/programs/account/outbox/lookForPart.ts"
import type { Sight } from "../../src/programs/account/outbox/part.ts"
import type { Part } from "../../src/schemas/Delivery.ts"
import type { StoreUnavailable } from "../../src/schemas/errors/store.ts"
import type { ImsgChat, ImsgMessage } from "../../src/schemas/ImsgProtocol.ts"
import type { Target } from "../../src/schemas/Target.ts"
import type { ImsgSession, RequestError } from "../../src/services/ImsgProcess.ts"
import type { Outbox } from "../../src/services/Outbox.ts"
import { makeAccount } from "./configs.ts"
import { makeMessage } from "./envelopes.ts"
import { makeChild } from "./fakeImsg.ts"

/** The outbox, in memory. */
export const outbox = OutboxSql.layer.pipe(Layer.provide(DatabaseSqlite.memory))

/** How long a row may take to be written, ms. */
export const SETTLE = 10_000
/** The newest row from before the try. */
export const AFTER_ROW = 10
/** The part that was tried, where a test says nothing else. */
export const hello: Part = { _tag: "Text", text: "hello world" }

/** An outgoing row, from after the try where a test says nothing else. */
export const sent = (partial: Partial<ImsgMessage> = {}): ImsgMessage =>
  makeMessage({ id: 11, is_from_me: true, text: "hello world", ...partial })

/** What was tried, and what the child shows. */
export interface Tried {
  /** The rows of every chat, whichever is asked for. */
  readonly rows?: ReadonlyArray<ImsgMessage>
  /** How many more rows it has that cannot be read. */
  readonly odd?: number
  readonly chats?: ReadonlyArray<ImsgChat>
  /** What the build says became of a row; it cannot say it where it is absent. */
  readonly sendState?: Effect.Effect<object, RequestError>
  readonly part?: Part
  readonly target?: Target
  readonly lostAt?: number
}

/** Looks as often as a part is looked for, until the settle time after it was lost. */
export const search = (
  session: ImsgSession,
  sought: Sought,
  lostAt: number
): Effect.Effect<Sight, RequestError | StoreUnavailable, Outbox> =>
  Effect.gen(function* () {
    const context = yield* AccountContext.make(makeAccount({ supervision: { requestTimeoutMs: 1000 } }))
    while (true) {
      const now = yield* Clock.currentTimeMillis
      const sight = yield* lookForPart(context, session, sought, now >= lostAt + SETTLE)
      if (sight._tag !== "NotYet") return sight
      yield* Effect.sleep("500 millis")
    }
  })

/** Looks for evidence in a chat whose rows can be changed while it looks. */
export const look = ({
  chats = [],
  lostAt = 0,
  odd = 0,
  part = hello,
  rows = [],
  sendState,
  target = { _tag: "ChatId", chatId: 7 }
}: Tried = {}) =>
  Effect.gen(function* () {
    const chat = yield* Ref.make(rows)
    const { asked, session } = yield* makeChild({
      methods: sendState === undefined ? [] : ["message.send_status"],
      answer: ({ method }) => {
        if (method === "chats.list") return Effect.succeed({ chats })
        if (method === "message.send_status") return sendState ?? Effect.dieMessage("it was not named")
        return Effect.map(Ref.get(chat), (messages) => ({
          messages: [...messages, ...Array.from({ length: odd }, () => ({ id: "?" }))]
        }))
      }
    })
    const delivery = { id: "d", accountId: "default", target }
    const fiber = yield* Effect.fork(search(session, { delivery, part, afterRowId: AFTER_ROW }, lostAt))
    return { asked, chat, fiber }
  })

/** What is found after the settle time at the latest. */
export const found = (tried: Tried) =>
  Effect.gen(function* () {
    const { fiber } = yield* look(tried)
    yield* TestClock.adjust(SETTLE + 500)
    return (yield* Fiber.join(fiber))._tag
  }).pipe(Effect.provide(outbox))
