/** What became of a part whose result was lost. */
import { Effect, Ref } from "effect"
import type { Delivery, Part, PartState } from "../../schemas/Delivery.ts"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import type { ImsgSession, RequestError } from "../../services/ImsgProcess.ts"
import { Journal } from "../../services/Journal.ts"
import type { AccountContext } from "./AccountContext.ts"
import { type Evidence, findEvidence } from "./evidence.ts"

/** What the database says of it, or why it cannot tell. */
export type Fate =
  | Exclude<Evidence, { readonly _tag: "Unknowable" }>
  | { readonly _tag: "Unknowable"; readonly why: string }

const REPLACED: Fate = { _tag: "Unknowable", why: "chat.db was replaced since it was tried" }

/** Looks for a part that was tried, until `withinMs` after `since` (Unix ms), when its result was lost. */
export const fateOf = (
  { account, highestRow }: AccountContext,
  delivery: Delivery,
  part: Part,
  trying: Extract<PartState, { readonly _tag: "Sending" }>,
  look: { readonly session: ImsgSession; readonly since: number; readonly withinMs: number }
): Effect.Effect<Fate, RequestError | StoreUnavailable, Journal> =>
  Effect.gen(function* () {
    const journal = yield* Journal
    const isStranded = yield* journal.isStranded(delivery)
    // The chat with that number is another one now, whatever is in it.
    if (isStranded && delivery.target._tag === "ChatId") return REPLACED
    // Rowids only start over in another database; of one that was replaced, the store has forgotten them.
    const wasElsewhere =
      isStranded && (trying.afterRowId === 0 || trying.afterRowId > (yield* Ref.get(highestRow)))
    const evidence = yield* findEvidence(
      look.session,
      {
        accountId: account.id,
        target: delivery.target,
        region: account.region,
        part,
        lostAt: look.since,
        afterRowId: wasElsewhere ? 0 : trying.afterRowId
      },
      { settleMs: look.withinMs, requestTimeoutMs: account.supervision.requestTimeoutMs }
    )
    switch (evidence._tag) {
      case "Unknowable":
        return { _tag: "Unknowable", why: "the chat cannot be looked up" }
      case "Absent":
        // That another database does not have it proves nothing.
        return wasElsewhere ? REPLACED : evidence
      case "Found":
      case "NotDelivered":
        return evidence
    }
  })
