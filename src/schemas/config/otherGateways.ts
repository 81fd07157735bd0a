/** What files of other gateways hold in `imessage` and in its accounts: read where it has a meaning here. */
import { Schema } from "effect"
import { foreign, OtherKeysId, type OtherValues, OtherValuesId, option, otherKeys, whole } from "./values.ts"

/** Keys of `catchup` that mean nothing here: a first start answers nothing from before it. */
export const otherCatchupKeys = otherKeys(["firstRunLookbackMinutes", "maxFailureRetries"])

/** What is done with missed messages, as OpenClaw says it. */
export const Catchup = Schema.Struct({
  enabled: option(Schema.Boolean, "`false` is `maxRows: 0` of `catchUp`."),
  maxAgeMinutes: option(whole(1), "`maxAgeMs` of `catchUp`, in minutes."),
  perRunLimit: option(whole(1), "`maxRows` of `catchUp`.")
}).annotations({ identifier: "Catchup", [OtherKeysId]: otherCatchupKeys })

/** How a long text is split. */
export const ChunkMode = Schema.Literal("length", "newline")

/** Older files of other gateways have a word or a flag here. */
const isOldStreaming: OtherValues = (value) => typeof value === "string" || typeof value === "boolean"

/** Where OpenClaw has `chunkMode`. */
export const Streaming = Schema.Struct(
  { chunkMode: option(ChunkMode, "As `chunkMode` beside it, which counts more.") },
  foreign
).annotations({ identifier: "Streaming", [OtherValuesId]: isOldStreaming })

/**
 * Keys that files of other gateways hold in `imessage` and in its accounts, and that mean nothing here. None of them
 * changes who is answered, or who sees what; a key that does is read, or refused.
 */
export const otherAccountKeys = otherKeys([
  "capabilities",
  "markdown",
  "configWrites",
  "dmHistoryLimit",
  "dms",
  "blockStreaming",
  "blockStreamingCoalesce",
  "heartbeat",
  "heartbeatVisibility",
  "healthMonitor",
  "actions",
  "sendTransport",
  "defaultTo",
  "probeTimeoutMs",
  "coalesceSameSenderDms"
])
