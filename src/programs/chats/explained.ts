/** The last messages of a chat with what was decided of each: Messages' own history and the gateway's, side by side. */
import { Order } from "effect"
import type { MessageRecord } from "../../schemas/control/Records.ts"
import type { Decision } from "../../schemas/Decision.ts"

/** A message that came in. At least one of both is there. */
export interface Explained {
  readonly rowId: number
  readonly message: MessageRecord | undefined
  readonly decision: Decision | undefined
}

const byRow = Order.mapInput(Order.number, ({ rowId }: Explained) => rowId)

/** At most so many, oldest first. What the account itself wrote is left out. */
export const explained = (
  decisions: ReadonlyArray<Decision>,
  history: ReadonlyArray<MessageRecord>,
  limit: number
): ReadonlyArray<Explained> => {
  const messages = new Map(history.map((message) => [message.guid, message]))
  const decided = new Set(decisions.map(({ guid }) => guid))
  return [
    ...decisions.map((decision): Explained => {
      const { guid, rowId } = decision
      return { rowId, message: messages.get(guid), decision }
    }),
    ...history
      .filter(({ guid, isFromMe }) => !isFromMe && !decided.has(guid))
      .map((message): Explained => ({ rowId: message.id, message, decision: undefined }))
  ]
    .sort(byRow)
    .slice(-limit)
}
