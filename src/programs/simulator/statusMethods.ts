/** `initialize` and `status`: what this build is, and what of it can be used now. */
import { Effect } from "effect"
import { databaseTrouble } from "./Access.ts"
import type { Build } from "./Build.ts"
import type { BridgeState } from "./bridge/BridgeState.ts"
import { bridgeNow } from "./bridge/call.ts"
import { BRIDGE_VERSION, hasEmojiTapbacks, STALE, selectorsOf } from "./bridge/usable.ts"
import { ChatDatabase } from "./ChatDatabase.ts"
import { supportedMethods, usableMethods } from "./methods.ts"
import type { Params } from "./Params.ts"
import { invalidParams, NO_BRIDGE } from "./Rpc.ts"
import { Settings } from "./Settings.ts"

const FEATURES = [
  "unread_state",
  "scheduled_messages",
  "reactions",
  "reply_context",
  "routing_metadata",
  "balloon_payloads"
]

const engine = (version: string) => ({ version, commit: "0000000", built_at: "2026-01-01T00:00:00Z" })

/** What `status` says of the bridge. */
const bridgePayload = (build: Build, bridge: BridgeState) => {
  switch (bridge.state) {
    case "off":
      return { ready: false, error: NO_BRIDGE }
    case "stale":
      return { ready: false, bridge_version: BRIDGE_VERSION, v2_ready: false, error: STALE }
    case "on":
      return {
        ready: true,
        bridge_version: BRIDGE_VERSION,
        v2_ready: true,
        registry_available: true,
        selectors: selectorsOf(build, bridge)
      }
  }
}

/** `status` */
export const status = Effect.gen(function* () {
  const { build } = yield* Settings
  const { file } = yield* ChatDatabase
  const trouble = yield* databaseTrouble
  const bridge = yield* bridgeNow
  return {
    version: build.version,
    protocol_version: 1,
    database: {
      path: file,
      ready: trouble === undefined,
      ...(trouble === undefined
        ? { features: Object.fromEntries(FEATURES.map((name) => [name, true])) }
        : { error: trouble })
    },
    bridge: bridgePayload(build, bridge),
    contacts: { available: true },
    methods: usableMethods(build, { bridge, hasDatabase: trouble === undefined }),
    supported_methods: supportedMethods(build),
    ...(build.hasCapabilities
      ? {
          capabilities: {
            engine: engine(build.version),
            features: hasEmojiTapbacks(build, bridge) ? { "tapback.emoji": 2 } : {}
          }
        }
      : {})
  }
})

/** `initialize`: the protocol has one version. */
export const initialize = (params: Params<"initialize">) =>
  params.protocol_version === undefined || params.protocol_version === 1
    ? status
    : Effect.fail(
        invalidParams(`unsupported protocol_version ${params.protocol_version}; this build speaks 1`)
      )
