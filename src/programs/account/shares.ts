/** Which of the messages that were missed are answered, where they are too many: the newest, of each chat its share. */

/** A message that would be answered or kept. `chat` is what its chat is called, whatever that is. */
export interface Missed {
  readonly rowId: number
  readonly chat: string
}

/** From which rowid on messages of each chat are answered; those of others, and newer ones than `until`, see below. */
export interface Shares {
  /** What has a higher rowid was not missed. */
  readonly until: number
  readonly from: ReadonlyMap<string, number>
}

/** Chooses the newest of each chat, so that none has more than another one that has more to give. */
export const sharesOf = (missed: ReadonlyArray<Missed>, most: number, until: number): Shares => {
  const ranks = new Map<string, number>()
  const newestFirst = [...missed].sort((one, other) => other.rowId - one.rowId)
  const ranked = newestFirst.map((message) => {
    const rank = ranks.get(message.chat) ?? 0
    ranks.set(message.chat, rank + 1)
    return { ...message, rank }
  })
  const chosen = ranked.sort((one, other) => one.rank - other.rank || other.rowId - one.rowId).slice(0, most)
  const from = new Map<string, number>()
  for (const { chat, rowId } of chosen) from.set(chat, Math.min(rowId, from.get(chat) ?? rowId))
  return { until, from }
}

/** Whether a message is passed over: one that was missed, and of its chat older than its share. */
export const isPassedOver = (shares: Shares | undefined, { chat, rowId }: Missed): boolean =>
  shares !== undefined && rowId <= shares.until && rowId < (shares.from.get(chat) ?? Number.POSITIVE_INFINITY)
