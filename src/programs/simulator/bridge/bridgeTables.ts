/** What was set of the bridge, beside a chat.db. */
import type * as SqlClient from "@effect/sql/SqlClient"
import { Effect, Schema } from "effect"
import { BridgeSetting } from "./BridgeState.ts"

export const CREATE_BRIDGE_TABLES = [
  "CREATE TABLE IF NOT EXISTS simulator.bridge (id INTEGER PRIMARY KEY CHECK (id = 1), setting TEXT NOT NULL)",
  "CREATE TABLE IF NOT EXISTS simulator.extras (guid TEXT PRIMARY KEY, extras TEXT NOT NULL)"
]

const Row = Schema.Struct({ setting: Schema.parseJson(BridgeSetting) })

/** Reads and writes the setting; what a change leaves out stays as it was. */
export const makeBridgeTables = (sql: SqlClient.SqlClient) => ({
  bridge: sql.unsafe("SELECT setting FROM simulator.bridge").pipe(
    Effect.flatMap(Schema.decodeUnknown(Schema.Array(Row))),
    Effect.map(([row]): BridgeSetting => row?.setting ?? {})
  ),
  setBridge: (change: BridgeSetting) =>
    Effect.flatMap(Schema.encode(Schema.parseJson(BridgeSetting))(change), (json) =>
      sql.unsafe(
        `INSERT INTO simulator.bridge (id, setting) VALUES (1, ?)
         ON CONFLICT (id) DO UPDATE SET setting = json_patch(setting, excluded.setting)`,
        [json]
      )
    )
})
