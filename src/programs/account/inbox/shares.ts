/** Which of the messages that were missed are answered, where they are too many: the newest, of each chat its share. */

/** A message that would be answered or kept. `chat` is what its chat is called, whatever that is. */
export interface Missed {
  readonly rowId: number
  readonly chat: string
}

/**
 * What is passed over of the messages that were missed: what was looked at and not chosen, and what is older than all
 * that was chosen of its chat. What could not be judged by then, in a chat of which nothing was chosen, is judged when
 * it comes.
 */
export interface Shares {
  /** What has a higher rowid was not missed. */
  readonly until: number
  /** The oldest that was chosen of each chat. */
  readonly from: ReadonlyMap<string, number>
  readonly notChosen: ReadonlySet<number>
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
  const inTurn = ranked.sort((one, other) => one.rank - other.rank || other.rowId - one.rowId)
  const from = new Map<string, number>()
  for (const { chat, rowId } of inTurn.slice(0, most))
    from.set(chat, Math.min(rowId, from.get(chat) ?? rowId))
  return { until, from, notChosen: new Set(inTurn.slice(most).map(({ rowId }) => rowId)) }
}

/** Whether a message is passed over. */
export const isPassedOver = (shares: Shares | undefined, { chat, rowId }: Missed): boolean =>
  shares !== undefined &&
  rowId <= shares.until &&
  (shares.notChosen.has(rowId) || rowId < (shares.from.get(chat) ?? 0))
