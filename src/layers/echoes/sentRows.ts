/** Which rows are parts that the gateway sent, as its deliveries say. */
import { Effect } from "effect"
import type { Envelope } from "../../schemas/Envelope.ts"
import type { Stored } from "../../schemas/errors/store.ts"
import type { Database } from "../database/Database.ts"

export const makeSentRows = (database: Database["Type"]) => {
  const byGuid = database.prepare("SELECT 1 FROM parts WHERE account_id = ? AND guid = ? LIMIT 1")
  const byRow = database.prepare(
    "SELECT 1 FROM parts WHERE account_id = ? AND row_id = ? AND guid IS NULL AND tried_at >= ? LIMIT 1"
  )
  return {
    hasGuid: (accountId: string, guid: string): Stored<boolean> =>
      Effect.map(
        database.read(() => byGuid.get(accountId, guid)),
        (part) => part !== undefined
      ),
    /** A part without a guid is known by its row, where it was tried from a time on, in Unix ms. */
    has: ({ accountId, guid, rowId }: Pick<Envelope, "accountId" | "guid" | "rowId">, triedFrom: number) =>
      database.read(function* () {
        if ((yield* byGuid.get(accountId, guid)) !== undefined) return true
        return (yield* byRow.get(accountId, rowId, Math.trunc(triedFrom))) !== undefined
      })
  }
}
