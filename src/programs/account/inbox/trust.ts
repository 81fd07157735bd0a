/**
 * Whether the files that are watched tell of rows. Where a wrapper hides that its child runs on another machine they may be
 * those of this one's own Messages: they change at times, and mean nothing.
 */

/** What is known after some reads, by a clock that is never set (ms). */
export interface Trust {
  /** Whether the files told of the rows that were found last, so that the database need be asked less often. */
  readonly isTold: boolean
  /** When they had last told of something by the last read, and when that read was. */
  readonly told: number
  readonly toldAt: number
  /** When rows were found of which they had said nothing, until they say something. */
  readonly untoldAt: number | undefined
  /** They are others: rows come without them. It holds for as long as the child. */
  readonly areOthers: boolean
}

export const NO_TRUST: Trust = {
  isTold: false,
  told: Number.NEGATIVE_INFINITY,
  toldAt: Number.NEGATIVE_INFINITY,
  untoldAt: undefined,
  areOthers: false
}

/** Files are told of within this time of when what changes them can be read; a commit may take that long on a busy disk. */
const TOLD_WITHIN_MS = 2000

interface Read {
  /** When the files had last told of something as it began. */
  readonly told: number
  /** Whether it found rows. */
  readonly isAny: boolean
  readonly at: number
}

/** What is known after another read. */
export const afterRead = (before: Trust, { at, isAny, told }: Read): Trust => {
  const isNews = told > before.told
  const toldAt = isNews ? at : before.toldAt
  const isOverdue = before.untoldAt !== undefined && !isNews && at - before.untoldAt > TOLD_WITHIN_MS
  const areOthers = before.areOthers || isOverdue
  const isUntold = isAny && !isNews && at - toldAt > TOLD_WITHIN_MS
  return {
    isTold: !areOthers && (isAny ? isNews : before.isTold),
    told,
    toldAt,
    untoldAt: isNews ? undefined : (before.untoldAt ?? (isUntold ? at : undefined)),
    areOthers
  }
}
