/** What `imsg status --json` of builds before 0.14 says a child can do. */
import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import { type Capabilities, capabilitiesOf } from "../../src/schemas/Capabilities.ts"
import { Status } from "../../src/schemas/ImsgProtocol.ts"
import { capabilitiesOfPrinted, PrintedStatus } from "../../src/schemas/StatusCommand.ts"

/** What the methods of a build come to, in a line. */
const told = ({ bridge, bridgeVersion, methods }: Capabilities) =>
  [bridge, bridgeVersion ?? "-", ...methods].join(" ")

const METHODS = [
  "send",
  "typing",
  "read",
  "tapback",
  "send.rich",
  "message.edit",
  "message.unsend",
  "group.rename"
]
const ALL = METHODS.join(" ")

const PRINTED: ReadonlyArray<{ readonly what: string; readonly json: object; readonly told: string }> = [
  {
    what: "no helper",
    json: {
      advanced_features: false,
      v2_ready: false,
      selectors: {},
      rpc_methods: METHODS,
      bridge_version: 0
    },
    told: "absent -"
  },
  {
    what: "a helper that takes everything",
    json: {
      ...{ version: "0.9.0", basic_features: true, sip: "disabled", bridge_version: 2, v2_ready: true },
      selectors: { editMessage: true, editMessageItem: false, retractMessagePart: true },
      ...{ advanced_features: true, rpc_methods: METHODS }
    },
    told: `ready 2 ${ALL}`
  },
  {
    what: "a helper of the first kind",
    json: {
      advanced_features: true,
      bridge_version: 0,
      v2_ready: false,
      selectors: {},
      rpc_methods: METHODS
    },
    told: "ready - typing read"
  },
  {
    what: "a macOS without what edits and unsends",
    json: {
      ...{ advanced_features: true, bridge_version: 2, v2_ready: true, rpc_methods: METHODS },
      selectors: { editMessage: false, editMessageItem: false, retractMessagePart: false }
    },
    told: "ready 2 send typing read tapback send.rich group.rename"
  },
  {
    what: "a build that says nothing of selectors, nor of the second kind",
    json: { advanced_features: true, rpc_methods: METHODS },
    told: `ready - ${ALL}`
  },
  {
    what: "a build from before it named its methods",
    json: { advanced_features: true, message: "connected" },
    told: "ready -"
  },
  {
    what: "selectors of another form",
    json: { advanced_features: true, selectors: ["editMessage"], rpc_methods: ["message.edit"] },
    told: "ready - message.edit"
  }
]

describe("the printed status", () => {
  for (const { json, told: expected, what } of PRINTED) {
    it(`of ${what} says: ${expected}`, () => {
      expect(told(capabilitiesOfPrinted(Schema.decodeUnknownSync(PrintedStatus)(json)))).toBe(expected)
    })
  }
})

const STATUS: ReadonlyArray<{
  readonly what: string
  readonly json: object
  readonly told: string
  readonly error?: string
}> = [
  { what: "nothing of a bridge", json: { methods: ["send", "typing", "read"] }, told: "absent - send" },
  {
    what: "one that is not ready",
    json: { methods: ["send", "typing", "read"], bridge: { ready: false } },
    told: "absent - send"
  },
  {
    what: "one that is ready",
    json: { methods: ["send", "typing", "read", "tapback"], bridge: { ready: true, bridge_version: 3 } },
    told: "ready 3 send typing read tapback"
  },
  {
    what: "one of before an update",
    json: {
      methods: ["send", "typing"],
      bridge: { ready: false, bridge_version: 2, error: { message: "helper_version_mismatch" } }
    },
    told: "broken 2 send",
    error: "helper_version_mismatch"
  },
  {
    what: "one that was never launched, with why",
    json: { methods: ["send"], bridge: { ready: false, error: "Messages is not running with the helper" } },
    told: "absent - send",
    error: "Messages is not running with the helper"
  }
]

describe("a status of 0.14 and later that says", () => {
  for (const { error, json, told: expected, what } of STATUS) {
    it(`${what} comes to: ${expected}`, () => {
      const capabilities = capabilitiesOf(Schema.decodeUnknownSync(Status)(json))
      expect([told(capabilities), capabilities.error]).toEqual([expected, error])
    })
  }
})
