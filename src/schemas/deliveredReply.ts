/** Replies as they are delivered. */
import type { DeliveredReply } from "./Delivery.ts"
import type { Reply } from "./Turn.ts"

/** The reply with the message that it answers by its guid: `last` is that of the turn's last message. */
export const delivered = ({ replyTo, ...reply }: Reply, last: string | undefined): DeliveredReply => {
  const guid = replyTo === true ? last : replyTo
  return guid === undefined ? reply : { ...reply, replyTo: guid }
}
