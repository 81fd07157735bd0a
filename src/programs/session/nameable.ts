/** Which messages a turn's agent may name, by what the gateway said in its chat. */
import { Effect } from "effect"
import { replyTarget } from "../../schemas/Envelope.ts"
import type { Turn } from "../../schemas/Turn.ts"
import { Outbox } from "../../services/Outbox.ts"
import { stored } from "../effects/stored.ts"
import { type LeftOut, type Nameable, nameableIn } from "./namedMessages.ts"

/** How far back an agent may name what the gateway said: further than it is told, since it may have kept a guid. */
const SAID = 200

/** The function that answers it. */
export const makeNameableOf = Effect.map(Outbox, (outbox) => (turn: Turn): Effect.Effect<Nameable> => {
  const [envelope] = turn.envelopes
  return Effect.map(stored(outbox.said(envelope.accountId, replyTarget(envelope), SAID)), (rows) =>
    nameableIn(
      turn,
      rows.map(({ guid }) => guid)
    )
  )
})

/** Says that something is not done. It is no failure: the rest of the answer is. */
export const warnOf = (what: string, { named, why }: LeftOut): Effect.Effect<void> =>
  Effect.logWarning(`${what} of the answer is left out: ${why}`).pipe(
    Effect.annotateLogs({ guid: named === true ? "true (the message that is answered)" : named })
  )
