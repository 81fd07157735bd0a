import { describe, expect, it } from "@effect/vitest"
import { type Lack, lackOf, waitFor } from "../../../../src/programs/account/inbox/ripeness.ts"
import type { ImsgMessage } from "../../../../src/schemas/ImsgProtocol.ts"
import { makeMessage } from "../../../support/envelopes.ts"

const PHOTO = { filename: "IMG.heic", missing: false }
const PAYLOAD = { filename: "A1.pluginPayloadAttachment", missing: true }
const PLACEHOLDER = "\ufffc"
const direct = { chat_guid: "iMessage;-;+15555550101", is_group: false }

const rows: ReadonlyArray<readonly [string, Partial<ImsgMessage>, Lack | undefined]> = [
  ["a message", direct, undefined],
  ["a message that has no chat yet", { chat_id: 0 }, "chat"],
  ["a message with its chat's name only", { ...direct, chat_id: 0 }, undefined],
  ["a message of which nobody knows whether it is a group's", {}, "kind"],
  ["a photo", { ...direct, text: PLACEHOLDER, attachments: [PHOTO] }, undefined],
  ["a photo whose files are not named yet", { ...direct, text: PLACEHOLDER, attachments: [] }, "joins"],
  ["a photo of which nothing is named yet", { ...direct, text: "" }, "joins"],
  ["a photo among words", { ...direct, text: `see ${PLACEHOLDER}` }, "joins"],
  [
    "a photo whose file is not there yet",
    { ...direct, text: PLACEHOLDER, attachments: [PHOTO, { ...PHOTO, missing: true }] },
    "file"
  ],
  [
    "a link, whose files are Messages' own",
    { ...direct, text: PLACEHOLDER, attachments: [PAYLOAD] },
    undefined
  ],
  [
    "what an app shows",
    { ...direct, text: "", balloon_bundle_id: "com.apple.messages.URLBalloonProvider" },
    undefined
  ],
  ["a tapback", { ...direct, text: "", is_reaction: true }, undefined],
  [
    "one's own words where the Mac says so late: a row of the other side's would say the same",
    { ...direct, sender: "+15555550101", destination_caller_id: "+15555550100", is_from_me: false },
    undefined
  ],
  ["one's own row, whatever it leaves out", { chat_id: 0, text: PLACEHOLDER, is_from_me: true }, undefined]
]

describe("what a row lacks", () => {
  for (const [what, row, lack] of rows) {
    it(`is ${lack ?? "nothing"}: ${what}`, () => {
      expect(lackOf(makeMessage(row), true)).toBe(lack)
    })
  }

  it("is never a file where agents are shown none", () => {
    expect(lackOf(makeMessage({ ...direct, text: PLACEHOLDER }), false)).toBeUndefined()
    expect(
      lackOf(makeMessage({ ...direct, attachments: [{ ...PHOTO, missing: true }] }), false)
    ).toBeUndefined()
  })
})

describe("how long it is waited for", () => {
  it("is as long as the account says, and not so long where it comes soon or never", () => {
    expect(waitFor("file", 10_000)).toBe(10_000)
    expect(waitFor("chat", 10_000)).toBe(10_000)
    expect(waitFor("joins", 10_000)).toBe(2000)
    expect(waitFor("flags", 10_000)).toBe(2000)
    expect(waitFor("joins", 500)).toBe(500)
  })
})
