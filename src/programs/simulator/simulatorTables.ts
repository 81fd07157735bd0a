import type * as SqlClient from "@effect/sql/SqlClient"
import { Clock, Effect, Schema } from "effect"
import { CREATE_BRIDGE_TABLES, makeBridgeTables } from "./bridge/bridgeTables.ts"
import { Fault, timesOf } from "./Fault.ts"
import { Recorded, type RecordedEvent } from "./Recorded.ts"

/** A fault that is set, under the number by which it is claimed. */
export const ActiveFault = Schema.Struct({
  id: Schema.Int,
  times: Schema.Int,
  fault: Schema.parseJson(Fault)
})
export type ActiveFault = typeof ActiveFault.Type

const RecordedRow = Schema.Struct({ ...Recorded.fields, event: Schema.parseJson(Recorded.fields.event) })

// What is written at each request must not change chat.db: whoever watches it would take that for a message.
const CREATE = [
  `CREATE TABLE IF NOT EXISTS simulator.fault (
    id INTEGER PRIMARY KEY AUTOINCREMENT, times INTEGER NOT NULL, fault TEXT NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS simulator.record (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, pid INTEGER NOT NULL, event TEXT NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS simulator.late (
    message_id INTEGER NOT NULL, part TEXT NOT NULL, value TEXT, PRIMARY KEY (message_id, part))`,
  "CREATE TABLE IF NOT EXISTS simulator.reserved (guid TEXT PRIMARY KEY)",
  ...CREATE_BRIDGE_TABLES
]

/** Opens what the simulator keeps beside a chat.db, `<chat.db>.simulator`, as the schema `simulator` of its connection. */
export const attachSimulatorFile = (sql: SqlClient.SqlClient, file: string) =>
  Effect.gen(function* () {
    yield* sql.unsafe("ATTACH DATABASE ? AS simulator", [`${file}.simulator`])
    yield* sql.unsafe("PRAGMA simulator.journal_mode = WAL")
    yield* sql.unsafe("PRAGMA simulator.synchronous = OFF")
    yield* Effect.forEach(CREATE, (statement) => sql.unsafe(statement), { discard: true })
  })

/** The simulator's own tables: the faults that are set, and the record. */
export const makeSimulatorTables = (sql: SqlClient.SqlClient, pid: number) => {
  const fault = (value: Fault) =>
    Effect.flatMap(Schema.encode(Schema.parseJson(Fault))(value), (json) =>
      sql.unsafe("INSERT INTO simulator.fault (times, fault) VALUES (?, ?)", [timesOf(value), json])
    )

  const activeFaults = Effect.flatMap(
    sql.unsafe("SELECT id, times, fault FROM simulator.fault WHERE times <> 0 ORDER BY id"),
    (rows) => (rows.length === 0 ? Effect.succeed([]) : Schema.decodeUnknown(Schema.Array(ActiveFault))(rows))
  )

  /** Uses up one of the times of a fault; false when another process was quicker. */
  const claim = ({ id, times }: ActiveFault) =>
    times === -1
      ? Effect.succeed(true)
      : Effect.map(
          sql.unsafe("UPDATE simulator.fault SET times = times - 1 WHERE id = ? AND times > 0 RETURNING id", [
            id
          ]),
          (rows) => rows.length > 0
        )

  const record = (events: ReadonlyArray<RecordedEvent>) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      sql.unsafe(
        "INSERT INTO simulator.record (at, pid, event) SELECT ?, ?, value FROM json_each(?) ORDER BY key",
        [now, pid, JSON.stringify(events)]
      )
    )

  const recorded = (after = 0) =>
    Effect.flatMap(
      sql.unsafe("SELECT id, at, pid, event FROM simulator.record WHERE id > ? ORDER BY id", [after]),
      Schema.decodeUnknown(Schema.Array(RecordedRow))
    )

  /** Takes a guid for a tracked send; false where it is taken. */
  const reserve = (guid: string) =>
    Effect.map(
      sql.unsafe("INSERT OR IGNORE INTO simulator.reserved (guid) VALUES (?) RETURNING guid", [guid]),
      (rows) => rows.length > 0
    )

  return {
    ...makeBridgeTables(sql),
    reserve,
    fault,
    clearFaults: sql.unsafe("DELETE FROM simulator.fault"),
    activeFaults,
    claim,
    record,
    recorded
  }
}
