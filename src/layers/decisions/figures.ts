/** What happened in spans of time: rows by what was decided, turns and parts by how they ended. */
import { Array as Arr } from "effect"
import type { Figures, TurnOutcome } from "../../schemas/Decision.ts"
import { FOR_NOBODY, LET_THROUGH } from "../../schemas/fateWords.ts"
import type { Decisions } from "../../services/Decisions.ts"
import type { Database } from "../database/Database.ts"

interface Ended {
  readonly ended_at: number
  readonly outcome: TurnOutcome
  readonly duration_ms: number
}

const oneOf = (fates: ReadonlyArray<string>): string =>
  `fate IN (${fates.map((fate) => `'${fate}'`).join(", ")})`

/** What is let through is counted, and beside it all else that somebody could want an answer to. */
const ADMITTED = oneOf(LET_THROUGH)
const NOBODYS = oneOf(FOR_NOBODY)

const medianOf = (sorted: ReadonlyArray<number>): number | null =>
  sorted[Math.floor((sorted.length - 1) / 2)] ?? null

export const makeFigures = (database: typeof Database.Service): Decisions["Type"]["figures"] => {
  // SQLite has numbers of JavaScript bound as REAL: the quotient is a whole number only where it is made one.
  const judged = database.prepare<{
    readonly span: number
    readonly admitted: number
    readonly others: number
  }>(`
    SELECT CAST((at - ?) / ? AS BIGINT) AS span, count(*) FILTER (WHERE ${ADMITTED}) AS admitted,
      count(*) FILTER (WHERE NOT ${ADMITTED} AND NOT ${NOBODYS}) AS others
    FROM decisions WHERE at >= ? AND at < ? GROUP BY span`)
  const ended = database.prepare<Ended>(
    "SELECT ended_at, outcome, duration_ms FROM turn_ends WHERE ended_at >= ? AND ended_at < ?"
  )
  const settled = database.prepare<{
    readonly span: number
    readonly sent: number
    readonly unsent: number
  }>(`
    SELECT CAST((settled_at - ?) / ? AS BIGINT) AS span, count(*) FILTER (WHERE state = 'Sent') AS sent,
      count(*) FILTER (WHERE state IN ('Uncertain', 'Failed')) AS unsent
    FROM parts WHERE settled_at >= ? AND settled_at < ? GROUP BY span`)

  const spanOf = (
    from: number,
    until: number,
    turns: ReadonlyArray<Ended>
  ): Omit<Figures, "admitted" | "others" | "sentParts" | "unsentParts"> => {
    const answered = turns
      .filter(({ outcome }) => outcome === "answered" || outcome === "silent")
      .map(({ duration_ms }) => duration_ms)
      .sort((one, other) => one - other)
    return {
      from,
      until,
      turns: turns.length,
      failedTurns: turns.filter(({ outcome }) => outcome === "failed").length,
      medianMs: medianOf(answered),
      slowestMs: answered.at(-1) ?? null
    }
  }

  return ({ since, spanMs, until }) =>
    database.read(function* () {
      const span = [since, spanMs, since, until] as const
      const rows = new Map((yield* judged.all(...span)).map((row) => [row.span, row]))
      const parts = new Map((yield* settled.all(...span)).map((row) => [row.span, row]))
      const turns = Arr.groupBy(yield* ended.all(since, until), ({ ended_at }) =>
        String(Math.floor((ended_at - since) / spanMs))
      )
      return Arr.makeBy(Math.max(1, Math.ceil((until - since) / spanMs)), (span) => ({
        ...spanOf(
          since + span * spanMs,
          Math.min(until, since + (span + 1) * spanMs),
          turns[String(span)] ?? []
        ),
        admitted: rows.get(span)?.admitted ?? 0,
        others: rows.get(span)?.others ?? 0,
        sentParts: parts.get(span)?.sent ?? 0,
        unsentParts: parts.get(span)?.unsent ?? 0
      }))
    })
}
