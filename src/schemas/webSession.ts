/** How long a browser stays signed in. */
import { Duration } from "effect"

export const SESSION_LASTS = Duration.days(7)
