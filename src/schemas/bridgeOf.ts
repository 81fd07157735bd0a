/** The bridge of a child, by what that can do now. */
import { type Bridge, BridgeFeature } from "./Bridge.ts"
import { BridgeMethods } from "./BridgeMethods.ts"
import type { Capabilities } from "./Capabilities.ts"

/** What each needs. */
const METHOD_OF: { readonly [feature in BridgeFeature]: string } = {
  typing: BridgeMethods.typing.name,
  read: BridgeMethods.read.name,
  tapback: BridgeMethods.tapback.name,
  rich: BridgeMethods.sendRich.name,
  voice: BridgeMethods.sendAttachment.name,
  edit: BridgeMethods.messageEdit.name,
  unsend: BridgeMethods.messageUnsend.name,
  poll: BridgeMethods.pollSend.name,
  group: BridgeMethods.groupRename.name,
  create: BridgeMethods.chatsCreate.name
}

export const bridgeOf = ({ bridge, bridgeVersion, error, methods }: Capabilities): Bridge => ({
  state: bridge,
  version: bridgeVersion ?? null,
  error: error ?? null,
  features:
    bridge === "ready" ? BridgeFeature.literals.filter((feature) => methods.has(METHOD_OF[feature])) : []
})
