/** The parts of deliveries in the gateway's store. */
import { Clock, Effect, Option, Schema } from "effect"
import { isFinal, Part, type PartRecord, PartState } from "../../schemas/Delivery.ts"
import { Extra } from "../../schemas/Extra.ts"
import type { DeliveryRef } from "../../services/Outbox.ts"
import type { Database } from "../database/Database.ts"
import { map, type Step } from "../database/Step.ts"

interface PartRow {
  readonly part_index: number
  readonly part: string
  readonly state: PartState["_tag"]
  readonly tries: number
  readonly tried_at: number | null
  readonly after_row_id: number | null
  readonly guid: string | null
  readonly row_id: number | null
  readonly detail: string | null
  readonly lacks: string | null
}

const PartJson = Schema.parseJson(Part)
const encodePart = Schema.encodeSync(PartJson)
const decodePart = Schema.decodeOption(PartJson)

const stateOf = (row: PartRow): PartState => {
  switch (row.state) {
    case "Queued":
      return PartState.Queued()
    case "Sending":
      return PartState.Sending({
        triedAt: row.tried_at ?? 0,
        afterRowId: row.after_row_id ?? 0,
        ...(row.guid === null ? {} : { guid: row.guid })
      })
    case "Sent":
      return PartState.Sent({ guid: row.guid ?? undefined, rowId: row.row_id ?? undefined })
    case "Uncertain":
      return PartState.Uncertain({ detail: row.detail ?? "" })
    case "Failed":
      return PartState.Failed({ detail: row.detail ?? "" })
    case "LeftOut":
      return PartState.LeftOut({ detail: row.detail ?? "" })
  }
}

/** In the place of a part that cannot be read. */
const NO_WORDS: Part = { _tag: "Text", text: "" }
const CANNOT_BE_READ = "it cannot be read"

/** Nothing is sent of what cannot be read; whether it was under way is known all the same. */
const unreadable = (state: PartState): PartState => {
  if (isFinal(state)) return state
  const detail = CANNOT_BE_READ
  return state._tag === "Sending" ? PartState.Uncertain({ detail }) : PartState.Failed({ detail })
}

const isExtra = Schema.is(Extra)
const BETWEEN = ","
const lacksOf = ({ lacks }: PartRow): ReadonlyArray<Extra> => (lacks ?? "").split(BETWEEN).filter(isExtra)

const recordOf = (row: PartRow): PartRecord => {
  const part = decodePart(row.part)
  const state = stateOf(row)
  const lacks = lacksOf(row)
  return {
    index: row.part_index,
    part: Option.getOrElse(part, () => NO_WORDS),
    state: Option.isSome(part) ? state : unreadable(state),
    tries: row.tries,
    ...(lacks.length === 0 ? {} : { lacks })
  }
}

/** The columns that a state fills, in the order of the statement that writes them. */
const columnsOf = (state: PartState) => {
  const none = { triedAt: null, afterRowId: null, guid: null, rowId: null, detail: null }
  return PartState.$match(state, {
    Queued: () => none,
    Sending: ({ afterRowId, guid, triedAt }) => ({
      ...none,
      triedAt: Math.trunc(triedAt),
      afterRowId,
      guid: guid ?? null
    }),
    Sent: ({ guid, rowId }) => ({ ...none, guid: guid ?? null, rowId: rowId ?? null }),
    Uncertain: ({ detail }) => ({ ...none, detail }),
    Failed: ({ detail }) => ({ ...none, detail }),
    LeftOut: ({ detail }) => ({ ...none, detail })
  })
}

const isThere = (row: unknown): boolean => row !== undefined

