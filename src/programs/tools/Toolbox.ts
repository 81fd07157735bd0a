/** What all calls of tools share. */
import { Context, Effect } from "effect"
import type { Askable } from "../../services/Children.ts"
import { makeNoteReading } from "../control/readings.ts"
import type { Lanes } from "../sending/Lanes.ts"
import { makeWaits, type Waits } from "./waits.ts"

/**
 * Requests of tools that a child has at a time. It answers one by one, so that each of them can hold up the account's own
 * reading and sending: those that wait for their turn wait here.
 */
const AT_ONCE = 1

export class Toolbox extends Context.Tag("imsg-gateway/Toolbox")<
  Toolbox,
  {
    /** Requests to send, by the names of their deliveries. */
    readonly sends: Lanes
    /** Tells the audit log who read which chat. */
    readonly noteReading: Effect.Effect.Success<typeof makeNoteReading>
    /** Has a place for each call that waits for messages. */
    readonly waits: Waits
    /** The child of an account as tools may use it: what they ask of it waits for its turn. */
    readonly inTurn: (accountId: string, session: Askable) => Askable
  }
>() {}

export const makeToolbox = (sends: Lanes) =>
  Effect.map(makeNoteReading, (noteReading) => {
    const turns = new Map<string, Effect.Semaphore>()
    const turnOf = (accountId: string): Effect.Semaphore => {
      const turn = turns.get(accountId) ?? Effect.unsafeMakeSemaphore(AT_ONCE)
      turns.set(accountId, turn)
      return turn
    }
    return Toolbox.of({
      sends,
      noteReading,
      waits: makeWaits(),
      inTurn: (accountId, session) => ({
        ...session,
        request: (method, params, timeoutMs) =>
          turnOf(accountId).withPermits(1)(session.request(method, params, timeoutMs))
      })
    })
  })
