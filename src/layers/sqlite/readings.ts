/**
 * Which of the waiting messages the cluster has been handed. Of each actor's it gets as many as fit into a window and
 * more only as those are done: a backlog of any length is read bit by bit, and one actor's delays no other's.
 */

/** A message that was read but not processed is shown again after this time, in milliseconds, as a safety net. */
const READ_AGAIN_MS = 10 * 60_000
/** Rows that are read at once. */
const PAGE = 256

/** A message without a final reply. `is_unacked`: its last chunk is not acknowledged yet. */
export interface WaitingRow {
  readonly seq: number
  /** The `seq` of the request that it is, or is about. */
  readonly request_seq: number
  readonly shard: string
  readonly entity_type: string
  readonly entity_id: string
  readonly deliver_at: number
  readonly is_unacked: number
  readonly envelope: string
  readonly chunk: string | null
}

interface Address {
  readonly entityType: string
  readonly entityId: string
}

/** An actor's address as a text. */
export const addressOf = ({ entityId, entityType }: Address): string => `${entityType}/${entityId}`

const addressOfRow = (row: WaitingRow): string =>
  addressOf({ entityType: row.entity_type, entityId: row.entity_id })

/** What the readings ask of the store; rows in the order of `seq`, at most `limit`. */
export interface WaitingRows {
  /** Those after a `seq`, without the requests of some addresses. */
  readonly after: (seq: number, without: Iterable<string>, limit: number) => ReadonlyArray<WaitingRow>
  /** Those of an address from a `seq` on. */
  readonly of: (address: Address, from: number, limit: number) => ReadonlyArray<WaitingRow>
  /** The highest `seq` that was given. */
  readonly latest: () => number
}

interface Reading {
  readonly address: string
  readonly shard: string
  readonly at: number
  /** Only requests need a place in a mailbox. */
  readonly isRequest: boolean
}

/** An actor of which something waits that did not fit into its window: its requests from `from` on are not read yet. */
interface Backlog extends Address {
  from: number
  /** The first of it that was passed over because it was not ready. */
  unready: number
}

/**
 * Which waiting messages have been read. The state lock makes this process the only reader, so that this need not
 * be written: after a crash nothing has been read, which is what is wanted.
 *
 * `windowOf` says how many requests of an actor's type may be read and not processed. `onRoom` is called when an actor
 * with a backlog has room for more: somebody must read again then.
 */
export const makeReadings = (
  rows: WaitingRows,
  windowOf: (entityType: string) => number,
  onRoom: () => void
) => {
  const read = new Map<number, Reading>()
  /** How many of the read messages are whose. */
  const counts = new Map<string, number>()
  const backlogs = new Map<string, Backlog>()
  /** Everything up to it was read, is in a backlog, or is processed: it spares looking at that again and again. */
  let floor = 0
  let oldest = Number.POSITIVE_INFINITY

  const countOf = (address: string): number => counts.get(address) ?? 0
  const drop = (seq: number, { address, isRequest }: Reading) => {
    read.delete(seq)
    if (!isRequest) return
    const left = countOf(address) - 1
    if (left > 0) counts.set(address, left)
    else counts.delete(address)
  }
  const forgetWhere = (isForgotten: (reading: Reading) => boolean) => {
    for (const [seq, reading] of read) if (isForgotten(reading)) drop(seq, reading)
    backlogs.clear()
    floor = 0
  }
  const forgetOld = (now: number) => {
    if (now - oldest <= READ_AGAIN_MS) return
    forgetWhere(({ at }) => now - at > READ_AGAIN_MS)
    oldest = Number.POSITIVE_INFINITY
    for (const { at } of read.values()) oldest = Math.min(oldest, at)
  }
  const roomOf = (address: Address): number => windowOf(address.entityType) - countOf(addressOf(address))
  /** Whether to read more: not for every single message, for a look costs more than what it finds. */
  const hasRoom = (address: Address): boolean => roomOf(address) * 2 >= windowOf(address.entityType)

  /** The rows that are to be handed out at a time, which are read from then on. */
  const take = (shards: ReadonlySet<string>, now: number): ReadonlyArray<WaitingRow> => {
    forgetOld(now)
    const taken: Array<WaitingRow> = []
    const isReady = (row: WaitingRow): boolean =>
      shards.has(row.shard) && row.deliver_at <= now && row.is_unacked === 0
    const hand = (row: WaitingRow) => {
      const address = addressOfRow(row)
      const isRequest = row.seq === row.request_seq
      read.set(row.seq, { address, shard: row.shard, at: now, isRequest })
      if (isRequest) counts.set(address, countOf(address) + 1)
      oldest = Math.min(oldest, now)
      taken.push(row)
    }

    const takeBacklog = (address: string, backlog: Backlog) => {
      if (!hasRoom(backlog)) return
      const room = roomOf(backlog)
      const found = rows.of(backlog, backlog.from, room)
      for (const row of found) {
        if (!isReady(row)) backlog.unready = Math.min(backlog.unready, row.seq)
        else if (!read.has(row.seq)) hand(row)
        backlog.from = row.seq + 1
      }
      if (found.length === room) return
      backlogs.delete(address)
      floor = Math.min(floor, backlog.unready - 1)
    }

    const takeNew = () => {
      let isUnbroken = true
      let from = floor
      const latest = rows.latest()
      while (from < latest) {
        const page = rows.after(from, backlogs.keys(), PAGE)
        for (const row of page) {
          from = row.seq
          const address = addressOfRow(row)
          const backlog = backlogs.get(address)
          if (read.has(row.seq) || (backlog !== undefined && row.request_seq >= backlog.from)) {
            // It is known.
          } else if (!isReady(row)) isUnbroken = false
          else if (row.seq !== row.request_seq || countOf(address) < windowOf(row.entity_type)) hand(row)
          else {
            backlogs.set(address, {
              entityType: row.entity_type,
              entityId: row.entity_id,
              from: row.seq,
              unready: Number.POSITIVE_INFINITY
            })
          }
          if (isUnbroken) floor = row.seq
        }
        if (page.length < PAGE) {
          if (isUnbroken) floor = latest
          return
        }
      }
    }

    for (const [address, backlog] of backlogs) takeBacklog(address, backlog)
    takeNew()
    return taken
  }

  const processed = (seq: number) => {
    const reading = read.get(seq)
    if (reading === undefined) return
    drop(seq, reading)
    const backlog = backlogs.get(reading.address)
    if (backlog !== undefined && hasRoom(backlog)) onRoom()
  }

  return { take, processed, forgetWhere }
}