/** Reads and writes parts. */
export const makeParts = (database: typeof Database.Service) => {
  const select = database.prepare<PartRow>("SELECT * FROM parts WHERE delivery_id = ? ORDER BY part_index")
  // What is in doubt may be sent again, also where its words had left already: imsg had said that it was sent.
  const put = database.prepare(`
    INSERT INTO parts
      (delivery_id, part_index, account_id, part, state, tries, tried_at, after_row_id, guid, row_id, detail,
        settled_at, lacks)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (delivery_id, part_index) DO UPDATE SET
      part = CASE excluded.state WHEN 'Uncertain' THEN excluded.part ELSE parts.part END,
      state = excluded.state, tries = excluded.tries,
      tried_at = coalesce(excluded.tried_at, parts.tried_at),
      after_row_id = coalesce(excluded.after_row_id, parts.after_row_id),
      guid = excluded.guid, row_id = excluded.row_id, detail = excluded.detail, settled_at = excluded.settled_at,
      lacks = coalesce(excluded.lacks, parts.lacks)`)
  // Messages may spell a guid in another case than the answer to its send did, and then all of it: each is in the index.
  const selectClaim = database.prepare<{ readonly delivery_id: string }>(
    "SELECT delivery_id FROM parts WHERE account_id = $account AND guid IN ($guid, lower($guid), upper($guid)) LIMIT 1"
  )
  // Of what imsg sent without naming its row that is looked for later, and then its guid is written down.
  const selectNameless = database.prepare(`
    SELECT 1 FROM parts WHERE account_id = $account AND guid IS NULL AND after_row_id < $row
      AND state IN ('Sending', 'Sent') AND coalesce(row_id, $row) = $row
      AND json_extract(part, '$._tag') IN ('Text', 'File', 'Poll') LIMIT 1`)
  const selectStranded = database.prepare(
    "SELECT 1 FROM stranded_deliveries WHERE account_id = ? AND delivery_id = ?"
  )

  return {
    parts: (deliveryId: string) =>
      database.read(() => map(select.all(deliveryId), (rows) => rows.map(recordOf))),
    putParts: ({ accountId, id }: DeliveryRef, records: ReadonlyArray<PartRecord>) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        database.write(function* () {
          for (const { index, lacks, part, state, tries } of records) {
            const { afterRowId, detail, guid, rowId, triedAt } = columnsOf(state)
            const settledAt = isFinal(state) ? now : null
            yield* put.run(
              id,
              index,
              accountId,
              encodePart(part),
              state._tag,
              tries,
              triedAt,
              afterRowId,
              guid,
              rowId,
              detail,
              settledAt,
              lacks?.join(BETWEEN) ?? null
            )
          }
        })
      ),
    isStranded: ({ accountId, id }: DeliveryRef) =>
      database.read(() => map(selectStranded.get(accountId, id), isThere)),
    isClaimed: (accountId: string, guid: string) =>
      database.read(() => map(selectClaim.get({ account: accountId, guid }), isThere)),
    deliveryOf: (accountId: string, guid: string) =>
      database.read(() =>
        map(selectClaim.get({ account: accountId, guid }), (row) => Option.fromNullable(row?.delivery_id))
      ),
    mayBeClaimed: (accountId: string, rowId: number) =>
      database.read(() => map(selectNameless.get({ account: accountId, row: rowId }), isThere))
  }
}

/** The parts of a delivery that have no end, within a read or a write of its caller. */
export const makeLeftParts = (database: typeof Database.Service) => {
  const select = database.prepare<PartRow>(
    "SELECT * FROM parts WHERE delivery_id = ? AND settled_at IS NULL ORDER BY part_index"
  )
  const settle = database.prepare(`
    UPDATE parts SET state = CASE state WHEN 'Sending' THEN 'Uncertain' ELSE 'Failed' END,
      detail = '${CANNOT_BE_READ}', settled_at = ?
    WHERE delivery_id = ? AND settled_at IS NULL`)
  return {
    /** Whether all of them can be read. */
    areReadable: (deliveryId: string): Step<boolean> =>
      map(select.all(deliveryId), (rows) => rows.every((row) => Option.isSome(decodePart(row.part)))),
    /** Gives them their end, where not all of them can. */
    settle: (deliveryId: string, now: number): Step<unknown> => settle.run(now, deliveryId)
  }
}
