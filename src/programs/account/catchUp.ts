/** What was missed, fetched in pages: rowid after rowid, and never more at once than can be handled. */
import { Effect, Ref } from "effect"
import type { ImsgSession } from "../../services/ImsgProcess.ts"
import type { AccountContext } from "./AccountContext.ts"
import { makePageAfter } from "./pages.ts"
import { canPage, recentRows } from "./recentRows.ts"
import type { TakeRows } from "./rows.ts"

/** Rows of a page, where they are not too long for that. */
const PAGE = 100

/** What builds without pages are asked for where there is no row to begin after. */
const FROM_THE_BEGINNING = { chats: 50, messages: 50 }

const inPages = (context: AccountContext, session: ImsgSession, takeRows: TakeRows) =>
  Effect.gen(function* () {
    const { reached } = context
    const pageAfter = makePageAfter(context, session)
    let limit = PAGE
    let isMore = true
    while (isMore) {
      const since = yield* Ref.get(reached)
      const page = yield* pageAfter(since, limit)
      yield* takeRows(page.rows, { upTo: page.upTo, unreadable: page.unreadable })
      limit = Math.min(2 * page.limit, PAGE)
      // A page that does not get further would be asked for again and again.
      isMore = page.hasMore && (yield* Ref.get(reached)) > since
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
