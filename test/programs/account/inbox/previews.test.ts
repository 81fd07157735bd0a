import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, Ref } from "effect"
import { isPreviewOf, makeIsPreview } from "../../../../src/programs/account/inbox/previews.ts"
import type { ImsgMessage } from "../../../../src/schemas/ImsgProtocol.ts"
import { BOB, makeMessage } from "../../../support/envelopes.ts"

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString()
const text = makeMessage({ id: 5, text: "look: https://example.com/a?b=1", created_at: at(0) })
const link = (partial: Partial<ImsgMessage> = {}) =>
  makeMessage({
    id: 6,
    text: "https://example.com/a?b=1",
    balloon_bundle_id: "com.apple.messages.URLBalloonProvider",
    created_at: at(2),
    ...partial
  })

describe("a link is the preview of one in a message", () => {
  const rows: ReadonlyArray<readonly [what: string, link: ImsgMessage, is: boolean]> = [
    ["that has its address, from just before", link(), true],
    [
      "that it names, whatever its address",
      link({ text: "https://example.org", reply_to_guid: text.guid }),
      true
    ],
    ["but for a slash at its end", link({ text: "https://example.com/a?b=1/" }), true],
    ["not where it is another address", link({ text: "https://example.com/other" }), false],
    ["not of one from longer ago", link({ created_at: at(9) }), false],
    ["not of somebody else's", link({ sender: BOB }), false],
    ["not of one in another chat", link({ chat_id: 8 }), false],
    ["not of one that came after it", link({ id: 4 }), false],
    ["not where it says nothing", link({ text: "" }), false]
  ]
  it("that names it, as it does where the preview was there when it was read", () => {
    const named = { ...text, url_preview: { guid: "guid-6" } }
    expect(isPreviewOf(link({ text: "https://example.org" }), named)).toBe(true)
    expect(isPreviewOf(link({ text: "https://example.org", guid: "other" }), named)).toBe(false)
    // A person sends the same link by itself right after it.
    expect(isPreviewOf(link({ id: 7, guid: "other" }), named)).toBe(false)
  })

  for (const [what, row, is] of rows) it(what, () => expect(isPreviewOf(row, text)).toBe(is))

  it.each([
    ["look: https://t.example/x", true],
    ["look: example.com/a", true],
    ["(www.example.com)", true],
    ["look at http://user@192.0.2.1/", true],
    ["look at this", false],
    ["look at this...", false],
    ["e.g. this, at 3.30 pm", false],
    ["ask sam@example.com", false],
    ["", false]
  ])("where it names the one before it, and that has some address: %j is %j", (words, is) => {
    const before = { ...text, text: words }
    const other = link({ text: "https://example.org/landing", reply_to_guid: before.guid })
    expect(isPreviewOf(other, before)).toBe(is)
  })
})

describe("a link that comes", () => {
  const reading = (said: ReadonlyArray<ImsgMessage>) =>
    Effect.gen(function* () {
      const looks = yield* Ref.make(0)
      const isPreview = makeIsPreview(() =>
        Effect.as(
          Ref.update(looks, (count) => count + 1),
          Option.some({ rows: said, isWhole: true })
        )
      )
      return { isPreview, looks: Ref.get(looks) }
    })

  it.effect("after its message is its preview, and nobody is asked", () =>
    Effect.gen(function* () {
      const { isPreview, looks } = yield* reading([])
      expect(yield* isPreview(text)).toBe(false)
      expect(yield* isPreview(link())).toBe(true)
      expect(yield* looks).toBe(0)
    })
  )

  it.effect("as the first row of a child is looked for in its chat", () =>
    Effect.gen(function* () {
      const { isPreview, looks } = yield* reading([text])
      expect(yield* isPreview(link())).toBe(true)
      expect(yield* looks).toBe(1)
    })
  )

  it.effect("after words without one is a message, whichever row Messages writes that it replies to", () =>
    Effect.gen(function* () {
      const words = makeMessage({ id: 5, text: "look at this", created_at: at(0) })
      const { isPreview } = yield* reading([words])
      yield* isPreview(words)
      expect(yield* isPreview(link({ created_at: at(4), reply_to_guid: words.guid }))).toBe(false)
    })
  )

  it.effect("is known as one however often another row is shown that waits", () =>
    Effect.gen(function* () {
      const { isPreview, looks } = yield* reading([])
      yield* isPreview(text)
      const waits = makeMessage({ id: 4, guid: "waits", created_at: at(-1) })
      yield* Effect.replicateEffect(isPreview(waits), 50)
      expect(yield* isPreview(link())).toBe(true)
      expect(yield* looks).toBe(0)
    })
  )

  it.effect("by itself is a message", () =>
    Effect.gen(function* () {
      const { isPreview } = yield* reading([])
      expect(yield* isPreview(link())).toBe(false)
    })
  )
})
