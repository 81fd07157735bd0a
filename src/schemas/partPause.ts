/** How long a part that could not be sent waits before it is tried again. */

/** Pauses double from the shortest to the longest, and differ by a share to either side. */
const SHORTEST_MS = 1000
const LONGEST_MS = 60_000
const JITTER = 0.2

/** No pause is longer, in ms. */
export const LONGEST_PAUSE_MS = LONGEST_MS * (1 + JITTER)

/** A pause in ms, of a part that had so many in a row; `random` is in [0, 1). */
export const pauseOf = (pauses: number, random: number): number =>
  Math.min(SHORTEST_MS * 2 ** pauses, LONGEST_MS) * (1 - JITTER + 2 * JITTER * random)
