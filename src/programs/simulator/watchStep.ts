/** What a watch announces, and when: pure, apart from what reads the rows and writes the lines. */
import type { MessageRow } from "./ChatModel.ts"
import { completedBy, type FoldedRow, foldPreviews, isPreview } from "./previews.ts"

/** How often a row without a chat is looked at again before it is skipped for good. */
export const MOST_TRIES = 20

/** How a build watches. */
export interface WatchRules {
  /** Whether link previews are folded into their messages (0.13+). */
  readonly foldsPreviews: boolean
  /** Whether a row without a chat holds up the watch (0.10+); before, it is announced with `chat_id` 0. */
  readonly waitsForChat: boolean
  /** How long a new row waits for its preview. */
  readonly holdMs: number
  /** How long it takes until a row without a chat is tried again. */
  readonly debounceMs: number
}

/** What a watch remembers. Times are Unix milliseconds. */
export interface WatchState {
  /** Rows up to it are done with. */
  readonly cursor: number
  /** The newest row at the subscription. What is not above it was there already, and waits for nothing. */
  readonly tail: number
  /** Until when rows wait that were first seen together, by their newest; oldest first. */
  readonly held: ReadonlyArray<{ readonly through: number; readonly until: number }>
  /** The row without a chat that holds up the watch, and how often it was tried. */
  readonly chatless: { readonly rowId: number; readonly tries: number } | undefined
  /** Rows above the cursor that are skipped for good. */
  readonly skipped: ReadonlySet<number>
}

/** A row to announce; `cursor` is what to resume from once it is dealt with. */
export interface Announced {
  readonly row: FoldedRow
  readonly cursor: number
}

export interface WatchStep {
  readonly state: WatchState
  /** In this order. */
  readonly announced: ReadonlyArray<Announced>
  /** After how many milliseconds to look again, though nothing may have changed. */
  readonly wakeAfterMs: number | undefined
}

/** A watch that begins after a rowid; `tail` is the newest row that there is. */
export const beginAfter = (after: number, tail: number): WatchState => ({
  cursor: after,
  tail,
  held: [],
  chatless: undefined,
  skipped: new Set()
})

/** The highest row that was seen before. */
export const seenThrough = ({ cursor, held, tail }: WatchState): number =>
  Math.max(cursor, tail, held.at(-1)?.through ?? 0)

/** Of the rows those that wait for nothing and for no row before them, as their previews came; and what waits. */
const due = (state: WatchState, rows: ReadonlyArray<FoldedRow>, now: number) => {
  const waits = rows.flatMap((row) => {
    if (row.id <= state.tail || isPreview(row) || row.urlPreview !== undefined) return []
    const until = state.held.find(({ through }) => row.id <= through)?.until ?? now
    return until > now ? [{ id: row.id, until }] : []
  })
  const first = waits[0]
  const firstHeld = first === undefined ? undefined : rows.find((row) => completedBy(row) >= first.id)?.id
  return {
    rows: rows
      .filter(({ id }) => firstHeld === undefined || id < firstHeld)
      .toSorted((one, other) => completedBy(one) - completedBy(other) || one.id - other.id),
    firstHeld,
    wakeAfterMs: first === undefined ? undefined : Math.min(...waits.map(({ until }) => until)) - now
  }
}

/** Each with the cursor that no row is below which is still to come. */
const withCursors = (
  rows: ReadonlyArray<FoldedRow>,
  { before, last }: { readonly before: number; readonly last: number }
): ReadonlyArray<Announced> =>
  rows.map((row, index) => {
    const later = rows.slice(index + 1).map(({ id }) => id - 1)
    return { row, cursor: Math.max(before, Math.min(last, ...later)) }
  })

/**
 * What to do with the rows above the cursor, in their order. `newest` is the newest row of the database, of which the
 * rows may be only the first.
 */
export const watchStep = (
  before: WatchState,
  seen: { readonly rows: ReadonlyArray<MessageRow>; readonly newest: number; readonly now: number },
  rules: WatchRules
): WatchStep => {
  const { newest, now, rows } = seen
  const state =
    rules.holdMs > 0 && newest > seenThrough(before)
      ? { ...before, held: [...before.held, { through: newest, until: now + rules.holdMs }] }
      : before
  const {
    firstHeld,
    rows: candidates,
    wakeAfterMs
  } = due(state, rules.foldsPreviews ? foldPreviews(rows) : rows, now)
  const skipped = new Set(state.skipped)
  let { chatless } = state
  for (const { chatId, id } of candidates) {
    if (chatId !== 0 || !rules.waitsForChat || skipped.has(id)) continue
    const tries = (chatless?.rowId === id ? chatless.tries : 0) + 1
    chatless = tries > MOST_TRIES ? undefined : { rowId: id, tries }
    // Nothing of what was read is announced, not even what stands before it.
    if (chatless !== undefined)
      return { state: { ...state, chatless, skipped }, announced: [], wakeAfterMs: rules.debounceMs }
    skipped.add(id)
  }
  const last = firstHeld === undefined ? (rows.at(-1)?.id ?? state.cursor) : firstHeld - 1
  const cursor = Math.max(state.cursor, last)
  return {
    state: {
      ...state,
      cursor,
      held: state.held.filter(({ through }) => through > cursor),
      chatless: undefined,
      skipped: new Set([...skipped].filter((id) => id > cursor))
    },
    announced: withCursors(
      candidates.filter(({ id }) => !skipped.has(id)),
      { before: state.cursor, last: cursor }
    ),
    wakeAfterMs
  }
}
