/** Tells people that they were let in, whichever process did it, and whether the gateway was running then or not. */
import { Effect } from "effect"
import type { AccountConfig } from "../../../schemas/Config.ts"
import { Events } from "../../../services/Events.ts"
import { Outbox } from "../../../services/Outbox.ts"
import { type ApprovalNotice, PairingStore } from "../../../services/PairingStore.ts"
import { stored } from "../../effects/stored.ts"
import { approvalDelivery } from "./pairingDelivery.ts"

/** How long a person who approved somebody may wait for the gateway to notice: it is a read of an empty table. */
const LOOK_EVERY = "500 millis"

/** Accepts a delivery for each notice of the account as it comes; runs for ever. */
export const announceApprovals = (account: AccountConfig) =>
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
      Effect.delay(LOOK_EVERY),
      Effect.forever
    )
  }).pipe(Effect.annotateLogs({ account: account.id }))
