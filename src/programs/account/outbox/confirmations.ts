/**
 * Parts whose `send` was answered, until their rows are seen. The answer is imsg's word only: Messages can take a part
 * and never write it. Most rows come by the watch; what has not come by `settleMs` is looked for, once for all the parts
 * of a chat, once its delivery is over. What is not there is in doubt: it is shown, and never sent again because of
 * this look.
 */
import type { Delivery, PartRecord } from "../../../schemas/Delivery.ts"
import type { ImsgMessage } from "../../../schemas/ImsgProtocol.ts"

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

/** A guid as it is compared: imsg and Messages may spell one of ours in different cases. */
const nameOf = (guid: string): string => guid.toLowerCase()

/** Whether a row is the one that imsg named for a part. */
export const isNamed = ({ guid, rowId }: Answered, row: Pick<ImsgMessage, "guid" | "id">): boolean =>
  guid === undefined ? rowId === row.id : nameOf(guid) === nameOf(row.guid)

const keyOf = ({ guid, rowId }: Pick<Answered, "guid" | "rowId">): string | number | undefined =>
  guid === undefined ? rowId : nameOf(guid)

export interface Confirmations {
  /** A delivery is under way: until it is over nothing of it is looked for. */
  readonly begins: (deliveryId: string) => void
  readonly ends: (deliveryId: string) => void
  /** Waits for the row of a part, unless it was seen already. */
  readonly answered: (part: Answered) => void
  /** A row was seen. */
  readonly saw: (row: Pick<ImsgMessage, "guid" | "id">) => void
  /**
   * The parts that were answered up to a time (Unix ms) and whose rows were not seen, oldest first, of deliveries that
   * are over.
   */
  readonly unseen: (until: number) => ReadonlyArray<Answered>
  /** A part is there, or taken to be. */
  readonly settled: (part: Answered) => void
  /** A part is in doubt: what it was made of is kept with it. */
  readonly doubted: (part: Answered) => void
  /** Holds the files of a delivery of which a part can still come to be in doubt; says whether there is one. */
  readonly holdFiles: (deliveryId: string) => boolean
  /** The deliveries whose files were held and are needed no longer; each is named once. */
  readonly takeReleased: () => ReadonlyArray<string>
  /** Nothing is waited for any more: the database is another one. */
  readonly clear: () => void
}

export const make = (): Confirmations => {
  const waiting = new Set<Answered>()
  /** Those of which imsg named the row. */
  const named = new Map<string | number, Answered>()
  const recent = new Set<string | number>()
  const underWay = new Set<string>()
  /** Deliveries whose files wait for their parts to be confirmed, and those that have not to wait any more. */
  const holding = new Set<string>()
  const released = new Set<string>()

  const isWaitedFor = (deliveryId: string): boolean =>
    [...waiting].some(({ delivery }) => delivery.id === deliveryId)

  const forget = (part: Answered): void => {
    waiting.delete(part)
    const key = keyOf(part)
    if (key !== undefined && named.get(key) === part) named.delete(key)
  }
  const settled = (part: Answered): void => {
    forget(part)
    const { id } = part.delivery
    if (holding.has(id) && !isWaitedFor(id)) {
      holding.delete(id)
      released.add(id)
    }
  }
  const remember = (key: string | number): void => {
    recent.add(key)
    const [oldest] = recent
    if (recent.size > RECENT && oldest !== undefined) recent.delete(oldest)
  }

  return {
    begins: (deliveryId) => {
      underWay.add(deliveryId)
    },
    ends: (deliveryId) => {
      underWay.delete(deliveryId)
    },
    answered: (part) => {
      const key = keyOf(part)
      if (key !== undefined && recent.has(key)) return
      waiting.add(part)
      if (key !== undefined) named.set(key, part)
      const [oldest] = waiting
      if (waiting.size > MOST && oldest !== undefined) settled(oldest)
    },
    saw: ({ guid, id }) => {
      for (const key of [nameOf(guid), id]) {
        remember(key)
        const part = named.get(key)
        if (part !== undefined) settled(part)
      }
    },
    unseen: (until) =>
      [...waiting].filter(({ answeredAt, delivery }) => answeredAt <= until && !underWay.has(delivery.id)),
    settled,
    doubted: (part) => {
      forget(part)
      holding.delete(part.delivery.id)
    },
    holdFiles: (deliveryId) => {
      const holds = isWaitedFor(deliveryId)
      if (holds) holding.add(deliveryId)
      return holds
    },
    takeReleased: () => {
      const taken = [...released]
      released.clear()
      return taken
    },
    clear: () => {
      waiting.clear()
      named.clear()
      recent.clear()
      for (const deliveryId of holding) released.add(deliveryId)
      holding.clear()
    }
  }
}
