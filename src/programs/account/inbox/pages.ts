/** Rows by their rowid, page by page, in builds that hand them out like that. */
import { Effect } from "effect"
import { type ImsgMessage, Methods } from "../../../schemas/ImsgProtocol.ts"
import type { ImsgSession, RequestError } from "../../../services/ImsgProcess.ts"
import { type AccountContext, convertedFilesParam, reactionsParam } from "../AccountContext.ts"
import { asFits } from "../chatdb/asFits.ts"

/** What comes after a rowid. */
export interface Page {
  readonly rows: ReadonlyArray<ImsgMessage>
  /** Rows that are there and cannot be read. */
  readonly unreadable: number
  /** The rowid up to which there is nothing else; undefined where the build does not say. */
  readonly upTo: number | undefined
  readonly hasMore: boolean
  /** How many rows at most fitted into the response; as many as were asked for where one alone was too long. */
  readonly limit: number
}

/** Reads the page after a rowid, of so many rows at most. A row that is too long for a response is a page of its own. */
export const makePageAfter = (context: AccountContext, session: ImsgSession) => {
  const after = (since: number, limit: number) =>
    asFits(limit, (most) =>
      session.request(
        Methods.messagesAfter,
        { since_rowid: since, limit: most, ...convertedFilesParam(context), ...reactionsParam(context) },
        context.account.supervision.requestTimeoutMs
      )
    )

  /** The rowid of a row that is too long to be read, which is the next one after `since`. */
  const rowTooLongAfter = (since: number): Effect.Effect<number, RequestError> =>
    after(since + 1, 1).pipe(
      Effect.as(since + 1),
      Effect.catchTag("ResponseTooLong", () => rowTooLongAfter(since + 1))
    )

  return (since: number, limit: number): Effect.Effect<Page, RequestError> =>
    after(since, limit).pipe(
      Effect.map(({ answer: { has_more, messages, next_rowid }, limit: fitted }) => ({
        rows: messages.readable,
        unreadable: messages.unreadable,
        upTo: next_rowid,
        hasMore: has_more === true,
        limit: fitted
      })),
      Effect.catchTag("ResponseTooLong", () =>
        Effect.map(rowTooLongAfter(since), (upTo) => ({
          rows: [],
          unreadable: 1,
          upTo,
          hasMore: true,
          limit
        }))
      )
    )
}
