/** Which build has which method, and which of them work with which bridge. */
import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import { BuildFromVersion } from "../../../src/programs/simulator/Build.ts"
import { type BridgeSetting, bridgeOf } from "../../../src/programs/simulator/bridge/BridgeState.ts"
import { selectorsOf } from "../../../src/programs/simulator/bridge/usable.ts"
import { isMutation, supportedMethods, usableMethods } from "../../../src/programs/simulator/methods.ts"
import { statusReport } from "../../../src/programs/simulator/statusReport.ts"
import { statusText } from "../../../src/programs/simulator/statusText.ts"

const build = Schema.decodeSync(BuildFromVersion)

const usable = (version: string, setting: BridgeSetting, hasDatabase = true) =>
  usableMethods(build(version), { bridge: bridgeOf(setting, false), hasDatabase })

const SOME = [
  "typing.start",
  "typing",
  "read",
  "group.rename",
  "chats.create",
  "tapback",
  "send.rich",
  "send.attachment",
  "message.edit",
  "message.unsend",
  "poll.send",
  "handles.check",
  "message.send_status",
  "poll.vote",
  "poll.unvote",
  "status",
  "send.tracked",
  "chats.get"
] as const

describe("what a build knows", () => {
  for (const [version, known] of [
    ["0.4.0", []],
    ["0.5.0", ["typing.start"]],
    ["0.7.2", ["typing.start"]],
    ["0.7.3", SOME.slice(1, 5)],
    ["0.9.0", SOME.slice(1, 10)],
    ["0.10.0", SOME.slice(1, 13)],
    ["0.12.0", SOME.slice(1, 14)],
    ["0.13.0", SOME.slice(1, 15)],
    ["0.14.0", SOME.slice(1, 16)],
    ["0.14.2", SOME.slice(1, 17)],
    ["0.15.0", SOME.slice(1, 18)]
  ] as const) {
    it(`${version}: ${known.length} of ${SOME.length}`, () => {
      const supported = supportedMethods(build(version))
      expect(SOME.filter((method) => supported.includes(method))).toEqual(known)
    })
  }

  it("and every one knows how to list, send and watch", () => {
    expect(supportedMethods(build("0.3.0"))).toEqual([
      "chats.list",
      "messages.history",
      "watch.subscribe",
      "watch.unsubscribe",
      "send"
    ])
  })
})

describe("what can be used now", () => {
  it("without a bridge: what needs none, with typing and read, which are always listed", () => {
    for (const state of ["off", "stale"] as const) {
      const methods = usable("0.15.0", { state })
      expect(methods).toEqual(expect.arrayContaining(["send", "messages.after", "typing", "read"]))
      expect(methods).not.toEqual(expect.arrayContaining(["tapback"]))
      for (const method of ["tapback", "poll.send", "chats.create", "handles.check", "send.tracked"])
        expect(methods).not.toContain(method)
    }
  })

  it("with a bridge: all that the build knows", () => {
    expect(usable("0.15.0", { state: "on" })).toEqual(supportedMethods(build("0.15.0")))
  })

  for (const [lacking, methods] of [
    ["editMessageItem", ["message.edit"]],
    ["retractMessagePart", ["message.unsend"]],
    ["sendMessageReason", ["send.rich", "send.attachment", "tapback"]],
    ["pollPayloadMessage", ["poll.send"]],
    ["pollVoteMessage", ["poll.vote", "poll.unvote"]],
    ["clientMessageGuid", ["send.tracked"]],
    ["emojiTapbackSend", []]
  ] as const) {
    it(`without ${lacking}: not ${methods.join(", ") || "other emoji"}`, () => {
      const left = usable("0.15.0", { state: "on", without: [lacking] })
      expect(supportedMethods(build("0.15.0")).filter((method) => !left.includes(method))).toEqual(methods)
    })
  }

  it("an older macOS edits by another selector", () => {
    expect(usable("0.15.0", { state: "on", macos: 13 })).toContain("message.edit")
    expect(usable("0.15.0", { state: "on", macos: 13, without: ["editMessage"] })).not.toContain(
      "message.edit"
    )
    expect(usable("0.15.0", { state: "on", macos: 14, without: ["editMessage"] })).toContain("message.edit")
  })

  it("a selector that the build does not look for keeps nothing from it", () => {
    expect(usable("0.9.0", { state: "on", without: ["pollPayloadMessage"] })).toContain("tapback")
    expect(Object.keys(selectorsOf(build("0.9.0"), bridgeOf({ state: "on" }, false)))).toEqual([
      "editMessageItem",
      "editMessage",
      "retractMessagePart",
      "sendMessageReason"
    ])
  })

  it("without its database: what needs none", () => {
    expect(usable("0.15.0", { state: "off" }, false)).toEqual([
      "initialize",
      "status",
      "watch.unsubscribe",
      "typing",
      "read"
    ])
  })
})

describe("what waits its turn", () => {
  it("is all that changes something", () => {
    expect(
      ["send", "send.tracked", "typing", "read", "tapback", "group.leave"].filter(isMutation)
    ).toHaveLength(6)
    expect(
      ["status", "messages.after", "handles.check", "watch.subscribe", "nonsense"].filter(isMutation)
    ).toEqual([])
  })
})

describe("what `imsg status` says", () => {
  it("as JSON: whether the bridge runs and can be spoken to, and all methods that are compiled in", () => {
    const report = (setting: BridgeSetting) => statusReport(build("0.9.0"), bridgeOf(setting, false))
    const rpc_methods = supportedMethods(build("0.9.0"))
    expect(report({})).toMatchObject({
      advanced_features: false,
      v2_ready: false,
      selectors: {},
      rpc_methods
    })
    expect(report({ state: "on", without: ["retractMessagePart"] })).toMatchObject({
      version: "0.9.0",
      advanced_features: true,
      typing_indicators: true,
      read_receipts: true,
      bridge_version: 2,
      v2_ready: true,
      selectors: { editMessageItem: true, retractMessagePart: false },
      rpc_methods
    })
    expect(report({ state: "stale" })).toMatchObject({
      advanced_features: true,
      v2_ready: false,
      selectors: {},
      message: expect.stringContaining("helper_version_mismatch")
    })
  })

  it("for people: the build, the bridge, what works and what does not", () => {
    const text = statusText(build("0.9.0"), bridgeOf({ state: "on", without: ["retractMessagePart"] }, false))
    expect(text).toContain("imsg 0.9.0, macOS 26\nprivate bridge: running\nwithout: retractMessagePart\n")
    expect(text).toContain("\nnot usable: message.unsend")
    expect(statusText(build("0.4.0"), bridgeOf({}, false))).toBe(
      "imsg 0.4.0, macOS 26\nprivate bridge: not running\n" +
        "usable: chats.list, messages.history, watch.subscribe, watch.unsubscribe, send"
    )
  })

  it("the bridge runs where nobody said that it does not and its imsg was told so", () => {
    expect(bridgeOf({}, true).state).toBe("on")
    expect(bridgeOf({ state: "off" }, true).state).toBe("off")
  })
})
