import type { Build } from "./Build.ts"
import type { BridgeState } from "./bridge/BridgeState.ts"
import { BRIDGE_VERSION, STALE, selectorsOf } from "./bridge/usable.ts"
import { supportedMethods } from "./methods.ts"
import { NO_BRIDGE } from "./Rpc.ts"

/** What the command `imsg status --json` prints: the only way to ask builds before 0.14. */
export const statusReport = (build: Build, bridge: BridgeState) => {
  const runs = bridge.state !== "off"
  const isReady = bridge.state === "on"
  return {
    version: build.version,
    basic_features: true,
    advanced_features: runs,
    typing_indicators: runs,
    read_receipts: runs,
    sip: runs ? "disabled" : "enabled",
    message: isReady ? "Connected to Messages.app. IMCore features available." : runs ? STALE : NO_BRIDGE,
    bridge_version: isReady ? BRIDGE_VERSION : 0,
    v2_ready: isReady,
    selectors: isReady ? selectorsOf(build, bridge) : {},
    rpc_methods: supportedMethods(build)
  }
}
