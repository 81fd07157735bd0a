/** Tells people that they were let in, whichever process did it, and whether the gateway was running then or not. */
import { Effect, Ref } from "effect"
import type { AccountConfig } from "../../../schemas/Config.ts"
import { Events } from "../../../services/Events.ts"
import { Outbox } from "../../../services/Outbox.ts"
import { type ApprovalNotice, PairingStore } from "../../../services/PairingStore.ts"
import { stored } from "../../effects/stored.ts"
import { approvalDelivery } from "./pairingDelivery.ts"

/** Twice as long is how long a person who approved somebody may wait for the gateway to notice. */
const LOOK_EVERY = "500 millis"

/** The accounts that had notices when it was looked last. */
export type Noticed = Ref.Ref<ReadonlySet<string>>

/**
 * Looks for all accounts, until the scope closes: on a server each look is a question to it, and those of each account by
 * itself were most of what two hundred quiet accounts cost.
 */
export const lookForNotices = Effect.gen(function* () {
  const { noticedAccounts } = yield* PairingStore
  const noticed = yield* Ref.make<ReadonlySet<string>>(new Set())
  yield* Effect.flatMap(stored(noticedAccounts), (found) => Ref.set(noticed, found)).pipe(
    Effect.catchAllDefect((defect) => Effect.logError("a defect ended a look for approvals", defect)),
    Effect.delay(LOOK_EVERY),
    Effect.forever,
    Effect.interruptible,
    Effect.forkScoped
  )
  return noticed
})

/** Accepts a delivery for each notice of the account as it comes; runs for ever. */
export const announceApprovals = (account: AccountConfig, noticed: Noticed) =>
  Effect.gen(function* () {
    const pairing = yield* PairingStore
    const events = yield* Events
    const outbox = yield* Outbox

    /** The delivery's id keeps it from being sent twice when a crash comes before the notice is forgotten. */
    const announce = (notice: ApprovalNotice) =>
      Effect.gen(function* () {
        // Under another policy the approval does not let them in.
        if (account.dmPolicy === "pairing" && account.pairing.approvedMessage.trim() !== "") {
          yield* outbox.accept(approvalDelivery(account, notice))
        }
        yield* pairing.noticed(notice)
        const { accountId, sender } = notice
        yield* events.publish({ _tag: "PairingApproved", accountId, sender })
        yield* Effect.logInfo("somebody was let in by pairing")
      })

    return yield* Effect.flatMap(pairing.notices(account.id), Effect.forEach(announce)).pipe(
      stored,
      Effect.whenEffect(Effect.map(Ref.get(noticed), (found) => found.has(account.id))),
      Effect.delay(LOOK_EVERY),
      Effect.forever
    )
  }).pipe(Effect.annotateLogs({ account: account.id }))
