/** How a conversation is found before a turn, and begun where there is none that goes on. */
import { Option } from "effect"
import type { Asking, Exchange, OpenConversation } from "../../schemas/Conversation.ts"
import type { Database } from "../database/Database.ts"
import { map, type Step } from "../database/Step.ts"

/** Conversations that are kept; beyond that those go in which nobody has spoken for the longest. */
const MOST = 10_000
/** Handles whose words one conversation may hold; beyond that it is over. */
const MOST_HANDLES = 1000
/** So often (ms) one that is used says that it is: what nobody uses is removed some day. */
const TOUCHED_EVERY = 3_600_000

interface ConversationRow {
  readonly number: number
  readonly reference: string | null
  readonly last_at: number
}

export interface ExchangeRow {
  readonly turn_id: string
  readonly asked: string
  readonly answered: string
  readonly at: number
}

export const exchangeOf = ({ answered, asked, at, turn_id }: ExchangeRow): Exchange => ({
  turnId: turn_id,
  asked,
  answered,
  at
})

/**
 * Whether a conversation is over as whose it is changes: it holds the words of somebody who is not that person any
 * more, or of too many.
 */
const isOver = ({ handles, key }: Asking, known: ReadonlyArray<string>, added: number): boolean =>
  (key.kind === "person" && known.some((handle) => !handles.includes(handle))) ||
  known.length + added > MOST_HANDLES

/** `now` is in Unix ms, whole. */
export const makeOpen = (database: typeof Database.Service) => {
  const select = database.prepare<ConversationRow>(
    "SELECT number, reference, last_at FROM conversations WHERE agent_id = ? AND kind = ? AND whose = ?"
  )
  const begin = database.prepare<ConversationRow>(`
    INSERT INTO conversations (agent_id, kind, whose, began_at, last_at) VALUES (?, ?, ?, ?, ?)
    RETURNING number, reference, last_at`)
  const end = database.prepare("DELETE FROM conversations WHERE number = ?")
  const touch = database.prepare(
    "UPDATE conversations SET last_at = $now WHERE number = $number AND last_at < $now"
  )
  const makeRoom = database.prepare(`
    DELETE FROM conversations WHERE (last_at, number) <= (
      SELECT last_at, number FROM conversations ORDER BY last_at DESC, number DESC LIMIT 1 OFFSET ${MOST - 1})`)
  const addHandle = database.prepare("INSERT INTO conversation_handles (conversation, handle) VALUES (?, ?)")
  const handlesIn = database.prepare<{ readonly handle: string }>(
    "SELECT handle FROM conversation_handles WHERE conversation = ?"
  )
  const newest = database.prepare<ExchangeRow>(`
    SELECT turn_id, asked, answered, at FROM (
      SELECT * FROM exchanges WHERE conversation = ? ORDER BY seq DESC LIMIT ?) AS newest ORDER BY seq`)

  const selectOf = ({ key: { agentId, kind, of } }: Asking) => select.get(agentId, kind, of)

  /** The conversation that goes on, and which handles it does not know yet. */
  const find = function* (asking: Asking) {
    const row = yield* selectOf(asking)
    const known = row === undefined ? [] : (yield* handlesIn.all(row.number)).map(({ handle }) => handle)
    const added = asking.handles.filter((handle) => !known.includes(handle))
    return row === undefined || isOver(asking, known, added.length)
      ? { row: undefined, over: row?.number, added: asking.handles }
      : { row, over: undefined, added }
  }

  const opened = (
    { key }: Asking,
    { number, reference }: ConversationRow,
    most: number
  ): Step<OpenConversation> =>
    map(newest.all(number, most), (exchanges) => ({
      key,
      number,
      exchanges: exchanges.map(exchangeOf),
      ...(reference === null ? {} : { reference })
    }))

  return {
    /** One that can be gone on with as it is, so that a turn has nothing to write before it begins. */
    asItIs: function* (asking: Asking, now: number, most: number) {
      const { added, row } = yield* find(asking)
      return row === undefined || added.length > 0 || row.last_at <= now - TOUCHED_EVERY
        ? Option.none()
        : Option.some(yield* opened(asking, row, most))
    },

    /** Within a write. `hasEnded` where there was one that is over now. */
    orBegin: function* (asking: Asking, now: number, most: number) {
      const { added, over, row } = yield* find(asking)
      if (over !== undefined) yield* end.run(over)
      if (row === undefined) yield* makeRoom.run()
      const { agentId, kind, of } = asking.key
      const current = row ?? (yield* begin.get(agentId, kind, of, now, now))
      if (current === undefined) throw new Error("a row that is inserted is there")
      yield* touch.run({ now, number: current.number })
      for (const handle of added) yield* addHandle.run(current.number, handle)
      return { conversation: yield* opened(asking, current, most), hasEnded: over !== undefined }
    }
  }
}
