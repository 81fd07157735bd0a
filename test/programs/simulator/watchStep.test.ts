import { describe, expect, it } from "@effect/vitest"
import type { MessageRow } from "../../../src/programs/simulator/ChatModel.ts"
import {
  beginAfter,
  MOST_TRIES,
  type WatchRules,
  type WatchState,
  watchStep
} from "../../../src/programs/simulator/watchStep.ts"

const PROVIDER = "com.apple.messages.URLBalloonProvider"
const AT = 1_700_000_000_000

const row = (id: number, changed: Partial<MessageRow> = {}): MessageRow => ({
  id,
  guid: `G${id}`,
  chatId: 1,
  chatIdentifier: "+15555550123",
  chatGuid: "iMessage;-;+15555550123",
  chatName: "",
  participants: ["+15555550123"],
  sender: "+15555550123",
  isFromMe: false,
  text: `${id}`,
  at: AT,
  isRead: false,
  destinationCallerId: null,
  associatedGuid: null,
  associatedType: 0,
  associatedEmoji: null,
  threadOriginatorGuid: null,
  replyToGuid: null,
  balloonBundleId: null,
  parentText: null,
  parentSender: null,
  attachments: [],
  reactions: [],
  ...changed
})
const link = (id: number, changed: Partial<MessageRow> = {}) =>
  row(id, { text: "see https://example.com/a", ...changed })
const preview = (id: number, changed: Partial<MessageRow> = {}) =>
  row(id, { text: "https://example.com/a/", balloonBundleId: PROVIDER, at: AT + 800, ...changed })

const RULES: WatchRules = { foldsPreviews: true, waitsForChat: true, holdMs: 2000, debounceMs: 500 }

/** Looks at each of these moments, and answers what was announced at it: rowid, preview and cursor. */
const watching = (
  looks: ReadonlyArray<{ readonly at: number; readonly rows: ReadonlyArray<MessageRow> }>,
  {
    rules = RULES,
    state = beginAfter(0, 0)
  }: { readonly rules?: WatchRules; readonly state?: WatchState } = {}
) => {
  let now = state
  return looks.map(({ at, rows }) => {
    const unread = rows.filter(({ id }) => id > now.cursor)
    const step = watchStep(now, { rows: unread, newest: rows.at(-1)?.id ?? 0, now: AT + at }, rules)
    now = step.state
    return {
      announced: step.announced.map(({ cursor, row: { id, urlPreview } }) => [id, urlPreview?.id, cursor]),
      wakeAfterMs: step.wakeAfterMs
    }
  })
}

describe("the hold", () => {
  it("lets a new row wait from when it is first seen", () => {
    expect(
      watching([
        { at: 0, rows: [row(1)] },
        { at: 500, rows: [row(1), row(2)] },
        { at: 2000, rows: [row(1), row(2)] },
        { at: 2500, rows: [row(1), row(2)] }
      ])
    ).toEqual([
      { announced: [], wakeAfterMs: 2000 },
      { announced: [], wakeAfterMs: 1500 },
      { announced: [[1, undefined, 1]], wakeAfterMs: 500 },
      { announced: [[2, undefined, 2]], wakeAfterMs: undefined }
    ])
  })

  it("is not for what was there at the subscription", () => {
    const rows = [row(1), row(2), row(3)]
    expect(watching([{ at: 0, rows }], { state: beginAfter(1, 2) })).toEqual([
      { announced: [[2, undefined, 2]], wakeAfterMs: 2000 }
    ])
  })

  it("ends with the preview, which is announced in its message", () => {
    expect(
      watching([
        { at: 0, rows: [link(1)] },
        { at: 800, rows: [link(1), preview(2)] }
      ])
    ).toEqual([
      { announced: [], wakeAfterMs: 2000 },
      { announced: [[1, 2, 2]], wakeAfterMs: undefined }
    ])
  })

  it("announces a preview that comes after it as a row of its own, and a bare link at once", () => {
    const bare = preview(3, { chatId: 2 })
    expect(
      watching([
        { at: 0, rows: [link(1)] },
        { at: 2000, rows: [link(1)] },
        { at: 2500, rows: [link(1), preview(2)] },
        { at: 2600, rows: [link(1), preview(2), bare] }
      ]).map(({ announced }) => announced)
    ).toEqual([[], [[1, undefined, 1]], [[2, undefined, 2]], [[3, undefined, 3]]])
  })

  it("lets no row overtake one that waits, and gives no cursor above one that is still to come", () => {
    const rows = [link(1), row(2, { chatId: 2 }), preview(3), row(4)]
    expect(
      watching([
        { at: 0, rows: rows.slice(0, 1) },
        { at: 500, rows: rows.slice(0, 2) },
        { at: 800, rows: rows.slice(0, 3) },
        { at: 2500, rows }
      ]).map(({ announced }) => announced)
    ).toEqual([
      [],
      [],
      [],
      [
        [2, undefined, 0],
        [1, 3, 3]
      ]
    ])
  })
})

describe("a row without a chat", () => {
  const rules = { ...RULES, holdMs: 0 }
  const rows = [row(1), row(2, { chatId: 0 }), row(3)]

  it("holds up everything, is tried twenty times, and is skipped for good", () => {
    const looks = watching(
      Array.from({ length: MOST_TRIES + 1 }, (_, n) => ({ at: 500 * n, rows })),
      { rules }
    )
    expect(looks.slice(0, MOST_TRIES)).toEqual(
      Array.from({ length: MOST_TRIES }, () => ({ announced: [], wakeAfterMs: 500 }))
    )
    expect(looks[MOST_TRIES]).toEqual({
      announced: [
        [1, undefined, 2],
        [3, undefined, 3]
      ],
      wakeAfterMs: undefined
    })
  })

  it("is announced once it has one", () => {
    const looks = watching(
      [
        { at: 0, rows },
        { at: 500, rows: [row(1), row(2), row(3)] }
      ],
      { rules }
    )
    expect(looks[1]?.announced.map(([id]) => id)).toEqual([1, 2, 3])
  })

  it("is announced as it is by builds before 0.10", () => {
    const [look] = watching([{ at: 0, rows }], { rules: { ...rules, waitsForChat: false } })
    expect(look?.announced.map(([id]) => id)).toEqual([1, 2, 3])
  })
})

describe("a preview belongs to its message only", () => {
  const other: ReadonlyArray<readonly [string, MessageRow, MessageRow]> = [
    ["of its chat", link(1, { chatId: 2 }), preview(2)],
    ["of its sender", link(1, { sender: "+15555550124" }), preview(2)],
    ["of its side", link(1, { isFromMe: true }), preview(2)],
    ["of at most five seconds before", link(1), preview(2, { at: AT + 5001 })],
    ["with its link", row(1), preview(2)]
  ]
  for (const [which, message, late] of other) {
    it(which, () => {
      const [look] = watching([{ at: 0, rows: [message, late] }], { state: beginAfter(0, 2) })
      expect(look?.announced.map(([id, folded]) => [id, folded])).toEqual([
        [1, undefined],
        [2, undefined]
      ])
    })
  }

  it("or that it replies to", () => {
    const rows = [row(1), preview(2, { text: "no link", replyToGuid: "G1" })]
    const [look] = watching([{ at: 0, rows }], { state: beginAfter(0, 2) })
    expect(look?.announced).toEqual([[1, 2, 2]])
  })
})
