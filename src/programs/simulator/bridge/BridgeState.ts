/** The private bridge of a simulated Mac: a helper inside Messages, which imsg asks. */
import { Schema } from "effect"

/** What the helper may find in the Messages of a Mac, by the names by which imsg reports it. */
export const SELECTORS = [
  "editMessageItem",
  "editMessage",
  "retractMessagePart",
  "sendMessageReason",
  "pollPayloadMessage",
  "pollVoteMessage",
  "clientMessageGuid",
  "emojiTapbackSend"
] as const
export const Selector = Schema.Literal(...SELECTORS)
export type Selector = typeof Selector.Type

/** `stale`: the helper of an older imsg still runs, until `imsg launch`. */
export const HelperState = Schema.Literal("off", "on", "stale")
export type HelperState = typeof HelperState.Type

/** What was set of a Mac; what is absent was never set. */
export const BridgeSetting = Schema.Struct({
  state: Schema.optional(HelperState),
  /** The selectors that its Messages lacks. */
  without: Schema.optional(Schema.Array(Selector)),
  /** The version of macOS, such as 15. */
  macos: Schema.optional(Schema.Int.pipe(Schema.positive()))
})
export type BridgeSetting = typeof BridgeSetting.Type

/** How the bridge of a Mac is now. */
export interface BridgeState {
  readonly state: HelperState
  readonly without: ReadonlyArray<Selector>
  readonly macos: number
}

const MACOS = 26

/** The state that a setting comes to. `runs`: whether the helper runs where nobody said. */
export const bridgeOf = (
  { macos = MACOS, state, without = [] }: BridgeSetting,
  runs: boolean
): BridgeState => ({ state: state ?? (runs ? "on" : "off"), without, macos })
