/** What the gateway itself says of a turn that failed: to its person, and to its owners what they must mend. */
import { Array as Arr, Clock, Effect } from "effect"
import { isOnlyReactions, replyTarget } from "../../schemas/Envelope.ts"
import type { AgentError } from "../../schemas/errors/agent.ts"
import { ownersOf, toOwner } from "../../schemas/owners.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { Outbox } from "../../services/Outbox.ts"
import { stored } from "../effects/stored.ts"
import type { Batch } from "./batch.ts"

/** How long the news of a failure are worth saying, in ms. */
const FAILURE_WITHIN_MS = 60 * 60_000

/** Owners hear of an agent that needs them so often, in ms. */
const OWNERS_EVERY_MS = 60 * 60_000

export const makeNotices = Effect.gen(function* () {
  const config = yield* ConfigService
  const outbox = yield* Outbox

  /** Tells a person that their turn has failed for good; nobody who has only reacted, and asked for nothing. */
  const failure = (turnId: string, batch: Batch) =>
    Effect.gen(function* () {
      const { failureNotice } = (yield* config.current).messages
      if (failureNotice === undefined || isOnlyReactions(batch.map(({ envelope }) => envelope))) return
      const { envelope } = Arr.lastNonEmpty(batch)
      yield* stored(
        outbox.accept({
          id: `failed:${turnId}`,
          accountId: envelope.accountId,
          target: replyTarget(envelope),
          expiresAt: (yield* Clock.currentTimeMillis) + FAILURE_WITHIN_MS,
          replies: [{ text: failureNotice }]
        })
      )
    })

  /** Tells the owners of an agent that a person has to mend; its id keeps it from being told more often. */
  const toOwners = (accountId: string, error: AgentError) =>
    Effect.gen(function* () {
      const { owners, people } = yield* config.current
      const now = yield* Clock.currentTimeMillis
      const told = {
        id: `agent:${error.agentId}:${Math.floor(now / OWNERS_EVERY_MS)}`,
        text: `${error.message}\n${error.hint}`,
        expiresAt: now + OWNERS_EVERY_MS
      }
      for (const owner of ownersOf(owners, people))
        yield* stored(outbox.accept(toOwner(accountId, owner, told)))
    })

  return { failure, toOwners }
})
