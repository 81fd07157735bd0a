/** What sends say about the state of their account. */
import { Clock, Effect } from "effect"
import { Accounts } from "../../../services/Accounts.ts"
import type { RequestError } from "../../../services/ImsgProcess.ts"

/** Something was sent: if that was denied before, it is no more. */
export const sendingWorks = (accountId: string): Effect.Effect<void, never, Accounts> =>
  Effect.gen(function* () {
    const accounts = yield* Accounts
    const now = yield* Clock.currentTimeMillis
    yield* accounts.update(accountId, (status) => ({
      lastOutboundAt: now,
      ...(status.state === "degraded" && status.pid !== undefined
        ? { state: "running", reason: "sending works again", lastError: undefined }
        : {})
    }))
  })

/** A person has to allow what sending needs. */
export const sendingDenied = (
  accountId: string,
  { code, hint, message }: RequestError
): Effect.Effect<void, never, Accounts> =>
  Effect.flatMap(Accounts, (accounts) =>
    accounts.update(accountId, () => ({
      state: "degraded",
      reason: "macOS denies what sending needs",
      lastError: { code, message, hint }
    }))
  )
