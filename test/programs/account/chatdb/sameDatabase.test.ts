import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { recentRows } from "../../../../src/programs/account/chatdb/recentRows.ts"
import { wasReplaced } from "../../../../src/programs/account/chatdb/sameDatabase.ts"
import { RpcFailed } from "../../../../src/schemas/errors/imsg.ts"
import type { ImsgMessage } from "../../../../src/schemas/ImsgProtocol.ts"
import type { Landmarks } from "../../../../src/schemas/Landmark.ts"
import { makeMessage } from "../../../support/envelopes.ts"
import { type Answer, makeChild } from "../../../support/fakeImsg.ts"

const START = Date.parse("2026-01-01T00:00:00Z")
const HOUR = 3_600_000

const timeOf = (id: number) => new Date(START + id * 1000).toISOString()

const row = (id: number, partial: Partial<ImsgMessage> = {}) =>
  makeMessage({ id, chat_id: 1, created_at: timeOf(id), ...partial })

/** A row of another database: it has the rowid, but neither the guid nor the time. */
const other = (id: number, partial: Partial<ImsgMessage> = {}) => row(id, { guid: `other-${id}`, ...partial })

/** A child over these rows. Histories are newest first by date; a chat that is named cannot be read. */
const over =
  (rows: ReadonlyArray<ImsgMessage>, unreadable?: number): Answer =>
  ({ method, params }) => {
    const { chat_id, limit = 50, since_rowid = 0 }: Readonly<Record<string, number>> = { ...params }
    const newest = rows.toSorted((a, b) => (b.created_at ?? "").localeCompare(a.created_at ?? ""))
    if (method === "chats.list") {
      const ids = [...new Set(newest.map((one) => one.chat_id))]
      return Effect.succeed({ chats: ids.slice(0, limit).map((id) => ({ id })) })
    }
    if (method === "messages.after") {
      const after = rows.filter(({ id }) => id > since_rowid).toSorted((a, b) => a.id - b.id)
      return Effect.succeed({
        messages: after.slice(0, limit),
        next_rowid: Math.max(since_rowid, ...rows.map(({ id }) => id))
      })
    }
    return chat_id === unreadable
      ? Effect.fail(new RpcFailed({ method, rpcCode: -32603, reason: "internal" }))
      : Effect.succeed({ messages: newest.filter((one) => one.chat_id === chat_id).slice(0, limit) })
  }

/** Landmarks of chat 1 at 5 and 30, of chat 2 at 38; the cursor is at 40. */
const known = {
  rowId: 40,
  landmarks: {
    newestAt: START + 40_000,
    rows: [
      { rowId: 5, guid: "guid-5", chatId: 1, sentAt: START + 5000 },
      { rowId: 30, guid: "guid-30", chatId: 1, sentAt: START + 30_000 },
      { rowId: 38, guid: "guid-38", chatId: 2, sentAt: START + 38_000 }
    ]
  }
}
const one: Landmarks = { ...known.landmarks, rows: known.landmarks.rows.slice(0, 1) }

const range = (from: number, to: number, make: (id: number) => ImsgMessage = row) =>
  Array.from({ length: to - from + 1 }, (_, at) => make(from + at))

interface Case {
  readonly what: string
  readonly rows: ReadonlyArray<ImsgMessage>
  readonly landmarks?: Landmarks
  readonly unreadable?: number
  /** The builds that can tell; all where it is left out. */
  readonly builds?: ReadonlyArray<"pages" | "older">
}

const judged = ({ landmarks = known.landmarks, rows, unreadable }: Case, build: "pages" | "older") =>
  Effect.gen(function* () {
    const { session } = yield* makeChild({
      answer: over(rows, unreadable),
      concurrentReads: build === "pages",
      methods: build === "pages" ? ["messages.after"] : []
    })
    const recent = yield* recentRows(session, 1000)
    return yield* wasReplaced(session, { ...known, landmarks }, recent, 1000)
  })

const tell = (cases: ReadonlyArray<Case>, isReplaced: boolean) => {
  for (const one of cases) {
    for (const build of one.builds ?? (["pages", "older"] as const)) {
      it.effect(`${one.what} (${build === "pages" ? "with pages" : "older build"})`, () =>
        Effect.gen(function* () {
          expect(yield* judged(one, build)).toBe(isReplaced)
        })
      )
    }
  }
}

const synced = (id: number) => row(id, { created_at: "2020-01-01T00:00:00Z" })

describe("a database is the same where", () => {
  tell(
    [
      { what: "nothing changed", rows: range(1, 40) },
      { what: "rows were added", rows: range(1, 90) },
      { what: "the newest rows were deleted", rows: range(1, 30) },
      { what: "all but the oldest landmark were deleted", rows: range(1, 20) },
      { what: "a chat was deleted with all its messages", rows: [row(38, { chat_id: 2 })] },
      { what: "many old messages were synced in", rows: [...range(1, 36), ...range(41, 900, synced)] },
      {
        what: "a message was written anew, with a rowid of its own",
        rows: [...range(1, 29), row(41, { guid: "guid-30", created_at: timeOf(30) })]
      },
      { what: "all was deleted, and new messages came", rows: range(41, 44, other) },
      { what: "it is empty, and only one landmark says so", rows: [], landmarks: one },
      {
        what: "no landmark is known",
        rows: range(1, 3, other),
        landmarks: { rows: [], newestAt: undefined }
      },
      {
        what: "an outgoing message was tried again later",
        rows: [
          ...range(1, 39),
          row(40, { is_from_me: true, created_at: new Date(START + HOUR).toISOString() })
        ]
      },
      {
        what: "a landmark's chat cannot be read",
        rows: range(1, 3, other).concat(other(4, { chat_id: 2 })),
        landmarks: { ...known.landmarks, rows: known.landmarks.rows.slice(2).concat(one.rows) },
        unreadable: 2,
        builds: ["older"]
      },
      {
        what: "more came since in the landmarks' chat than an older build is asked for",
        rows: [row(38, { chat_id: 2 }), ...range(1000, 1200, other)],
        landmarks: { ...known.landmarks, rows: known.landmarks.rows.slice(0, 2) }
      }
    ],
    false
  )
})

describe("a database was replaced where", () => {
  const late = (id: number) => other(id, { created_at: new Date(START + HOUR).toISOString() })
  tell(
    [
      { what: "a landmark's rowid is another message's", rows: range(1, 5, other) },
      {
        what: "its rowids went on above the cursor",
        rows: range(1, 90, other),
        builds: ["pages"]
      },
      {
        what: "a landmark has another rowid that was given before",
        rows: [row(3, { guid: "guid-5", created_at: timeOf(5) })]
      },
      { what: "none of several landmarks is left, and nothing reaches the cursor", rows: range(1, 3, other) },
      { what: "it is empty, and several landmarks say so", rows: [] },
      { what: "it is an older copy that has gone on by a message", rows: [...range(1, 35), late(36)] },
      {
        what: "a message of later has a rowid of before, though only one landmark is known",
        rows: [late(1)],
        landmarks: one
      },
      {
        what: "a message of later has a rowid of before, though no landmark is known",
        rows: [late(1)],
        landmarks: { rows: [], newestAt: START + 40_000 }
      },
      {
        what: "an older copy has gone on beyond a landmark",
        rows: [...range(1, 20), ...range(21, 39, late).reverse()]
      }
    ],
    true
  )
})
