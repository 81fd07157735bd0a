/**
 * What `imsg status --json` prints: builds before 0.14 say on the command line alone what their private bridge offers.
 * Fields that a build has not are absent.
 */
import { Schema } from "effect"
import { BridgeMethods } from "./BridgeMethods.ts"
import { MAX_NAME, UpTo } from "./bounds.ts"
import { type Capabilities, NO_CAPABILITIES } from "./Capabilities.ts"
import { whereReadable } from "./lenient.ts"

export const PrintedStatus = Schema.Struct({
  /** Whether the helper in Messages answers. */
  advanced_features: Schema.Boolean,
  bridge_version: whereReadable(Schema.Union(Schema.Int, UpTo(MAX_NAME))),
  /** Whether it takes what came after typing and read receipts; absent of builds that have nothing else. */
  v2_ready: whereReadable(Schema.Boolean),
  /** What Messages of this macOS has of what the helper calls. */
  selectors: whereReadable(Schema.Record({ key: Schema.String, value: Schema.Boolean })),
  /** Compiled in. */
  rpc_methods: whereReadable(Schema.Array(Schema.String))
})
export type PrintedStatus = typeof PrintedStatus.Type

/** What the helper has done since its first version. */
const OF_THE_FIRST: ReadonlySet<string> = new Set([BridgeMethods.typing.name, BridgeMethods.read.name])

/** Methods that need one of these selectors. Where nothing is said of them, they are taken to be there. */
const NEEDS: ReadonlyMap<string, ReadonlyArray<string>> = new Map([
  [BridgeMethods.messageEdit.name, ["editMessageItem", "editMessage"]],
  [BridgeMethods.messageUnsend.name, ["retractMessagePart"]],
  [BridgeMethods.pollSend.name, ["pollPayloadMessage"]],
  [BridgeMethods.pollVote.name, ["pollVoteMessage"]],
  [BridgeMethods.pollUnvote.name, ["pollVoteMessage"]]
])

/** What a child of such a build can do now. */
export const capabilitiesOfPrinted = ({
  advanced_features: isReady,
  bridge_version: version,
  rpc_methods: methods = [],
  selectors = {},
  v2_ready: takesAll = true
}: PrintedStatus): Capabilities => {
  if (!isReady) return NO_CAPABILITIES
  const works = (name: string) =>
    (takesAll || OF_THE_FIRST.has(name)) &&
    (NEEDS.get(name)?.some((selector) => selectors[selector] !== false) ?? true)
  return {
    ...NO_CAPABILITIES,
    bridge: "ready",
    // It prints 0 where the helper did not say.
    bridgeVersion: version === undefined || version === 0 ? undefined : String(version),
    methods: new Set(methods.filter(works))
  }
}
