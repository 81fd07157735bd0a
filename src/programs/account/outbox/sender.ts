/**
 * Sends what waits in the outbox of an account: always the oldest that can go on. A chat that waits, because Messages is
 * busy, a result is in doubt or a person has to allow something, delays no other.
 */
import { Clock, Effect, Option, Ref, type Scope, Stream } from "effect"
import { isFinal, type PartRecord, PartState } from "../../../schemas/Delivery.ts"
import { type OpenDelivery, Outbox } from "../../../services/Outbox.ts"
import * as FairSemaphore from "../../effects/FairSemaphore.ts"
import { stored } from "../../effects/stored.ts"
import type { AccountContext } from "../AccountContext.ts"
import { bury } from "./bury.ts"
import { type Carried, makeCarryOut, type Services } from "./carryOut.ts"
import { tellEnd } from "./events.ts"

/** Deliveries that are in hand at once: while one is sent the others are written down, or looked for. */
const MOST_IN_HAND = 8

/** The pause before a delivery is taken on again that cannot be set aside. */
const AGAIN_AFTER = "1 minute"

/** A part as it is left where nothing goes on with it: what was being sent may have been, the rest was not. */
export const givenUp =
  (detail: string) =>
  (record: PartRecord): PartRecord => ({
    ...record,
    state: record.state._tag === "Sending" ? PartState.Uncertain({ detail }) : PartState.Failed({ detail })
  })

/** A delivery that trips the gateway itself must not end its account, nor vanish. */
const buryDefect = (open: OpenDelivery, defect: unknown) =>
  Effect.gen(function* () {
    const outbox = yield* Outbox
    yield* Effect.logError("a defect ended a delivery", defect)
    const left = (yield* outbox.parts(open.delivery.id)).filter(({ state }) => !isFinal(state))
    yield* outbox.putParts(open.delivery, left.map(givenUp("the gateway itself failed on this delivery")))
    yield* bury(open.delivery, {
      code: "defect",
      message: "the gateway itself failed on this delivery; its log says more"
    })
    yield* outbox.end(open)
    yield* tellEnd(open, "failed")
    return { _tag: "Ended", outcome: "failed" } as const
  })

/** The function that carries a delivery out as far as it goes now; it never fails. */
export const makeCarry = (context: Effect.Effect<AccountContext>) => {
  const shared = { turn: FairSemaphore.make(1) }
  return (open: OpenDelivery): Effect.Effect<Carried, never, Services> =>
    Effect.gen(function* () {
      const now = yield* context
      const { id } = open.delivery
      now.confirmations.begins(id)
      yield* Effect.acquireRelease(
        Ref.update(now.inHand, (count) => count + 1),
        () => Ref.update(now.inHand, (count) => count - 1)
      )
      const ends = Effect.sync(() => now.confirmations.ends(id))
      const carried = yield* makeCarryOut(
        now,
        shared
      )(open).pipe(
        Effect.catchAllDefect((defect) => buryDefect(open, defect)),
        // While the store cannot be written nothing is sent: what was sent could not be remembered.
        stored,
        Effect.onInterrupt(() => ends)
      )
      if (carried._tag === "Ended") yield* ends
      return carried
    }).pipe(
      Effect.scoped,
      Effect.annotateLogs({ account: open.delivery.accountId, delivery: open.delivery.id })
    )
}

/** Sends for as long as it runs. `context` is the account as it is when a delivery's turn comes. */
export const runSender = (accountId: string, context: Effect.Effect<AccountContext>) =>
  Effect.gen(function* () {
    const outbox = yield* Outbox
    const carry = makeCarry(context)
    const { link } = yield* context
    const inHand = new Set<number>()
    /** Open once there may be more to do. */
    const changed = yield* Effect.makeLatch(true)

    const carryOut = (open: OpenDelivery) =>
      Effect.ensuring(
        // One that cannot even be buried stays in hand for a while, beside the others: it would be taken at once.
        Effect.catchAllDefect(carry(open), (defect) =>
          Effect.zipRight(
            Effect.logError("a delivery could not be set aside", defect),
            Effect.sleep(AGAIN_AFTER)
          )
        ),
        Effect.suspend(() => {
          inHand.delete(open.seq)
          return changed.open
        })
      )

    /** Takes what can go on; says how long to wait for more, in ms. */
    const takeAll: Effect.Effect<number, never, Services | Scope.Scope> = Effect.gen(function* () {
      while (inHand.size < MOST_IN_HAND) {
        const { account } = yield* context
        const child = yield* link.poll
        const wanted = {
          accountId,
          forChildMs: Option.isSome(child) ? 0 : account.delivery.ttlMs,
          without: [...inHand]
        }
        const now = yield* Clock.currentTimeMillis
        const next = yield* stored(outbox.next(wanted, now))
        if (Option.isNone(next)) {
          const at = yield* stored(outbox.nextAt(wanted, now))
          return Option.match(at, { onNone: () => Number.POSITIVE_INFINITY, onSome: (due) => due - now })
        }
        inHand.add(next.value.seq)
        yield* Effect.forkScoped(carryOut(next.value))
      }
      return Number.POSITIVE_INFINITY
    })

    // Whatever waits for a child, or for a better time, goes on with the next one.
    const onChild = Effect.zipRight(stored(outbox.resumeAll(accountId)), changed.open)
    yield* Effect.forkScoped(Stream.runForEach(link.connections, () => onChild))
    yield* Effect.forkScoped(Effect.forever(Effect.zipRight(outbox.arrival(accountId), changed.open)))

    return yield* Effect.gen(function* () {
      yield* changed.close
      const waitMs = yield* takeAll
      yield* Number.isFinite(waitMs)
        ? Effect.timeoutOption(changed.await, Math.max(1, waitMs))
        : changed.await
    }).pipe(Effect.forever)
  })
