/**
 * Parts whose `send` was answered, until their rows are seen. The answer is imsg's word only: Messages can take a part
 * and never write it. Most rows come by the watch; what has not come by `settleMs` is looked for, once for all the parts
 * of a chat. What is not there is in doubt: it is shown, and never sent again because of this look.
 */
import type { Delivery, PartRecord } from "../../schemas/Delivery.ts"
import type { ImsgMessage } from "../../schemas/ImsgProtocol.ts"

/** Parts that are waited for; the oldest beyond them are taken at imsg's word. */
const MOST = 10_000
/** Rows that are remembered: one can be announced before its send is answered. */
const RECENT = 512

/** A part that was answered. Of its row is known what imsg said. */
export interface Answered {
  readonly delivery: Delivery
  readonly record: PartRecord
  readonly guid: string | undefined
  readonly rowId: number | undefined
  /** A row of the database from before the send. */
  readonly afterRowId: number
  /** Unix ms. */
  readonly answeredAt: number
}

/** Whether a row is the one that imsg named for a part. */
export const isNamed = ({ guid, rowId }: Answered, row: Pick<ImsgMessage, "guid" | "id">): boolean =>
  guid === undefined ? rowId === row.id : guid === row.guid

const keyOf = ({ guid, rowId }: Pick<Answered, "guid" | "rowId">): string | number | undefined =>
  guid ?? rowId

export interface Confirmations {
  /** Waits for the row of a part, unless it was seen already. */
  readonly answered: (part: Answered) => void
  /** A row was seen. */
  readonly saw: (row: Pick<ImsgMessage, "guid" | "id">) => void
  /** The parts that were answered up to a time (Unix ms) and whose rows were not seen, oldest first. */
  readonly unseen: (until: number) => ReadonlyArray<Answered>
  /** It is known what became of a part. */
  readonly settled: (part: Answered) => void
  /** Nothing is waited for any more: the database is another one. */
  readonly clear: () => void
}

export const make = (): Confirmations => {
  const waiting = new Set<Answered>()
  /** Those of which imsg named the row. */
  const named = new Map<string | number, Answered>()
  const recent = new Set<string | number>()

  const settled = (part: Answered): void => {
    waiting.delete(part)
    const key = keyOf(part)
    if (key !== undefined && named.get(key) === part) named.delete(key)
  }
  const remember = (key: string | number): void => {
    recent.add(key)
    const [oldest] = recent
    if (recent.size > RECENT && oldest !== undefined) recent.delete(oldest)
  }

  return {
    answered: (part) => {
      const key = keyOf(part)
      if (key !== undefined && recent.has(key)) return
      waiting.add(part)
      if (key !== undefined) named.set(key, part)
      const [oldest] = waiting
      if (waiting.size > MOST && oldest !== undefined) settled(oldest)
    },
    saw: ({ guid, id }) => {
      for (const key of [guid, id]) {
        remember(key)
        const part = named.get(key)
        if (part !== undefined) settled(part)
      }
    },
    unseen: (until) => [...waiting].filter(({ answeredAt }) => answeredAt <= until),
    settled,
    clear: () => {
      waiting.clear()
      named.clear()
      recent.clear()
    }
  }
}
