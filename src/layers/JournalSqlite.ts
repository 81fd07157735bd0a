/** The Journal in the gateway's store. */
import { Clock, Effect, Layer, Option, Schema } from "effect"
import { Part, type PartRecord, PartState } from "../schemas/Delivery.ts"
import { EnvelopeAttachment } from "../schemas/Envelope.ts"
import { boundedMemory, HISTORY_BYTES, REMEMBERED_BYTES } from "../schemas/promptBounds.ts"
import { Journal, type Remembered } from "../services/Journal.ts"
import { Database } from "./sqlite/Database.ts"
import { makeForgetWords } from "./sqlite/words.ts"

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
}

interface HistoryRow {
  readonly sender: string
  readonly sender_name: string | null
  readonly text: string
  readonly attachments: string
}

const PartJson = Schema.parseJson(Part)
const encodePart = Schema.encodeSync(PartJson)
const decodePart = Schema.decodeSync(PartJson)

const AttachmentsJson = Schema.parseJson(Schema.Array(EnvelopeAttachment))
const encodeAttachments = Schema.encodeSync(AttachmentsJson)
const decodeAttachments = Schema.decodeSync(AttachmentsJson)

const rememberedOf = ({ attachments, sender, sender_name, text }: HistoryRow): Remembered => ({
  sender,
  ...(sender_name === null ? {} : { senderName: sender_name }),
  text,
  attachments: decodeAttachments(attachments)
})

const stateOf = (row: PartRow): PartState => {
  switch (row.state) {
    case "Queued":
      return PartState.Queued()
    case "Sending":
      return PartState.Sending({ triedAt: row.tried_at ?? 0, afterRowId: row.after_row_id ?? 0 })
    case "Sent":
      return PartState.Sent({ guid: row.guid ?? undefined, rowId: row.row_id ?? undefined })
    case "Uncertain":
      return PartState.Uncertain({ detail: row.detail ?? "" })
    case "Failed":
      return PartState.Failed({ detail: row.detail ?? "" })
  }
}

const recordOf = (row: PartRow): PartRecord => ({
  index: row.part_index,
  part: decodePart(row.part),
  state: stateOf(row),
  tries: row.tries
})

/** Whether a part stays in a state: what is settled is removed in time. */
const isSettled = ({ _tag }: PartState): boolean => _tag !== "Queued" && _tag !== "Sending"

/** The columns that a state fills, in the order of the statement that writes them. */
const columnsOf = (state: PartState) => {
  const none = { triedAt: null, afterRowId: null, guid: null, rowId: null, detail: null }
  return PartState.$match(state, {
    Queued: () => none,
    Sending: ({ afterRowId, triedAt }) => ({ ...none, triedAt: Math.trunc(triedAt), afterRowId }),
    Sent: ({ guid, rowId }) => ({ ...none, guid: guid ?? null, rowId: rowId ?? null }),
    Uncertain: ({ detail }) => ({ ...none, detail }),
    Failed: ({ detail }) => ({ ...none, detail })
  })
}

