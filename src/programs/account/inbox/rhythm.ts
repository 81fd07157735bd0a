/**
 * When rows are read next: a pure account of when the files changed and of what reads found.
 *
 * A commit changes the files before it can be read: its pages are written, then the disk is waited for, and only then is
 * it there for others. On a busy disk that takes from a few milliseconds to a second, and nothing tells of its end. So
 * rows are read at the change and again after it, at moments that lie three times as far away each time, also where
 * something was found: that may have been the commit before.
 */

/** What is known; times are monotonic, in ms. */
export interface Rhythm {
  /** When the files last changed, as of the last read. */
  readonly writtenAt: number
  /** Reads of these changes that found nothing, one after the other. */
  readonly misses: number
}

/** A read that has ended. */
export interface Read {
  /** When the files had last changed as it began. */
  readonly writtenAt: number
  readonly isAny: boolean
}

/** How long rows are looked for after the last change, in ms. */
const LATE_MS = 1500
const FIRST_PAUSE_MS = 20

/** Reads that may find nothing before changes have to wait: Messages writes much that is no row. */
const EAGER = 6
/** How long they wait then, in ms, and how long nothing has to change until they need not, in ms. */
const HELD_MS = 80
const QUIET_MS = 500

export const initial: Rhythm = { writtenAt: Number.NEGATIVE_INFINITY, misses: 0 }

export const afterRead = (before: Rhythm, { isAny, writtenAt }: Read): Rhythm => {
  const isNews = writtenAt - before.writtenAt > QUIET_MS
  return { writtenAt, misses: isAny ? 0 : (isNews ? 0 : before.misses) + 1 }
}

/**
 * How long until the next read, in ms, and how much of that passes whatever changes meanwhile. `pollMs` is how often the
 * database is asked where nothing changes.
 */
export const nextRead = (
  { misses, writtenAt }: Rhythm,
  now: number,
  pollMs: number
): { readonly waitMs: number; readonly heldMs: number } => {
  const heldMs = misses > EAGER && now - writtenAt < QUIET_MS ? HELD_MS : 0
  const age = now - writtenAt
  const waitMs = age < LATE_MS ? Math.min(pollMs, Math.max(FIRST_PAUSE_MS, 2 * age)) : pollMs
  return { waitMs: Math.max(heldMs, waitMs), heldMs }
}
