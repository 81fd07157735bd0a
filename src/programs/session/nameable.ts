/** Which messages a turn's agent may name, by what the gateway said in its chat. */
import { Effect } from "effect"
import type { NamedMessage } from "../../schemas/Act.ts"
import type { DeliveredReply } from "../../schemas/Delivery.ts"
import { answering, mayChange } from "../../schemas/deliveryNames.ts"
import { type Envelope, replyTarget } from "../../schemas/Envelope.ts"
import type { Reply, Turn } from "../../schemas/Turn.ts"
import { Outbox } from "../../services/Outbox.ts"
import { stored } from "../effects/stored.ts"
import { guidOf, type LeftOut, type Nameable, NOT_OF_CHAT, nameableIn } from "./namedMessages.ts"

/** How far back an agent may name what the gateway said: further than it is told, since it may have kept a guid. */
const SAID = 200

/** The function that answers what the gateway said in the chat of a message, oldest first, and what of it is an agent's own. */
export const makeSaidIn = Effect.map(
  Outbox,
  (outbox) => (agentId: string, message: Pick<Envelope, "accountId" | "chatId" | "sender" | "service">) => {
    const { accountId, chatId } = message
    const grant = answering(agentId, accountId, chatId)
    return Effect.map(outbox.said(accountId, replyTarget(message), SAID), (rows) =>
      rows.map(({ at, deliveryId, guid }) => ({ at, guid, isOwn: mayChange(deliveryId, accountId, grant) }))
    )
  }
)

/** The function that answers what a turn's agent may name. */
export const makeNameableOf = Effect.map(
  makeSaidIn,
  (saidIn) =>
    (turn: Turn): Effect.Effect<Nameable> =>
      Effect.map(stored(saidIn(turn.agentId, turn.envelopes[0])), (said) => nameableIn(turn, said))
)

/** Something that looks like the guid of a message: what else an agent writes in its place may be people's words, for no log. */
const GUID = /^[\w./:;+-]{1,80}$/u

const inLog = (named: NamedMessage): string => {
  if (named === true) return "true (the message that is answered)"
  return GUID.test(named) ? named : "something that looks like no guid"
}

/** Says that something is not done. It is no failure: the rest of the answer is. */
export const warnOf = (what: string, { named, why }: LeftOut): Effect.Effect<void> =>
  Effect.logWarning(`${what} of the answer is left out: ${why}`).pipe(
    Effect.annotateLogs({ guid: inLog(named) })
  )

/** The reply with the guid of the message that it answers, whatever it named; without one it answers none. */
const delivered = ({ replyTo: _, ...reply }: Reply, guid: string | undefined): DeliveredReply =>
  guid === undefined ? reply : { ...reply, replyTo: guid }

/** The function that has replies say by its guid which message they answer, or not at all where they may not name it. */
export const makeAddressed = Effect.map(
  makeNameableOf,
  (nameableOf) => (turn: Turn, replies: ReadonlyArray<Reply>) =>
    Effect.gen(function* () {
      if (replies.every(({ replyTo }) => replyTo === undefined)) {
        return replies.map((reply) => delivered(reply, undefined))
      }
      const nameable = yield* nameableOf(turn)
      return yield* Effect.forEach(replies, (reply) => {
        const { replyTo: named } = reply
        const guid = named === undefined ? undefined : guidOf(named, nameable)
        const addressed = delivered(reply, guid)
        return named === undefined || guid !== undefined
          ? Effect.succeed(addressed)
          : Effect.as(warnOf("the replyTo", { named, why: NOT_OF_CHAT }), addressed)
      })
    })
)
