/** Asks the owners for leave, and waits for one of them. */
import { Effect, Exit, Option } from "effect"
import type { GatewayConfig } from "../../schemas/Config.ts"
import { ownersOf, toOwner } from "../../schemas/owners.ts"
import type { PermissionReason, PermissionRecord } from "../../schemas/Permission.ts"
import { Events } from "../../services/Events.ts"
import { Lifecycle } from "../../services/Lifecycle.ts"
import { Outbox } from "../../services/Outbox.ts"
import type { Wanted } from "../../services/Permissions.ts"
import { TurnPermits } from "../../services/TurnPermits.ts"
import { allLost, allLostElsewhere } from "./delivered.ts"
import { questionOf } from "./question.ts"
import type { Requests } from "./requests.ts"
import { questionId } from "./withdraw.ts"

/** A request that owners are asked about, by the config of that moment. */
interface Asking {
  readonly wanted: Wanted
  readonly config: GatewayConfig
  readonly withinMs: number
}

/** The function that sends the question to each owner, and answers what ends once it can reach none of them. */
const makeSend = Effect.gen(function* () {
  const outbox = yield* Outbox
  const events = yield* Events

  return ({ config, wanted: { turn }, withinMs }: Asking, record: PermissionRecord) =>
    Effect.gen(function* () {
      // Before a delivery can end.
      const heard = yield* events.listen
      const { accountId, agentId, chat, code, expiresAt, kind, number, title, turnId } = record
      const senders = turn.envelopes.map(({ sender }) => sender)
      const text = questionOf(config, {
        ...{ agentId, accountId, kind, title, senders, chat, isGroup: turn.isGroup, withinMs },
        code: code ?? ""
      })
      const id = questionId(number)
      const deliveries = ownersOf(config.owners, config.people).map((owner) =>
        toOwner(accountId, owner, { id, text, ...(expiresAt === null ? {} : { expiresAt }) })
      )
      yield* Effect.forEach(deliveries, (delivery) => outbox.accept(delivery), { discard: true })
      yield* events.publish({
        ...{ _tag: "PermissionAsked", number, accountId, agentId, turnId, kind },
        text: title
      })
      return Effect.raceFirst(
        allLost(
          heard,
          deliveries.map((delivery) => delivery.id)
        ),
        allLostElsewhere(outbox, deliveries)
      )
    })
})

/** How a request ends that no owner answers. */
const without = (reason: PermissionReason, effect: Effect.Effect<void>) => Effect.as(effect, { reason })

/** What ends the asking closes the request, whatever it is. */
const closing =
  (end: Requests["end"], { number }: PermissionRecord) =>
  <E>(exit: Exit.Exit<boolean, E>) => {
    if (Exit.isSuccess(exit)) return Effect.void
    const reason = Exit.isInterrupted(exit) ? "stopped" : "undelivered"
    return Effect.ignore(end(number, { allowed: false, reason }))
  }

/** The function that answers whether an owner gives leave. */
export const makeAsk = ({ begin, end, forget, look, note, withdrawEnded }: Requests) =>
  Effect.gen(function* () {
    const lifecycle = yield* Lifecycle
    const permits = yield* TurnPermits
    const send = yield* makeSend

    const awaitEnd = (
      { withinMs }: Asking,
      { number }: PermissionRecord,
      answer: Effect.Effect<boolean>,
      lost: Effect.Effect<void>
    ) =>
      Effect.gen(function* () {
        const first = yield* Effect.raceAll([
          Effect.map(answer, (allowed) => ({ allowed })),
          without("time", Effect.sleep(withinMs)),
          without("undelivered", lost),
          // Who stops the gateway does not wait for an owner.
          without("restart", lifecycle.stopping)
        ])
        if ("allowed" in first) return first.allowed
        const closed = yield* end(number, { allowed: false, reason: first.reason })
        if (Option.isSome(closed)) return false
        // An owner has answered in the same moment, by another host as it may be.
        yield* Effect.ignore(look(number))
        return yield* answer
      })

    const askOwners = (asking: Asking, record: PermissionRecord, answer: Effect.Effect<boolean>) =>
      Effect.gen(function* () {
        const lost = yield* send(asking, record)
        // Others need not wait for the owner.
        return yield* permits.aside(asking.wanted.turn.id)(awaitEnd(asking, record, answer, lost))
      }).pipe(Effect.scoped)

    return (asking: Asking) =>
      Effect.uninterruptibleMask((restore) =>
        Effect.gen(function* () {
          const { config, wanted, withinMs } = asking
          if (config.owners.length === 0) return yield* note(wanted, { allowed: false, reason: "nobody" })
          const begun = yield* begin(wanted, withinMs)
          if (begun === undefined) return yield* note(wanted, { allowed: false, reason: "full" })
          const { answer, record } = begun
          yield* Effect.logInfo("an agent asks the owners for leave").pipe(
            Effect.annotateLogs({ request: record.number, agent: record.agentId, kind: record.kind })
          )
          // Outside of `restore`: a turn that was stopped while this was written goes no further than there.
          return yield* restore(askOwners(asking, record, answer)).pipe(
            Effect.ensuring(forget(record.number)),
            Effect.onExit(closing(end, record)),
            // Whichever way it has ended: a question that still waits has nobody to answer it to.
            Effect.ensuring(withdrawEnded(record.number))
          )
        })
      )
  })
