/** What became of what a tool asked for, in words that a model can act on. */
import { describe, expect, it } from "@effect/vitest"
import { deliveryShown } from "../../../src/programs/tools/deliveries.ts"
import type { SentPart } from "../../../src/schemas/control/Sending.ts"

const part = (state: SentPart["state"], more: Partial<SentPart> = {}): SentPart => ({
  index: 0,
  state,
  guid: null,
  detail: null,
  ...more
})
const shown = (...parts: ReadonlyArray<SentPart>) => deliveryShown({ id: "d", accountId: "default" }, parts)

describe("a delivery as tools show it", () => {
  it("is sent where all of it was, without more words", () => {
    expect(shown(part("sent", { guid: "g" }))).toEqual({
      delivery_id: "d",
      account: "default",
      state: "sent",
      parts: [{ index: 0, state: "sent", guid: "g" }]
    })
  })

  it("says what was left out of a text that was sent", () => {
    expect(
      shown(part("sent", { lacks: ["effect"] }), part("sent", { lacks: ["effect", "reply_to"] }))
    ).toMatchObject({
      state: "sent",
      left_out: ["effect", "reply_to"],
      note: expect.stringContaining("without effect and reply_to")
    })
  })

  it("says that a poll went as a text", () => {
    expect(shown(part("sent", { lacks: ["poll"] }))).toMatchObject({
      state: "sent",
      left_out: ["poll"],
      note: expect.stringContaining("numbered options")
    })
  })

  it("is left out where nothing of it was done, with why and what to do", () => {
    expect(shown(part("left-out", { detail: "it needs the private bridge" }))).toMatchObject({
      state: "left_out",
      note: expect.stringContaining("send_message"),
      parts: [{ state: "left_out", detail: "it needs the private bridge" }]
    })
  })

  it.each<[state: string, parts: ReadonlyArray<SentPart>]>([
    ["waiting", []],
    ["waiting", [part("left-out"), part("queued")]],
    ["failed", [part("left-out"), part("failed")]],
    ["uncertain", [part("left-out"), part("uncertain")]],
    ["sent", [part("left-out"), part("sent")]]
  ])("is %s of parts that came to several ends", (state, parts) => {
    expect(shown(...parts)).toMatchObject({ state })
  })
})
