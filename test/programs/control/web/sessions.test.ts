import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Layer, Option, Redacted, TestClock } from "effect"
import { Database } from "../../../../src/layers/database/Database.ts"
import * as DatabaseSqlite from "../../../../src/layers/sqlite/DatabaseSqlite.ts"
import * as AccessTokensSql from "../../../../src/layers/web/AccessTokensSql.ts"
import * as WebSessionsSql from "../../../../src/layers/web/WebSessionsSql.ts"
import { makeSessions } from "../../../../src/programs/control/web/sessions.ts"
import { makeTokens } from "../../../../src/programs/control/web/tokens.ts"
import { digestOf } from "../../../../src/schemas/accessToken.ts"
import { SESSION_LASTS } from "../../../../src/schemas/webSession.ts"
import { AccessTokens } from "../../../../src/services/AccessTokens.ts"

const TOKEN = "the token of the config"
const DIGEST = digestOf(TOKEN)
const store = Layer.merge(AccessTokensSql.layer, WebSessionsSql.layer).pipe(
  Layer.provideMerge(DatabaseSqlite.memory)
)

/** The sessions of a server whose config has this token. Each is as one that was started anew. */
const server = (token: string = TOKEN) => Effect.flatMap(makeTokens(Redacted.make(token)), makeSessions)

const isFound = (id: string, from = server()) =>
  Effect.flatMap(from, ({ find }) => Effect.map(find(id), Option.isSome))

describe("a session", () => {
  it.effect("is found by its cookie until it is closed, and is over then", () =>
    Effect.gen(function* () {
      const { close, open } = yield* server()
      const one = yield* open(DIGEST)
      const other = yield* open(DIGEST)
      expect(one.id).not.toBe(other.id)
      const over = yield* Effect.fork(one.over)
      yield* close(one.id)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(over)
      expect(yield* isFound(one.id)).toBe(false)
      expect(yield* isFound(other.id)).toBe(true)
      expect(yield* isFound("made up")).toBe(false)
    }).pipe(Effect.provide(store))
  )

  it.effect("is over after a week, also for who listens", () =>
    Effect.gen(function* () {
      const { open } = yield* server()
      const { id, over } = yield* open(DIGEST)
      yield* TestClock.adjust(Duration.subtract(SESSION_LASTS, "1 millis"))
      const ended = yield* Effect.fork(over)
      expect(yield* isFound(id)).toBe(true)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(ended)
      expect(yield* isFound(id)).toBe(false)
    }).pipe(Effect.provide(store))
  )

  it.effect("gives way where there are too many: the oldest goes", () =>
    Effect.gen(function* () {
      const { open } = yield* server()
      const later = Effect.tap(open(DIGEST), TestClock.adjust("1 second"))
      const sessions = yield* Effect.replicateEffect(later, 65)
      const found = yield* Effect.forEach(sessions, ({ id }) => isFound(id))
      expect(found).toEqual([false, ...Array.from({ length: 64 }, () => true)])
      yield* sessions[0]?.over ?? Effect.dieMessage("no session")
    }).pipe(Effect.provide(store))
  )

  it.effect("outlives the server, and ends with the token that it was begun with", () =>
    Effect.gen(function* () {
      const { create, revoke } = yield* AccessTokens
      const made = yield* create("laptop", ["admin"])
      const { open } = yield* server()
      const byConfig = yield* open(DIGEST)
      const byStore = yield* open(digestOf(Redacted.value(made.token)))
      expect(yield* isFound(byConfig.id)).toBe(true)
      // The config has another token after a reload.
      const changed = server("another token of the config")
      expect(yield* isFound(byConfig.id, changed)).toBe(false)
      expect(yield* isFound(byConfig.id)).toBe(false)
      expect(yield* isFound(byStore.id, changed)).toBe(true)
      const over = yield* Effect.fork(byStore.over)
      yield* revoke(made.number)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(over)
      expect(yield* isFound(byStore.id)).toBe(false)
    }).pipe(Effect.provide(store))
  )

  it.effect("is in the store only as a digest, and so is a token", () =>
    Effect.gen(function* () {
      const { create } = yield* AccessTokens
      const { token } = yield* create("laptop", ["admin"])
      const { id } = yield* Effect.flatMap(server(), ({ open }) => open(digestOf(Redacted.value(token))))
      const database = yield* Database
      const rows = database.prepare<Record<string, unknown>>(
        "SELECT * FROM access_tokens LEFT JOIN web_sessions ON token_digest = access_tokens.digest"
      )
      const kept = JSON.stringify([
        ...(yield* database.read(() => rows.all())),
        ...(yield* database.read(() => database.prepare("SELECT * FROM audit").all()))
      ])
      expect(kept).toContain(digestOf(id))
      expect(kept).not.toContain(id)
      expect(kept).not.toContain(Redacted.value(token))
      expect(kept).not.toContain(Redacted.value(token).slice(-43))
    }).pipe(Effect.provide(store))
  )
})
