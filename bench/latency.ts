/** From a notification written to its `send` read, one message at a time. */
import { CHATS, type MemorySubject } from "./subject.ts"

/** The pause after each answer, so that what the answer itself causes is over. */
const GAP_MS = 10

/** Milliseconds of each of `count` messages, the chats in turn. */
export const measureLatency = (subject: MemorySubject, count: number) =>
  subject.explaining(
    subject.control.carryOut({
      chats: CHATS,
      outstanding: 1,
      gapMs: GAP_MS,
      count,
      seconds: 30,
      warmUpSeconds: 0,
      drainMs: 5000
    })
  )
