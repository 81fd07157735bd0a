/** What was missed, fetched in pages: rowid after rowid, and never more at once than can be handled. */
import { Effect, Option, Ref } from "effect"
import { Methods } from "../../schemas/ImsgProtocol.ts"
import type { ImsgSession, RequestError } from "../../services/ImsgProcess.ts"
import { type AccountContext, filesParam } from "./AccountContext.ts"
import { asFits } from "./asFits.ts"
import { canPage, recentRows } from "./recentRows.ts"
import type { TakeRows } from "./rows.ts"

/** Rows of a page, where they are not too long for that. */
const PAGE = 100

/** What builds without pages are asked for where there is no row to begin after. */
const FROM_THE_BEGINNING = { chats: 50, messages: 50 }

const inPages = (context: AccountContext, session: ImsgSession, takeRows: TakeRows) =>
  Effect.gen(function* () {
    const { account, reached } = context
    const { requestTimeoutMs } = account.supervision
    const pageAfter = (since: number, limit: number) =>
      asFits(limit, (most) =>
        session.request(
          Methods.messagesAfter,
          { since_rowid: since, limit: most, ...filesParam(context) },
          requestTimeoutMs
        )
      )

    /** The rowid of a row that is too long to be read, which is the next one after `since`. */
    const rowTooLongAfter = (since: number): Effect.Effect<number, RequestError> =>
      pageAfter(since + 1, 1).pipe(
        Effect.as(since + 1),
        Effect.catchTag("ResponseTooLong", () => rowTooLongAfter(since + 1))
      )

    let limit = PAGE
    let hasMore = true
    while (hasMore) {
      const since = yield* Ref.get(reached)
      const page = yield* pageAfter(since, limit).pipe(
        Effect.asSome,
        Effect.catchTag("ResponseTooLong", () => Effect.succeedNone)
      )
      if (Option.isNone(page)) {
        yield* takeRows([], { upTo: yield* rowTooLongAfter(since), unreadable: 1 })
        continue
      }
      const { has_more, messages, next_rowid } = page.value.answer
      yield* takeRows(messages.readable, { upTo: next_rowid, unreadable: messages.unreadable })
      limit = Math.min(2 * page.value.limit, PAGE)
      // A page that does not get further would be asked for again and again.
      hasMore = has_more === true && (yield* Ref.get(reached)) > since
    }
  })

/** A database that was empty: to older builds "after no row" means "from now on". */
const fromTheBeginning = ({ account }: AccountContext, session: ImsgSession, takeRows: TakeRows) =>
  Effect.gen(function* () {
    const rows = yield* recentRows(session, account.supervision.requestTimeoutMs, {
      ...FROM_THE_BEGINNING,
      attachments: account.includeAttachments
    })
    yield* takeRows([...rows].sort((one, other) => one.id - other.id))
  })

/** Takes all rows from the cursor on; from those that older builds show when they are subscribed to nothing is taken. */
export const catchUp = (context: AccountContext, session: ImsgSession, takeRows: TakeRows) =>
  Effect.gen(function* () {
    if (canPage(session)) return yield* inPages(context, session, takeRows)
    if ((yield* Ref.get(context.reached)) === 0) yield* fromTheBeginning(context, session, takeRows)
  })
