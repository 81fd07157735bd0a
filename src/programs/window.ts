/** How much of a mailbox is filled from the store. */

/** A quarter stays free for messages whose predecessors are not quite gone yet. */
const SHARE = 0.75

/** How many messages of a mailbox of this capacity are handed out of the store at a time. */
export const windowOf = (mailboxCapacity: number): number => Math.floor(mailboxCapacity * SHARE)

/**
 * How many messages that are carried out one after the other an actor is handed at a time: the next are there when one
 * is done, and where none ever is, there is room for the others.
 */
export const LANE_WINDOW = 8
