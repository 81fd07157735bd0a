/** Requests for leave in the store. */
import { Array as Arr, Schema } from "effect"
import { PermissionReason, type PermissionRecord, ToolKind } from "../../schemas/Permission.ts"
import { makeCode } from "../codes/makeCode.ts"
import type { Database } from "../database/Database.ts"
import { type Answer, map, type Query } from "../database/Step.ts"

/** Requests of one turn, and of all, that wait at once; one whose time is over waits no more. */
const MOST_OF_A_TURN = 3
const MOST_WAITING = 20

/** Requests that are kept, however long `retention` is: an agent that asks for ever fills no disk. */
const MOST_KEPT = 10_000

interface Row {
  readonly number: number
  readonly code: string | null
  readonly agent_id: string
  readonly account_id: string
  readonly turn_id: string
  readonly chat: string
  readonly kind: string
  readonly title: string
  readonly asked_at: number
  readonly expires_at: number | null
  readonly decided_at: number | null
  readonly allowed: number | null
  readonly reason: string | null
  readonly decided_by: string | null
}

const kindOf = Schema.decodeUnknownSync(ToolKind)
const reasonOf = Schema.decodeUnknownSync(PermissionReason)

const recordOf = (row: Row): PermissionRecord => ({
  number: row.number,
  code: row.code,
  agentId: row.agent_id,
  accountId: row.account_id,
  turnId: row.turn_id,
  chat: row.chat,
  kind: kindOf(row.kind),
  title: row.title,
  askedAt: row.asked_at,
  expiresAt: row.expires_at,
  decided:
    row.decided_at === null
      ? null
      : {
          allowed: row.allowed === 1,
          reason: reasonOf(row.reason),
          by: row.decided_by,
          at: row.decided_at
        }
})

const orNone = (row: Row | undefined) => (row === undefined ? undefined : recordOf(row))
const records = Arr.map(recordOf)

/** Whether the time of a request is over. */
export const isOver = ({ expiresAt }: PermissionRecord, at: number): boolean =>
  expiresAt === null || expiresAt <= at

/** A request before it has its number. */
export type Asked = Omit<PermissionRecord, "number" | "code" | "decided" | "expiresAt">

/** How a request ends. `by` says in words who decided. */
export interface Ending {
  readonly allowed: boolean
  readonly reason: PermissionReason
  readonly by?: string
}

/** The step that adds one; nothing where it is not there then. */
type Added = Generator<Query, PermissionRecord | undefined, Answer>

/** Reads and writes of requests, each within a step of its caller. */
export const makeRows = (database: typeof Database.Service) => {
  const insert = database.prepare<Row>(`
    INSERT INTO permissions (code, agent_id, account_id, turn_id, chat, kind, title, asked_at, expires_at,
      decided_at, allowed, reason)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`)
  const trim = database.prepare(`
    DELETE FROM permissions WHERE number <= CAST(? AS BIGINT) - ${MOST_KEPT} AND decided_at IS NOT NULL`)
  const isTaken = database.prepare("SELECT 1 FROM permissions WHERE code = ?")
  const count = database.prepare<{ readonly all_of_them: number; readonly of_turn: number }>(`
    SELECT count(*) AS all_of_them, count(*) FILTER (WHERE turn_id = ?) AS of_turn
    FROM permissions WHERE decided_at IS NULL AND expires_at > ?`)
  const byCode = database.prepare<Row>("SELECT * FROM permissions WHERE code = ?")
  const selectWaiting = database.prepare<Row>(
    "SELECT * FROM permissions WHERE decided_at IS NULL ORDER BY number"
  )
  const selectDecided = database.prepare<Row>(
    "SELECT * FROM permissions WHERE decided_at IS NOT NULL ORDER BY decided_at DESC, number DESC LIMIT ?"
  )
  // A code is good once.
  const decide = database.prepare<Row>(`
    UPDATE permissions SET decided_at = ?, allowed = ?, reason = ?, decided_by = ?, code = NULL
    WHERE number = ? AND decided_at IS NULL RETURNING *`)
  const close = "UPDATE permissions SET decided_at = ?, allowed = 0, reason = 'restart', code = NULL"
  const closeUntil = database.prepare<Row>(
    `${close} WHERE decided_at IS NULL AND expires_at <= ? RETURNING *`
  )
  const closeOthers = database.prepare<Row>(`${close}
    WHERE decided_at IS NULL AND turn_id = ? AND number NOT IN (
      SELECT CAST(value AS BIGINT) FROM json_each(?)) RETURNING *`)
  const byNumber = database.prepare<Row>("SELECT * FROM permissions WHERE number = ?")

  const freshCode = function* (): Generator<Query, string, Answer> {
    const code = makeCode()
    return (yield* isTaken.get(code)) === undefined ? code : yield* freshCode()
  }

  const add = function* (
    asked: Asked,
    waits: { code: string; expiresAt: number } | undefined,
    end?: Ending
  ): Added {
    const row = yield* insert.get(
      ...[waits?.code ?? null, asked.agentId, asked.accountId, asked.turnId, asked.chat],
      ...[asked.kind, asked.title, asked.askedAt, waits?.expiresAt ?? null],
      ...(end === undefined ? [null, null, null] : [asked.askedAt, end.allowed ? 1 : 0, end.reason])
    )
    if (row !== undefined) yield* trim.run(row.number)
    return orNone(row)
  }

  return {
    /** A request that is decided as it is made. */
    note: (asked: Asked, end: Ending) => add(asked, undefined, end),
    /** A request that waits until a time (Unix ms); none where too many do. */
    begin: function* (asked: Asked, expiresAt: number): Added {
      const { all_of_them = 0, of_turn = 0 } = (yield* count.get(asked.turnId, asked.askedAt)) ?? {}
      return all_of_them >= MOST_WAITING || of_turn >= MOST_OF_A_TURN
        ? undefined
        : yield* add(asked, { code: yield* freshCode(), expiresAt })
    },
    /** Ends a request, once; nothing where it has an end. */
    end: (number: number, { allowed, by, reason }: Ending, at: number) =>
      map(decide.get(at, allowed ? 1 : 0, reason, by ?? null, number), orNone),
    /** Closes those that a process left which is gone: all that wait no longer than until a time. */
    closeUntil: (until: number, at: number) => map(closeUntil.all(at, until), records),
    /** Closes those of a turn, but for some by their numbers. */
    closeOthers: (turnId: string, but: Iterable<number>, at: number) =>
      map(closeOthers.all(at, turnId, JSON.stringify([...but])), records),
    byNumber: (number: number) => map(byNumber.get(number), orNone),
    byCode: (code: string) => map(byCode.get(code), orNone),
    waiting: () => map(selectWaiting.all(), records),
    decided: (limit: number) => map(selectDecided.all(limit), records)
  }
}

export type Rows = ReturnType<typeof makeRows>
