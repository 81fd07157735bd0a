/** Whether a turn may begin, by what its person and its chat have cost today. */
import { Array as Arr, Effect } from "effect"
import { replyTarget } from "../../schemas/Envelope.ts"
import { peerOf } from "../../schemas/People.ts"
import { targetKey } from "../../schemas/Target.ts"
import { Budget } from "../../services/Budget.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { Events } from "../../services/Events.ts"
import { stored } from "../effects/stored.ts"
import type { Batch } from "./batch.ts"

const SAID = {
  turns:
    "a person has had as many turns within 24 hours as messages.budget.turns allows: what they write is not answered",
  parts:
    "a chat was sent as many messages within 24 hours as messages.budget.parts allows: what is written there is not answered"
} as const

/** The functions that count what turns cost, and say once a day, to the owner, that it is too much. */
export const makeSpending = Effect.gen(function* () {
  const budget = yield* Budget
  const config = yield* ConfigService
  const events = yield* Events

  /** Counts a turn, and answers whether it may begin. */
  const mayBegin = (id: string, batch: Batch) =>
    Effect.gen(function* () {
      const { envelope } = Arr.lastNonEmpty(batch)
      const { messages, people } = yield* config.current
      const turn = {
        id,
        accountId: envelope.accountId,
        person: peerOf(people, envelope.sender),
        chat: targetKey(replyTarget(envelope))
      }
      const refusal = yield* stored(budget.begin(turn, messages.budget))
      if (refusal === undefined) return true
      const { exceeded, isNews } = refusal
      if (isNews) {
        yield* Effect.logWarning(SAID[exceeded.budget]).pipe(
          Effect.annotateLogs({ subject: exceeded.subject })
        )
        yield* events.publish({ _tag: "BudgetExceeded", ...exceeded })
      }
      return false
    })

  /** Notes in how many parts a turn is answered; it was counted as if with one. */
  const answeredIn = (id: string, parts: number) =>
    parts === 1 ? Effect.void : stored(budget.answered(id, parts))

  return { mayBegin, answeredIn }
})