const make = Effect.gen(function* () {
  const database = yield* Database
  const addHistory = database.prepare(`
    INSERT OR IGNORE INTO history (account_id, chat_id, row_id, guid, sender, sender_name, text, attachments, kept_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const trimHistory = database.prepare(`
    DELETE FROM history WHERE account_id = ? AND chat_id = ? AND row_id <= (
      SELECT row_id FROM history WHERE account_id = ? AND chat_id = ?
      ORDER BY row_id DESC LIMIT 1 OFFSET ?)`)
  // The oldest that is left may be more than there is room for, so that who reads them finds that something is left out.
  const trimHistoryBytes = database.prepare(`
    DELETE FROM history WHERE account_id = ? AND chat_id = ? AND row_id <= (
      SELECT row_id FROM (
        SELECT row_id, sum(length(CAST(text AS BLOB)) + length(CAST(attachments AS BLOB))) OVER (
          ORDER BY row_id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS newer
        FROM history WHERE account_id = ? AND chat_id = ?)
      WHERE newer > ? ORDER BY row_id DESC LIMIT 1)`)
  // Earlier versions kept texts of any length.
  const selectHistory = database.prepare<HistoryRow>(`
    SELECT sender, sender_name, text, attachments FROM (
      SELECT row_id, sender, sender_name, substr(text, 1, ${REMEMBERED_BYTES + 1}) AS text, attachments FROM history
      WHERE account_id = ? AND chat_id = ? AND row_id < ? ORDER BY row_id DESC LIMIT ?
    ) ORDER BY row_id`)
  const dropHistory = database.prepare(
    "DELETE FROM history WHERE account_id = ? AND chat_id = ? AND row_id <= ?"
  )
  const addMember = database.prepare(
    "INSERT OR IGNORE INTO turn_members (envelope_key, turn_id, begun_at) VALUES (?, ?, ?)"
  )
  // It looks through all of them: only a turn that was cut off is begun again.
  const dropMembers = database.prepare("DELETE FROM turn_members WHERE turn_id = ?")
  const selectTurn = database.prepare<{ readonly turn_id: string }>(
    "SELECT turn_id FROM turn_members WHERE envelope_key = ?"
  )
  const selectParts = database.prepare<PartRow>(
    "SELECT * FROM parts WHERE delivery_id = ? ORDER BY part_index"
  )
  // What is in doubt may be sent again, also where its words had left already: imsg had said that it was sent.
  const writePart = database.prepare(`
    INSERT INTO parts
      (delivery_id, part_index, account_id, part, state, tries, tried_at, after_row_id, guid, row_id, detail,
        settled_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (delivery_id, part_index) DO UPDATE SET
      part = CASE excluded.state WHEN 'Uncertain' THEN excluded.part ELSE part END,
      state = excluded.state, tries = excluded.tries,
      tried_at = coalesce(excluded.tried_at, tried_at), after_row_id = coalesce(excluded.after_row_id, after_row_id),
      guid = excluded.guid, row_id = excluded.row_id, detail = excluded.detail, settled_at = excluded.settled_at`)
  const selectClaim = database.prepare("SELECT 1 FROM parts WHERE account_id = ? AND guid = ? LIMIT 1")
  const selectStranded = database.prepare(
    "SELECT 1 FROM stranded_deliveries WHERE account_id = ? AND delivery_id = ?"
  )

  const forgetWords = makeForgetWords(database)

  const writeAt = (statements: (now: number) => void) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => database.write(() => statements(now)))

  const putPart = (
    { accountId, id }: { readonly accountId: string; readonly id: string },
    { index, part, state, tries }: PartRecord,
    now: number
  ) => {
    const { afterRowId, detail, guid, rowId, triedAt } = columnsOf(state)
    writePart.run(
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
      isSettled(state) ? now : null
    )
  }

  return Journal.of({
    remember: (envelope, limit) =>
      writeAt((now) => {
        const { accountId, attachments, chatId, guid, rowId, sender, senderName, text } =
          boundedMemory(envelope)
        addHistory.run(
          accountId,
          chatId,
          rowId,
          guid,
          sender,
          senderName ?? null,
          text,
          encodeAttachments(attachments),
          now
        )
        trimHistory.run(accountId, chatId, accountId, chatId, limit)
        trimHistoryBytes.run(accountId, chatId, accountId, chatId, HISTORY_BYTES)
      }),
    history: ({ accountId, beforeRowId, chatId }, limit) =>
      database.read(() => selectHistory.all(accountId, chatId, beforeRowId, limit).map(rememberedOf)),
    forget: ({ accountId, chatId, upToRowId }) =>
      database.write(() => {
        dropHistory.run(accountId, chatId, upToRowId)
      }),

    beginTurn: (turnId, envelopeKeys) =>
      writeAt((now) => {
        for (const key of envelopeKeys) addMember.run(key, turnId, now)
      }),
    beginTurnAgain: (turnId, envelopeKeys) =>
      writeAt((now) => {
        dropMembers.run(turnId)
        for (const key of envelopeKeys) addMember.run(key, turnId, now)
      }),
    turnOf: (envelopeKey) =>
      database.read(() =>
        Option.map(Option.fromNullable(selectTurn.get(envelopeKey)), ({ turn_id }) => turn_id)
      ),

    parts: (deliveryId) => database.read(() => selectParts.all(deliveryId).map(recordOf)),
    putParts: (delivery, records) =>
      writeAt((now) => {
        for (const record of records) putPart(delivery, record, now)
      }),
    putPart: (delivery, record) => writeAt((now) => putPart(delivery, record, now)),
    forgetWords: (deliveryId) => database.write(() => forgetWords(deliveryId)),
    isStranded: ({ accountId, id }) => database.read(() => selectStranded.get(accountId, id) !== undefined),
    isClaimed: (accountId, guid) => database.read(() => selectClaim.get(accountId, guid) !== undefined)
  })
})

export const layer: Layer.Layer<Journal, never, Database> = Layer.effect(Journal, make)
