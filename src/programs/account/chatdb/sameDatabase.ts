/** Whether a database is the one that it was, by the rows that are remembered of it. */
import { Effect } from "effect"
import { type ImsgMessage, Methods } from "../../../schemas/ImsgProtocol.ts"
import type { Landmark, Landmarks } from "../../../schemas/Landmark.ts"
import type { ImsgSession, RequestError } from "../../../services/ImsgProcess.ts"
import { asFits } from "./asFits.ts"
import { sentAtOf } from "./landmarks.ts"
import { canPage, cursorOf, type Depth, recentRows } from "./recentRows.ts"

/** How far an account has read its database, and what it knows of it. */
export interface Known {
  readonly rowId: number
  readonly landmarks: Landmarks
}

/** What became of a landmark. `Unknown` where the build cannot say. */
type Sight = "InPlace" | "Gone" | "Elsewhere" | "Unknown"

/** Landmarks that must be gone for good before their absence says anything: one is easily deleted. */
const SEVERAL = 2
/** Rows of a chat in which older builds are asked for a landmark: more than come between two of them. */
const DEPTH = 100
/** By how much a row has to be newer than all that was seen: clocks and the order of rows differ a little. */
const SLACK_MS = 60_000
/** A link preview that is folded into its text has a cursor of its own, and no row. */
const FOLDED = 3
/** Where a row can hide that has the highest rowid, but an old date: Messages syncs such rows in. */
const DEEP: Depth = { chats: 50, messages: 50 }

/**
 * What rows of a database say of a landmark. Messages never gives a rowid twice, so a row in its place, or itself at
 * another rowid that was given before, is of another database; a row that Messages wrote anew has a higher one.
 */
const sightIn = (
  rows: ReadonlyArray<ImsgMessage>,
  { guid, rowId }: Landmark,
  reached: number
): Exclude<Sight, "Unknown"> => {
  if (rows.some((row) => row.id === rowId && row.guid === guid)) return "InPlace"
  return rows.some((row) => row.id === rowId || (row.guid === guid && row.id <= reached))
    ? "Elsewhere"
    : "Gone"
}

/** Whether a row has a rowid that was passed, but came later than all that had one: the rowids started over. */
const isOutOfTime = (row: ImsgMessage, { landmarks: { newestAt, rows }, rowId }: Known): boolean => {
  const sentAt = sentAtOf(row)
  return (
    !row.is_from_me &&
    row.is_reaction !== true &&
    cursorOf(row) <= rowId &&
    newestAt !== undefined &&
    sentAt !== undefined &&
    sentAt > newestAt + SLACK_MS &&
    !rows.some(({ guid }) => guid === row.guid)
  )
}

/** Where it is gone from rows that are not all it takes to say so, nobody knows. */
const orUnknown = (sight: Sight, isWhole: boolean): Sight =>
  sight === "Gone" && !isWhole ? "Unknown" : sight

const lookFor = (session: ImsgSession, landmark: Landmark, reached: number, timeoutMs: number) =>
  Effect.gen(function* () {
    if (canPage(session)) {
      const { messages } = yield* session.request(
        Methods.messagesAfter,
        { since_rowid: landmark.rowId - 1, limit: 1 },
        timeoutMs
      )
      return orUnknown(sightIn(messages.readable, landmark, reached), messages.unreadable === 0)
    }
    const { answer, limit } = yield* asFits(DEPTH, (most) =>
      session.request(Methods.messagesHistory, { chat_id: landmark.chatId, limit: most }, timeoutMs)
    )
    const { readable, unreadable } = answer.messages
    const reachesBack =
      readable.length + unreadable < limit ||
      readable.some((row) => (sentAtOf(row) ?? landmark.sentAt) < landmark.sentAt)
    return orUnknown(sightIn(readable, landmark, reached), reachesBack && unreadable === 0)
  }).pipe(
    Effect.catchTags({
      RpcFailed: () => Effect.succeed<Sight>("Unknown"),
      ResponseTooLong: () => Effect.succeed<Sight>("Unknown")
    })
  )

/** Whether the highest rowid is below the cursor. `recent` are the newest rows by date. */
const endsBefore = (
  session: ImsgSession,
  reached: number,
  recent: ReadonlyArray<ImsgMessage>,
  timeoutMs: number
): Effect.Effect<boolean, RequestError> => {
  const least = reached - FOLDED
  const reaches = (rows: ReadonlyArray<ImsgMessage>) => rows.some((row) => cursorOf(row) >= least)
  if (least <= 0 || reaches(recent)) return Effect.succeed(false)
  if (!canPage(session)) return Effect.map(recentRows(session, timeoutMs, DEEP), (rows) => !reaches(rows))
  return Effect.map(
    session.request(Methods.messagesAfter, { since_rowid: least - 1, limit: 1 }, timeoutMs),
    ({ messages, next_rowid = 0 }) =>
      messages.readable.length + messages.unreadable === 0 && next_rowid < least
  ).pipe(
    // Then there is one.
    Effect.catchTag("ResponseTooLong", () => Effect.succeed(false))
  )
}

/**
 * Whether a database is another one than it was. `recent` are its newest rows by date. Where nothing proves it the
 * answer is no: people delete messages, also the newest, and Messages syncs old ones in.
 */
export const wasReplaced = (
  session: ImsgSession,
  known: Known,
  recent: ReadonlyArray<ImsgMessage>,
  timeoutMs: number
): Effect.Effect<boolean, RequestError> =>
  Effect.gen(function* () {
    const landmarks = [...known.landmarks.rows].sort((one, other) => other.rowId - one.rowId)
    const seen = landmarks.map((landmark) => sightIn(recent, landmark, known.rowId))
    if (seen.includes("Elsewhere") || recent.some((row) => isOutOfTime(row, known))) return true
    if (seen.includes("InPlace")) return false
    let isAnyUnknown = false
    // The newest first: in an older copy of the database the older ones are in place.
    for (const landmark of landmarks) {
      const sight = yield* lookFor(session, landmark, known.rowId, timeoutMs)
      if (sight === "Elsewhere") return true
      if (sight === "InPlace") return false
      isAnyUnknown ||= sight === "Unknown"
    }
    return (
      landmarks.length >= SEVERAL &&
      !isAnyUnknown &&
      (yield* endsBefore(session, known.rowId, recent, timeoutMs))
    )
  })
