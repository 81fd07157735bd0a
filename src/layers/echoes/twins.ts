/** Rows that Messages made two of: in a chat with oneself each message is an outgoing row and an incoming one. */
import { isSameText } from "../../schemas/fingerprint.ts"

/** A row as far as it matters here. */
export interface Seen {
  readonly isFromMe: boolean
  readonly guid: string
  readonly rowId: number
  /** The chat's rowid, or what it is called where that is not known. */
  readonly chat: string
  /** Of an incoming row who wrote it, where only two take part; else empty. */
  readonly sender: string
  readonly text: string
  /** Unix ms. */
  readonly sentAt: number
}

/** Both rows are written in one go. */
const MOST_ROWS_APART = 3
const MOST_MS_APART = 2000
/** What recovering a text can leave of its length, in characters; it spares comparing texts that are not alike. */
const MOST_CHARACTERS_APART = 5
/** Rows of an account that are remembered. */
const CAPACITY = 16

const areTwins = (one: Seen, other: Seen): boolean =>
  one.isFromMe !== other.isFromMe &&
  one.chat === other.chat &&
  one.guid !== other.guid &&
  Math.abs(one.rowId - other.rowId) <= MOST_ROWS_APART &&
  Math.abs(one.sentAt - other.sentAt) <= MOST_MS_APART &&
  Math.abs(one.text.length - other.text.length) <= MOST_CHARACTERS_APART &&
  (isSameText(one.text, other.text) || isSameText(other.text, one.text))

/** A message that was seen as both of its rows. */
export interface Twins {
  readonly outgoing: Seen
  readonly incoming: Seen
}

/** The last rows of an account. The function takes the next row, and answers whose twin it is, if it is one. */
export const makeTwins = () => {
  let recent: ReadonlyArray<Seen> = []
  return (row: Seen): Twins | undefined => {
    const twin = recent.find((other) => areTwins(row, other))
    // One that waits is shown more than once.
    const others = recent.filter(({ guid }) => guid !== row.guid)
    recent = [row, ...others.slice(0, CAPACITY - 1)]
    if (twin === undefined) return undefined
    return row.isFromMe ? { outgoing: row, incoming: twin } : { outgoing: twin, incoming: row }
  }
}
