/**
 * A tapback on the message that is answered, which says that it was seen. It stays when the reply is there, as one that a
 * person gives does: taking it back would be seen as well.
 */
import { Clock, Effect, Option } from "effect"
import { type Capabilities, NO_CAPABILITIES } from "../../schemas/Capabilities.ts"
import type { GatewayConfig } from "../../schemas/Config.ts"
import type { Delivery } from "../../schemas/Delivery.ts"
import { replyTarget } from "../../schemas/Envelope.ts"
import type { Turn } from "../../schemas/Turn.ts"
import { canReact, tapbackOf } from "../../schemas/tapback.ts"
import { Children } from "../../services/Children.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { Outbox } from "../../services/Outbox.ts"
import { stored } from "../effects/stored.ts"

/** How long it is worth giving, in ms. */
const WITHIN_MS = 60_000

export type Ack = GatewayConfig["messages"]["ack"]

/** The moment that it is asked for. */
export type Moment = Exclude<Ack["when"], "never">

/** The tapback that a turn gets at a moment, as a delivery that is of no use after a while; nothing where there is none. */
export const ackOf = (
  { envelopes, id }: Pick<Turn, "envelopes" | "id">,
  { reaction, when }: Ack,
  moment: Moment,
  capabilities: Capabilities,
  now: number
): Delivery | undefined => {
  // Nobody reacts to a tapback.
  const last = envelopes.findLast(({ isReaction }) => !isReaction)
  const tapback = tapbackOf(reaction)
  if (when !== moment || tapback === undefined || !canReact(capabilities, tapback)) return undefined
  // Phones without iMessage show none, and without a chat there is no message in it.
  if (last === undefined || last.via === "sms" || last.chatId === undefined) return undefined
  return {
    id: `ack:${id}`,
    accountId: last.accountId,
    target: replyTarget(last),
    expiresAt: now + WITHIN_MS,
    replies: [],
    acts: [{ _tag: "React", guid: last.guid, reaction: tapback }]
  }
}

/** The function that gives it once in a turn, at its moment, and answers whether it was given. */
export const makeAcknowledge = Effect.gen(function* () {
  const config = yield* ConfigService
  const children = yield* Children
  const outbox = yield* Outbox

  /** What the Mac can do now; without a child it waits for nothing. */
  const capabilitiesOf = (accountId: string): Effect.Effect<Capabilities> =>
    Effect.flatMap(
      children.of(accountId),
      Option.match({
        onNone: () => Effect.succeed(NO_CAPABILITIES),
        onSome: ({ capabilities }) => capabilities
      })
    )

  return (turn: Turn, moment: Moment): Effect.Effect<boolean> =>
    Effect.gen(function* () {
      const { ack } = (yield* config.current).messages
      // The child may be another host's: it is not asked for nothing.
      if (ack.when !== moment) return false
      const capabilities = yield* capabilitiesOf(turn.envelopes[0].accountId)
      const delivery = ackOf(turn, ack, moment, capabilities, yield* Clock.currentTimeMillis)
      if (delivery !== undefined) yield* stored(outbox.accept(delivery))
      return delivery !== undefined
    })
})
