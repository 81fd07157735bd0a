/** What a row does not say by itself: its chat, what it replies to, and whether it is a message at all. */
import { Effect, Option } from "effect"
import type { GatewayConfig } from "../../../schemas/Config.ts"
import type { ImsgMessage } from "../../../schemas/ImsgProtocol.ts"
import { isReactionTo, textReaction } from "../../../schemas/textReactions.ts"
import type { ImsgSession } from "../../../services/ImsgProcess.ts"
import type { AccountContext } from "../AccountContext.ts"
import { makeKnownChats } from "../chatdb/knownChats.ts"
import { makeLookInto } from "../chatdb/said.ts"
import { type CompleteRow, makeCompleteRow } from "./completeRow.ts"
import { type IsPreview, makeIsPreview } from "./previews.ts"
import { makeWithQuotation, type WithQuotation } from "./quotes.ts"
import { makeWithService } from "./rowService.ts"

/** Reads the rows of one child. */
export interface RowReader {
  readonly complete: CompleteRow
  /** A row with the service that it came by, where that matters. */
  readonly withService: CompleteRow
  readonly isPreview: IsPreview
  readonly withQuotation: WithQuotation
  /** Whether a message is a tapback in words, which phones without iMessage send. */
  readonly isTextReaction: (row: ImsgMessage) => Effect.Effect<boolean>
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
    isTextReaction: (row) =>
      Effect.gen(function* () {
        const reaction = textReaction(row.text ?? "")
        if (reaction === undefined) return false
        if (reaction._tag === "Thing" || row.chat_id === undefined) return isReactionTo(reaction, undefined)
        const said = Option.map(yield* lookInto(row.chat_id), ({ isWhole, rows }) => ({
          isWhole,
          texts: rows.flatMap(({ guid, text }) => (guid === row.guid || text === undefined ? [] : [text]))
        }))
        return isReactionTo(reaction, Option.getOrUndefined(said))
      })
  }
}
