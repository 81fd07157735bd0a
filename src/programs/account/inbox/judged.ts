/** What judging a row came to. */
import type { Envelope } from "../../../schemas/Envelope.ts"
import type { Fate } from "../../../schemas/Fate.ts"
import type { Verdict } from "../../../schemas/Verdict.ts"
import type { Lack } from "./ripeness.ts"

/** A row that is judged a little later, for what it lacks. */
export interface NotYet {
  readonly _tag: "NotYet"
  readonly lack: Lack
}

/** One that may be the gateway's own, of which Messages has not said so yet. */
export const NOT_YET: NotYet = { _tag: "NotYet", lack: "flags" }

/** A reaction to what may be the gateway's own words, of which `send` has not said yet which row they are. */
export const NOT_ANSWERED_YET: NotYet = { _tag: "NotYet", lack: "reacted-to" }

/** A message, or a reaction, and what is to come of it. */
export interface JudgedMessage {
  readonly _tag: "Message"
  readonly envelope: Envelope
  readonly verdict: Verdict
  /** Whether it says what the gateway said last in its chat; of a reaction nobody asks. */
  readonly isGivenBack?: boolean
}

/** What a row is, and to whom it goes; only its fate where it is no message. */
export type Judged = NotYet | { readonly _tag: "Fate"; readonly fate: Fate } | JudgedMessage
