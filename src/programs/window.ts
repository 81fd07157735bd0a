/** How much of a mailbox is filled from the store. */

/** A quarter stays free for messages whose predecessors are not quite gone yet. */
const SHARE = 0.75

/** How many messages of a mailbox of this capacity are handed out of the store at a time. */
export const windowOf = (mailboxCapacity: number): number => Math.floor(mailboxCapacity * SHARE)
