/** Whether a part whose result was lost is in the database. */
import { Clock, Effect, Option } from "effect"
import type { Part } from "../../schemas/Delivery.ts"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { fileName, isSameText } from "../../schemas/fingerprint.ts"
import { type ImsgMessage, Methods } from "../../schemas/ImsgProtocol.ts"
import type { Target } from "../../schemas/Target.ts"
import type { ImsgSession, RequestError } from "../../services/ImsgProcess.ts"
import { Journal } from "../../services/Journal.ts"
import { chatSince } from "./chatSince.ts"
import { isRefusal } from "./refusal.ts"
import { targetChats } from "./targetChats.ts"

const LOOK_AGAIN_MS = 500

/** What was found: the row (of a message that went out, or of one that did not), its provable absence, or no way to tell. */
export type Evidence =
  | { readonly _tag: "Found"; readonly guid: string; readonly rowId: number }
  | { readonly _tag: "NotDelivered"; readonly guid: string; readonly rowId: number }
  | { readonly _tag: "Absent" }
  | { readonly _tag: "Unknowable" }

/** Whether a row says what a part says. */
const isThePart = (part: Part, row: ImsgMessage): boolean => {
  switch (part._tag) {
    case "Text":
      return isSameText(row.text ?? "", part.text)
    case "File":
      return (row.attachments ?? []).some(
        (file) => fileName(file.transfer_name || file.filename || "") === fileName(part.path)
      )
  }
}

/** What Messages says of an outgoing row, where the build can be asked. */
const sendStateOf = (session: ImsgSession, guid: string, requestTimeoutMs: number) =>
  session.build.methods.has(Methods.sendStatus.name)
    ? session.request(Methods.sendStatus, { guid }, requestTimeoutMs).pipe(
        Effect.map(({ send_state }) => send_state),
        // The row is there; a build that cannot say more of it takes nothing from that.
        Effect.catchIf(isRefusal, () => Effect.succeed(undefined))
      )
    : Effect.succeed(undefined)

/** A part whose result was lost, or that was answered without its row. */
export interface Tried {
  readonly accountId: string
  readonly target: Target
  /** Reads phone numbers without a country code. */
  readonly region: string
  readonly part: Part
  /** When the result was lost, Unix ms. */
  readonly lostAt: number
  readonly afterRowId: number
}

/** The function that says whether a row is the part's, written after it was tried and known as no other one. */
export const isRowOf =
  ({ accountId, afterRowId, part }: Pick<Tried, "accountId" | "afterRowId" | "part">) =>
  (row: ImsgMessage): Effect.Effect<boolean, StoreUnavailable, Journal> =>
    row.is_from_me && row.id > afterRowId && isThePart(part, row)
      ? Effect.flatMap(Journal, (journal) =>
          Effect.map(journal.isClaimed(accountId, row.guid), (isClaimed) => !isClaimed)
        )
      : Effect.succeed(false)

/**
 * Looks for an outgoing row of the part that is newer than `afterRowId` and known as nothing else, until
 * `settleMs` after the result was lost: Messages may write it late, and may take its time to send what it wrote.
 */
export const findEvidence = (
  session: ImsgSession,
  tried: Tried,
  { requestTimeoutMs, settleMs }: { readonly settleMs: number; readonly requestTimeoutMs: number }
): Effect.Effect<Evidence, RequestError | StoreUnavailable, Journal> =>
  Effect.gen(function* () {
    /** Undefined: look again. */
    const look = (isLast: boolean) =>
      Effect.gen(function* () {
        const { chatIds, isWhole: isAll } = yield* targetChats(session, tried.target, {
          region: tried.region,
          requestTimeoutMs
        })
        let reachesBack = chatIds.length > 0 && isAll
        for (const chatId of chatIds) {
          const { messages, reachesBack: isWhole } = yield* chatSince(
            session,
            { chatId, afterRowId: tried.afterRowId, attachments: tried.part._tag === "File" },
            requestTimeoutMs
          )
          const row = yield* Effect.findFirst(messages, isRowOf(tried))
          if (Option.isSome(row)) {
            const { guid, id: rowId } = row.value
            const sendState = yield* sendStateOf(session, guid, requestTimeoutMs)
            if (sendState === "pending" && !isLast) return undefined
            return { _tag: sendState === "failed" ? "NotDelivered" : "Found", guid, rowId } as const
          }
          reachesBack &&= isWhole
        }
        // Only a look from after the settle time proves anything, and only if it went back to before the try.
        return isLast ? ({ _tag: reachesBack ? "Absent" : "Unknowable" } as const) : undefined
      }).pipe(
        // The chat may not be there yet, or never.
        Effect.catchIf(isRefusal, () =>
          Effect.succeed(isLast ? ({ _tag: "Unknowable" } as const) : undefined)
        )
      )

    const search: Effect.Effect<Evidence, RequestError | StoreUnavailable, Journal> = Effect.gen(
      function* () {
        const now = yield* Clock.currentTimeMillis
        const found = yield* look(now >= tried.lostAt + settleMs)
        return found ?? (yield* Effect.delay(search, LOOK_AGAIN_MS))
      }
    )
    return yield* search
  })
