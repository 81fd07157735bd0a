/**
 * Whether the files that are watched tell of rows. Where a wrapper hides that its child runs on another machine they may be
 * those of this one's own Messages: they change at times, and mean nothing.
 */

/** What is known after some reads, by a clock that is never set (ms). */
export interface Trust {
  /** Whether the files told of the rows that were found last, so that the database need be asked less often. */
  readonly isTold: boolean
  /** When the last read was before which they told of something. */
  readonly toldAt: number
  /** When rows were found of which they had said nothing, until they say something. */
  readonly untoldAt: number | undefined
  /** They are others: rows come without them. It holds for as long as the child. */
  readonly areOthers: boolean
}

export const NO_TRUST: Trust = {
  isTold: false,
  toldAt: Number.NEGATIVE_INFINITY,
  untoldAt: undefined,
  areOthers: false
}

/** Files are told of within this time of when what changes them can be read; a commit may take that long on a busy disk. */
const TOLD_WITHIN_MS = 2000

interface Read {
  /** Whether the files told of something since the one before. */
  readonly isNews: boolean
  /** Whether it found rows. */
  readonly isAny: boolean
  readonly at: number
}

/** What is known after another read. */
export const afterRead = (before: Trust, { at, isAny, isNews }: Read): Trust => {
  const toldAt = isNews ? at : before.toldAt
  const isOverdue = before.untoldAt !== undefined && !isNews && at - before.untoldAt > TOLD_WITHIN_MS
  const areOthers = before.areOthers || isOverdue
  const isUntold = isAny && !isNews && at - toldAt > TOLD_WITHIN_MS
  return {
    isTold: !areOthers && (isAny ? isNews : before.isTold),
    toldAt,
    untoldAt: isNews ? undefined : (before.untoldAt ?? (isUntold ? at : undefined)),
    areOthers
  }
}
