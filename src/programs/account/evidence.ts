/** Whether a part whose result was lost is in the database. */
import { Clock, Effect } from "effect"
import type { Part } from "../../schemas/Delivery.ts"
import type { StoreUnavailable } from "../../schemas/Errors.ts"
import { Code, type ImsgMessage, Methods } from "../../schemas/ImsgProtocol.ts"
import type { Target } from "../../schemas/Target.ts"
import type { ImsgSession, RequestError } from "../../services/ImsgProcess.ts"
import { Journal } from "../../services/Journal.ts"

/** Rows of a chat that are looked through; the row in question is among the newest. */
const DEPTH = 100
const LOOK_AGAIN_MS = 500

/** What was found: the row, its provable absence, or no way to tell. */
export type Evidence =
  | { readonly _tag: "Found"; readonly guid: string; readonly rowId: number }
  | { readonly _tag: "Absent" }
  | { readonly _tag: "Unknowable" }

/** Messages keeps its own white space, and puts characters between the letters that nobody sees. */
const bare = (text: string): string =>
  text
    .replace(/[\p{Cf}\ufffc\ufffd]|(?!\s)\p{Cc}/gu, "")
    .replace(/\s+/gu, " ")
    .trim()
    .normalize()

const fileName = (path: string): string => path.slice(path.lastIndexOf("/") + 1).normalize()

const isThePart = (part: Part, row: ImsgMessage): boolean => {
  switch (part._tag) {
    case "Text":
      return bare(row.text ?? "") === bare(part.text)
    case "File":
      return (row.attachments ?? []).some(
        (file) => fileName(file.transfer_name || file.filename || "") === fileName(part.path)
      )
  }
}

/**
 * Looks for an outgoing row of the part that is newer than `afterRowId` and known as nothing else, until
 * `settleMs` after the result was lost: Messages may write it late.
 */
export const findEvidence = (
  session: ImsgSession,
  tried: {
    readonly accountId: string
    readonly target: Target
    readonly part: Part
    /** When the result was lost, Unix ms. */
    readonly lostAt: number
    readonly afterRowId: number
  },
  times: { readonly settleMs: number; readonly requestTimeoutMs: number }
): Effect.Effect<Evidence, RequestError | StoreUnavailable, Journal> =>
  Effect.gen(function* () {
    const { target } = tried
    if (target._tag !== "ChatId") return { _tag: "Unknowable" } satisfies Evidence
    const journal = yield* Journal
    const look = Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const { messages } = yield* session.request(
        Methods.messagesHistory,
        {
          chat_id: target.chatId,
          limit: DEPTH,
          ...(tried.part._tag === "File" ? { attachments: true } : {})
        },
        times.requestTimeoutMs
      )
      for (const row of messages) {
        if (!row.is_from_me || row.id <= tried.afterRowId || !isThePart(tried.part, row)) continue
        if (yield* journal.isClaimed(tried.accountId, row.guid)) continue
        return { _tag: "Found", guid: row.guid, rowId: row.id } satisfies Evidence
      }
      // Only a look from after the settle time proves anything, and only if it went back to before the try.
      if (now < tried.lostAt + times.settleMs) return undefined
      const reachesBack = messages.length < DEPTH || messages.some((row) => row.id <= tried.afterRowId)
      return { _tag: reachesBack ? "Absent" : "Unknowable" } satisfies Evidence
    })
    const search: Effect.Effect<Evidence, RequestError | StoreUnavailable> = Effect.flatMap(look, (found) =>
      found === undefined ? Effect.delay(search, LOOK_AGAIN_MS) : Effect.succeed(found)
    )
    return yield* search.pipe(
      // The chat is gone, or never was: asking again will not help.
      Effect.catchTag("RpcFailed", (error) =>
        error.rpcCode === Code.serverBusy
          ? Effect.fail(error)
          : Effect.succeed<Evidence>({ _tag: "Unknowable" })
      )
    )
  })
