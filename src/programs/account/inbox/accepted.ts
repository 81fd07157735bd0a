/** When a persisted message counts as accepted. */
import type { ClusterError } from "@effect/cluster"
import { Effect } from "effect"
import { StoreUnavailable } from "../../../schemas/errors/store.ts"

/**
 * A persisted message counts as accepted once it is saved. That its actor is busy with the same message, or has a
 * full mailbox, is then no failure: the actor takes it from the store.
 */
export const accepted = <R>(
  save: Effect.Effect<
    void,
    ClusterError.MailboxFull | ClusterError.AlreadyProcessingMessage | ClusterError.PersistenceError,
    R
  >
): Effect.Effect<void, StoreUnavailable, R> =>
  save.pipe(
    Effect.catchTags({
      MailboxFull: () => Effect.void,
      AlreadyProcessingMessage: () => Effect.void,
      PersistenceError: ({ cause }) =>
        cause instanceof StoreUnavailable
          ? cause
          : new StoreUnavailable({ file: "gateway.db", detail: String(cause) })
    })
  )
