/** Times for people. */
import { Duration } from "effect"

/** A duration to the second: `1h 5m 3s`. */
export const inWords = (millis: number): string =>
  Duration.format(Duration.seconds(Math.round(Math.max(0, millis) / 1000)))

/** How far a clock is from another one: `3h behind`, `5m ahead of`. */
export const apart = (behindMs: number): string =>
  behindMs > 0 ? `${inWords(behindMs)} behind` : `${inWords(-behindMs)} ahead of`
