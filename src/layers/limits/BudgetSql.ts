/**
 * Budgets in the gateway's store: a row for each turn of the last day. A window that moves with the clock has no edge at
 * which twice as much passes, and a turn that a crash cut off is counted once.
 */
import { Array as Arr, Clock, Effect, Layer } from "effect"
import { Budget, type CountedTurn, type Exceeded, type ExceededBudget } from "../../services/Budget.ts"
import { Database } from "../database/Database.ts"
import { type Answer, map, type Query } from "../database/Step.ts"

/** How long what was spent counts, in ms. */
const WINDOW_MS = 24 * 60 * 60 * 1000
/** What counts no more is removed so often, in ms. */
const PRUNE_EVERY_MS = 60 * 60 * 1000

interface ExceededRow {
  readonly account_id: string
  readonly budget: Exceeded["budget"]
  readonly subject: string
  readonly since: number
  readonly dropped: number
}

const exceededOf = ({ account_id, ...rest }: ExceededRow): ExceededBudget => ({
  accountId: account_id,
  ...rest
})

const make = Effect.gen(function* () {
  const database = yield* Database
  // A clock that was ahead leaves rows of a time to come, which say nothing about today.
  const isToday = "begun_at > ? AND begun_at <= ?"
  const isCounted = database.prepare("SELECT 1 FROM budget_turns WHERE turn_id = ?")
  const turnsOf = database.prepare<{ readonly spent: number }>(
    `SELECT count(*) AS spent FROM budget_turns WHERE account_id = ? AND person = ? AND ${isToday}`
  )
  const partsOf = database.prepare<{ readonly spent: number }>(
    `SELECT CAST(coalesce(sum(parts), 0) AS BIGINT) AS spent FROM budget_turns WHERE account_id = ? AND chat = ? AND ${isToday}`
  )
  const count = database.prepare(
    "INSERT INTO budget_turns (turn_id, account_id, person, chat, begun_at) VALUES (?, ?, ?, ?, ?)"
  )
  const setParts = database.prepare("UPDATE budget_turns SET parts = ? WHERE turn_id = ?")
  const selectSince = database.prepare<{ readonly since: number }>(
    "SELECT since FROM budget_exceeded WHERE account_id = ? AND budget = ? AND subject = ?"
  )
  const beginExceeded = database.prepare(
    `INSERT INTO budget_exceeded (account_id, budget, subject, since, dropped) VALUES (?, ?, ?, ?, 1)
     ON CONFLICT (account_id, budget, subject) DO UPDATE SET since = excluded.since, dropped = 1`
  )
  const countDropped = database.prepare(
    "UPDATE budget_exceeded SET dropped = dropped + 1 WHERE account_id = ? AND budget = ? AND subject = ?"
  )
  const selectExceeded = database.prepare<ExceededRow>(
    "SELECT * FROM budget_exceeded WHERE since > ? AND since <= ? ORDER BY since"
  )
  const dropTurns = database.prepare("DELETE FROM budget_turns WHERE begun_at <= ?")
  const dropExceeded = database.prepare("DELETE FROM budget_exceeded WHERE since <= ?")
  let prunedAt = Number.NEGATIVE_INFINITY

  const prune = function* (now: number): Generator<Query, void, Answer> {
    yield* dropTurns.run(now - WINDOW_MS)
    yield* dropExceeded.run(now - WINDOW_MS)
  }

  const exceededBy = function* (
    { accountId, chat, person }: CountedTurn,
    limits: { readonly turns: number; readonly parts: number },
    now: number
  ): Generator<Query, Exceeded | undefined, Answer> {
    const spent = (by: typeof turnsOf, subject: string) =>
      map(by.get(accountId, subject, now - WINDOW_MS, now), (row) => row?.spent ?? 0)
    if (limits.turns > 0 && (yield* spent(turnsOf, person)) >= limits.turns) {
      return { accountId, budget: "turns", subject: person }
    }
    return limits.parts > 0 && (yield* spent(partsOf, chat)) >= limits.parts
      ? { accountId, budget: "parts", subject: chat }
      : undefined
  }

  /** Counts what is not begun, and answers whether it is the first of a day. */
  const refuse = function* (
    { accountId, budget, subject }: Exceeded,
    now: number
  ): Generator<Query, boolean, Answer> {
    const since = (yield* selectSince.get(accountId, budget, subject))?.since
    const isNews = since === undefined || since <= now - WINDOW_MS || since > now
    if (isNews) yield* beginExceeded.run(accountId, budget, subject, now)
    else yield* countDropped.run(accountId, budget, subject)
    return isNews
  }

  return Budget.of({
    begin: (turn, limits) =>
      limits.turns === 0 && limits.parts === 0
        ? Effect.succeed(undefined)
        : Effect.gen(function* () {
            const now = yield* Clock.currentTimeMillis
            const prunes = Math.abs(now - prunedAt) >= PRUNE_EVERY_MS
            const refused = yield* database.write(function* () {
              if (prunes) yield* prune(now)
              if ((yield* isCounted.get(turn.id)) !== undefined) return undefined
              const exceeded = yield* exceededBy(turn, limits, now)
              if (exceeded !== undefined) return { exceeded, isNews: yield* refuse(exceeded, now) }
              yield* count.run(turn.id, turn.accountId, turn.person, turn.chat, now)
              return undefined
            })
            if (prunes) prunedAt = now
            return refused
          }),
    answered: (turnId, parts) => Effect.asVoid(database.write(() => setParts.run(parts, turnId))),
    exceeded: Effect.flatMap(Clock.currentTimeMillis, (now) =>
      database.read(() => map(selectExceeded.all(now - WINDOW_MS, now), Arr.map(exceededOf)))
    )
  })
})

export const layer: Layer.Layer<Budget, never, Database> = Layer.effect(Budget, make)
