/**
 * How far apart the clock that dates rows is from the gateway's. Rows are dated by another machine, or by this one before
 * its clock was set: were their age told by two clocks that differ, all that people write would be too old to be
 * answered, for as long as the difference. What arrives while it is watched tells: it was written just now.
 *
 * Only what agrees is believed. Messages also syncs in rows that are really old, in one go and of all ages, and those
 * must not be answered.
 */

/** Times are ms; `behindMs` is by how much the database's clock is behind, less than 0 where it is ahead. */
export interface DatabaseClock {
  readonly behindMs: number
  /** Whether rows have confirmed it since the gateway began to watch. */
  readonly isConfirmed: boolean
  /** A row that may be late or dated wrongly, or say that the clock is another one, and when it arrived, by a clock that is never set. */
  readonly doubt: { readonly behindMs: number; readonly at: number } | undefined
}

/** Until something else is known. */
export const agreeing = (behindMs = 0): DatabaseClock => ({ behindMs, isConfirmed: false, doubt: undefined })

/** A row that arrived while the database was watched. `behindMs` is by how much its date is behind its arrival. */
export interface Arrival {
  readonly behindMs: number
  /** When it arrived, by a clock that is never set. */
  readonly at: number
  /** Whether no row of the database is newer by its date. */
  readonly isNewest: boolean
}

/** What comes this late came at once: watches hold rows, networks and people's phones take their time. */
const AT_ONCE_MS = 2 * 60_000
/** Clocks that differ by less need no correction. */
export const NO_DIFFERENCE_MS = 60_000
/** By so much rows of one wrong clock may differ. */
const ALIKE_MS = 30_000
/** Rows that Messages syncs in come within moments; what people write does not. */
const APART_MS = 5000
/** With a clock that is more wrong than this Messages cannot sign in. A day, and the time zones. */
const MOST_MS = 26 * 60 * 60_000

const isAlike = (one: number, other: number): boolean => Math.abs(one - other) <= ALIKE_MS

const confirmed = (behindMs: number): DatabaseClock => ({
  behindMs: Math.abs(behindMs) <= NO_DIFFERENCE_MS ? 0 : behindMs,
  isConfirmed: true,
  doubt: undefined
})

/** What is known of the database's clock once a row has arrived. */
export const afterArrival = (clock: DatabaseClock, { at, behindMs, isNewest }: Arrival): DatabaseClock => {
  const late = behindMs - clock.behindMs
  const { doubt } = clock
  const isAgain = doubt !== undefined && isAlike(doubt.behindMs, behindMs) && Math.abs(behindMs) <= MOST_MS
  const isApart = doubt !== undefined && at - doubt.at >= APART_MS
  if (late >= -NO_DIFFERENCE_MS && late <= AT_ONCE_MS) {
    // What was only given the benefit of the doubt is confirmed by what comes later and agrees.
    if (doubt === undefined || clock.isConfirmed || isApart) {
      return { ...clock, isConfirmed: true, doubt: undefined }
    }
    return clock
  }
  if (Math.abs(behindMs) <= AT_ONCE_MS) return confirmed(behindMs)
  if (isAgain && isApart) return confirmed(behindMs)
  // Nothing has agreed with the clocks yet: the first row that is new to the database is believed, until others differ.
  // Not one from the time to come: it is young enough as it is, and what comes after it would be too old.
  if (!clock.isConfirmed && doubt === undefined && isNewest && behindMs > 0 && behindMs <= MOST_MS) {
    return { behindMs, isConfirmed: false, doubt: { behindMs, at } }
  }
  return {
    behindMs: clock.isConfirmed ? clock.behindMs : 0,
    isConfirmed: clock.isConfirmed,
    doubt: isAgain ? doubt : { behindMs, at }
  }
}
