/** Which of the waiting messages the cluster has been handed. */

/** A message that was read but not processed is shown again after this time, in milliseconds, as a safety net. */
const READ_AGAIN_MS = 10 * 60_000

/** A message without a final reply. `is_unacked`: its last chunk is not acknowledged yet. */
export interface WaitingRow {
  readonly seq: number
  readonly shard: string
  readonly address: string
  readonly deliver_at: number
  readonly is_unacked: number
  readonly envelope: string
  readonly chunk: string | null
}

/** An actor's address as a text. */
export const addressOf = (address: { readonly entityType: string; readonly entityId: string }): string =>
  `${address.entityType}/${address.entityId}`

/**
 * Which waiting messages have been read. The state lock makes this process the only reader, so that this need not
 * be written: after a crash nothing has been read, which is what is wanted. `floor` spares the reading of a
 * backlog again and again: everything up to it is in `read`, or processed.
 */
export const makeReadings = () => {
  const read = new Map<number, { readonly address: string; readonly shard: string; readonly at: number }>()
  let floor = 0
  let oldest = Number.POSITIVE_INFINITY
  const forgetWhere = (isForgotten: (entry: { address: string; shard: string; at: number }) => boolean) => {
    for (const [seq, entry] of read) if (isForgotten(entry)) read.delete(seq)
    floor = 0
  }
  return {
    /** From which `seq` on to look at a time. */
    from: (now: number): number => {
      if (now - oldest > READ_AGAIN_MS) {
        forgetWhere(({ at }) => now - at > READ_AGAIN_MS)
        oldest = Number.POSITIVE_INFINITY
        for (const { at } of read.values()) oldest = Math.min(oldest, at)
      }
      return floor
    },
    /** The rows that are to be handed out, which are read from then on. `rows` are all from the floor on. */
    take: (
      rows: ReadonlyArray<WaitingRow>,
      shards: ReadonlySet<string>,
      now: number
    ): ReadonlyArray<WaitingRow> => {
      let isUnbroken = true
      return rows.filter((row) => {
        const isReady = shards.has(row.shard) && row.deliver_at <= now && row.is_unacked === 0
        isUnbroken &&= isReady
        if (isUnbroken) floor = row.seq
        if (!isReady || read.has(row.seq)) return false
        read.set(row.seq, { address: row.address, shard: row.shard, at: now })
        oldest = Math.min(oldest, now)
        return true
      })
    },
    processed: (seq: number) => read.delete(seq),
    forgetWhere
  }
}
