/** What a row does not say by itself: its chat, what it replies to, and whether it is a message at all. */
import { Effect } from "effect"
import type { GatewayConfig } from "../../../schemas/Config.ts"
import type { ImsgSession } from "../../../services/ImsgProcess.ts"
import type { AccountContext } from "../AccountContext.ts"
import { makeKnownChats } from "../chatdb/knownChats.ts"
import { makeLookInto } from "../chatdb/said.ts"
import { type CompleteRow, makeCompleteRow } from "./completeRow.ts"
import { type IsPreview, makeIsPreview } from "./previews.ts"
import { makeWithQuotation, type WithQuotation } from "./quotes.ts"
import { makeReactedTo, type ReactedTo } from "./reactedTo.ts"
import { makeWithService } from "./rowService.ts"

/** Reads the rows of one child. */
export interface RowReader {
  readonly complete: CompleteRow
  /** A row with the service that it came by, where that matters. */
  readonly withService: CompleteRow
  readonly isPreview: IsPreview
  readonly withQuotation: WithQuotation
  readonly reactedTo: ReactedTo
}

export const makeRowReader = (
  context: AccountContext,
  config: Effect.Effect<GatewayConfig>,
  session: ImsgSession
): RowReader => {
  const lookInto = makeLookInto(context, session)
  const chats = makeKnownChats(context, session)
  return {
    complete: makeCompleteRow(chats.find),
    withService: makeWithService(
      {
        account: context.account,
        people: Effect.map(config, ({ people }) => people),
        owners: Effect.map(config, ({ owners }) => owners),
        findChat: chats.findNow
      },
      session
    ),
    isPreview: makeIsPreview(lookInto),
    withQuotation: makeWithQuotation(lookInto),
    reactedTo: makeReactedTo(lookInto, context.account.region)
  }
}
