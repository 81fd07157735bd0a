/** From a row in the database to its `send` read, through a simulator that holds and waits as imsg does. */
import { Effect } from "effect"
import type { Programs } from "./programs.ts"
import { startOnSimulator } from "./simulator.ts"
import { CHATS, type SubjectKind } from "./subject.ts"

/** A pause between an answer and the next row, so that what the answer causes is over. */
const GAP_MS = 100

/** How a subject is reached, and how often a row is measured. */
export interface Arrival {
  readonly kind: SubjectKind
  readonly rows: number
  /** Of the simulator; none for imsg as it is. */
  readonly flags?: string
  readonly imessage?: object
}

/** Milliseconds of each of so many rows, the chats in turn. */
export const measureArrival = (programs: Programs, { flags = "", imessage = {}, kind, rows }: Arrival) =>
  Effect.gen(function* () {
    const subject = yield* startOnSimulator({ kind, programs }, { flags, imessage })
    const times: Array<number> = []
    // The first one finds nothing warm, and is not counted.
    while (times.length <= rows) {
      yield* Effect.sleep(GAP_MS)
      const recorded = (yield* subject.chats.recorded()).at(-1)?.id
      const chatId = 1 + (times.length % CHATS)
      const writtenAt = Date.now()
      yield* subject.chats.receive({ chatId, sender: "+15555550123", text: `row ${times.length}` })
      times.push((yield* subject.request("send", recorded)).at - writtenAt)
    }
    return times.slice(1)
  }).pipe(Effect.scoped)
