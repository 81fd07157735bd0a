/** What a build can ask of a bridge, and why not: pure. */
import { type Build, isSince, type Release } from "../Build.ts"
import type { Method } from "../Params.ts"
import { NO_BRIDGE } from "../Rpc.ts"
import { type BridgeState, SELECTORS, type Selector } from "./BridgeState.ts"

/** What is said of a helper that an older imsg has left behind. */
export const STALE =
  "helper_version_mismatch: the running helper belongs to another version of imsg. Run imsg launch to replace it."

/** The version of what imsg and its helper speak with each other. */
export const BRIDGE_VERSION = 2

/** From when on a selector is looked for. */
const LOOKED_FOR: { readonly [S in Selector]: Release } = {
  editMessageItem: [0, 6, 0],
  editMessage: [0, 6, 0],
  retractMessagePart: [0, 6, 0],
  sendMessageReason: [0, 6, 0],
  pollPayloadMessage: [0, 10, 0],
  pollVoteMessage: [0, 12, 0],
  clientMessageGuid: [0, 14, 2],
  emojiTapbackSend: [0, 15, 0]
}

/** The version of macOS from which on a message is edited by its item. */
const EDITS_ITEMS = 14
/** The version of macOS from which on a text has styles. */
const HAS_STYLES = 15

const isThere = ({ macos, without }: BridgeState, selector: Selector): boolean =>
  !without.includes(selector) &&
  (selector !== "editMessageItem" || macos >= EDITS_ITEMS) &&
  (selector !== "editMessage" || macos < EDITS_ITEMS)

/** The selectors as `status` reports them: those that the build looks for, and whether they are there. */
export const selectorsOf = (build: Build, bridge: BridgeState): { readonly [name: string]: boolean } =>
  Object.fromEntries(
    SELECTORS.filter((selector) => isSince(build, LOOKED_FOR[selector])).map((selector) => [
      selector,
      isThere(bridge, selector)
    ])
  )

const selectorFor = (method: Method, { macos }: BridgeState): Selector | undefined => {
  switch (method) {
    case "message.edit":
      return macos >= EDITS_ITEMS ? "editMessageItem" : "editMessage"
    case "message.unsend":
      return "retractMessagePart"
    case "send.rich":
    case "send.attachment":
    case "tapback":
      return "sendMessageReason"
    case "poll.send":
      return "pollPayloadMessage"
    case "poll.vote":
    case "poll.unvote":
      return "pollVoteMessage"
    case "send.tracked":
      return "clientMessageGuid"
    default:
      return undefined
  }
}

/** Why the bridge cannot do what a method asks of it, as imsg says it; undefined where it can. */
export const whyUnusable = (build: Build, bridge: BridgeState, method: Method): string | undefined => {
  if (bridge.state === "off") return NO_BRIDGE
  if (bridge.state === "stale") return STALE
  const selector = selectorFor(method, bridge)
  return selector === undefined || !isSince(build, LOOKED_FOR[selector]) || isThere(bridge, selector)
    ? undefined
    : `${method} is not available: Messages on this macOS has no ${selector}`
}

/** Whether a tapback can be any emoji. */
export const hasEmojiTapbacks = (build: Build, bridge: BridgeState): boolean =>
  bridge.state === "on" && isSince(build, LOOKED_FOR.emojiTapbackSend) && isThere(bridge, "emojiTapbackSend")

/** Whether a text is sent with its styles; an older macOS sends it without. */
export const hasStyles = ({ macos }: BridgeState): boolean => macos >= HAS_STYLES
