/** How long the page waits before it tries to reach the gateway again. */

const FIRST_MS = 500
const MOST_MS = 30_000

/** The pause after so many failures, from 0 on: longer each time, with jitter. `chance` is from 0 to 1. */
export const pauseMs = (failures: number, chance: number): number =>
  Math.min(MOST_MS, FIRST_MS * 2 ** failures) * (0.5 + chance / 2)
