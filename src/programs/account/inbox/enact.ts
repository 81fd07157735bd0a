/** What becomes of a judged row: it is accepted durably, kept as history, obeyed, answered with a code, or dropped. */
import { Effect, Ref } from "effect"
import {
  type Envelope,
  envelopeKey,
  mayBeSeenByOthers,
  replyTarget,
  withoutQuote
} from "../../../schemas/Envelope.ts"
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"
import type { Fate } from "../../../schemas/Fate.ts"
import { Verdict } from "../../../schemas/Verdict.ts"
import { Actors } from "../../../services/Actors.ts"
import { Events } from "../../../services/Events.ts"
import { FlowControl } from "../../../services/FlowControl.ts"
import { GroupHistory } from "../../../services/GroupHistory.ts"
import { Outbox } from "../../../services/Outbox.ts"
import { PairingStore } from "../../../services/PairingStore.ts"
import { Presence } from "../../../services/Presence.ts"
import type { AccountContext } from "../AccountContext.ts"
import { makeObey } from "../chatCommands/obey.ts"
import { makeTellOwners } from "../chatCommands/tellOwners.ts"
import { pairingDelivery } from "../outbox/pairingDelivery.ts"
import { accepted } from "./accepted.ts"

/** The function that carries out an account's verdicts, and says what it came to. */
export const makeEnact = (context: AccountContext) =>
  Effect.gen(function* () {
    const { account } = context
    const pairing = yield* PairingStore
    const history = yield* GroupHistory
    const flowControl = yield* FlowControl
    const events = yield* Events
    const session = yield* (yield* Actors).session.client
    const outbox = yield* Outbox
    const presence = yield* Presence
    const obey = yield* makeObey(context)
    const tellOwners = yield* makeTellOwners(context)
    const isFull = yield* Ref.make(false)

    /** Said once, not to every stranger: they may be many. */
    const sayFull = Effect.logWarning(
      "too many people wait for approval: others who write get no code until one of them is approved, rejected or expired"
    ).pipe(
      Effect.annotateLogs({ maxPending: account.pairing.maxPending }),
      Effect.unlessEffect(Ref.getAndSet(isFull, true))
    )

    const pair = (
      envelope: Envelope,
      { others, sender }: Extract<Verdict, { readonly _tag: "Pair" }>
    ): Effect.Effect<Fate, StoreUnavailable> =>
      Effect.gen(function* () {
        // Whatever was judged: a code is for one person's eyes.
        if (mayBeSeenByOthers(envelope)) return "dm-unknown-in-thread"
        const target = replyTarget(envelope)
        const outcome = yield* pairing.request({
          accountId: account.id,
          sender,
          others,
          target,
          ttlMs: account.pairing.ttlMs,
          maxPending: account.pairing.maxPending
        })
        switch (outcome._tag) {
          case "Full":
            yield* sayFull
            return "pairing-full"
          case "Rejected":
            return "pairing-rejected"
          case "Approved":
            return "dm-before-approval"
          case "Created":
          case "Pending": {
            yield* Ref.set(isFull, false)
            // Also for one that was there before: a crash may have come between the request and its reply, and the
            // delivery's id keeps it from being sent twice.
            yield* outbox.accept(pairingDelivery(account, outcome.request, target))
            yield* tellOwners(outcome.request)
            if (outcome._tag === "Pending") return "pairing-pending"
            const { accountId, code, sender } = outcome.request
            yield* events.publish({ _tag: "PairingRequested", accountId, sender, code })
            return "pairing-requested"
          }
        }
      })

    const dispatch = (
      envelope: Envelope,
      verdict: Extract<Verdict, { readonly _tag: "Dispatch" }>,
      isGivenBack: boolean
    ) => {
      const { agentId, isGroup, sessionKey, withholdQuote } = verdict
      const heard = withholdQuote ? withoutQuote(envelope) : envelope
      return Effect.zipRight(
        flowControl.admit(sessionKey, envelopeKey(envelope)),
        accepted(
          session(sessionKey).Inbound(
            { envelope: heard, agentId, isGroup, ...(isGivenBack ? { isGivenBack } : {}) },
            { discard: true }
          )
        )
      )
    }

    /**
     * What was accepted was read. What is kept as history is not: nobody has looked at it, and people would take the mark for
     * an answer to come. Nor is what a stranger wrote, who would learn by it that somebody is there.
     */
    const read = (envelope: Envelope) =>
      account.sendReadReceipts ? presence.read(account.id, replyTarget(envelope)) : Effect.void

    return (
      envelope: Envelope,
      verdict: Verdict,
      isGivenBack = false
    ): Effect.Effect<Fate, StoreUnavailable> =>
      Verdict.$match(verdict, {
        Dispatch: (dispatched) =>
          dispatch(envelope, dispatched, isGivenBack).pipe(
            Effect.zipRight(read(envelope)),
            Effect.as(dispatched.reason)
          ),
        Command: (order) =>
          obey(envelope, order).pipe(Effect.zipRight(read(envelope)), Effect.as(order.reason)),
        Pair: (unknown) => pair(envelope, unknown),
        Remember: ({ chatId, limit, reason }) =>
          (limit > 0 || reason === "reaction-context"
            ? history.remember({ ...envelope, chatId }, limit)
            : Effect.void
          ).pipe(Effect.as(reason)),
        Drop: ({ reason }) => Effect.succeed(reason)
      })
  })
