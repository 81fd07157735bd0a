/** What people read of a private bridge. The page has it too: no schema is loaded here. */
import type { Bridge, BridgeFeature } from "./Bridge.ts"

const FEATURES: { readonly [feature in BridgeFeature]: string } = {
  typing: "typing",
  read: "read receipts",
  tapback: "tapbacks",
  rich: "effects and threads",
  voice: "voice notes",
  edit: "edits",
  unsend: "unsending",
  poll: "polls",
  group: "groups",
  create: "new chats"
}

/** A bridge in a line: `ready (typing, tapbacks)`, `none`, or what is wrong with it. */
export const bridgeInWords = ({ error, features, state }: Bridge): string => {
  switch (state) {
    case "ready":
      return features.length === 0
        ? "ready, with nothing that is used here"
        : `ready (${features.map((feature) => FEATURES[feature]).join(", ")})`
    case "broken":
      return error === null ? "does not work" : `does not work: ${error}`
    case "absent":
      return "none"
  }
}

/** That a bridge came or went, after "the private bridge". */
export const bridgeChangeInWords: { readonly [state in Bridge["state"]]: string } = {
  ready: "is there",
  absent: "is not there any more",
  broken: "does not work"
}

/** What to do where a bridge that should work does not. */
export const BRIDGE_HINT =
  "Run `imsg launch` on its Mac: after an update of imsg the helper of before stays in Messages until then."
