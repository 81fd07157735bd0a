/** Replies as they are delivered. */
import type { DeliveredReply } from "./Delivery.ts"
import type { Reply } from "./Turn.ts"

/** The reply with the guid of the message that it answers, whatever it named; without one it answers none. */
export const delivered = ({ replyTo: _, ...reply }: Reply, guid: string | undefined): DeliveredReply =>
  guid === undefined ? reply : { ...reply, replyTo: guid }
