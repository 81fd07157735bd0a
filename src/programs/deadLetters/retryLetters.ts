/** Carries out what owners order of dead letters, whichever process they use, and whether the gateway ran then or not. */
import type { Sharding } from "@effect/cluster"
import { Effect, Layer } from "effect"
import { SessionActor } from "../../schemas/Actors.ts"
import { accountOf, type DeadContent, type DeadLetter, idOf } from "../../schemas/DeadLetter.ts"
import { type ConfigService, currentConfig } from "../../services/ConfigService.ts"
import { DeadLetters, type Order } from "../../services/DeadLetters.ts"
import { OutboundFiles } from "../../services/OutboundFiles.ts"
import { Outbox } from "../../services/Outbox.ts"
import { accepted } from "../account/inbox/accepted.ts"
import { stored } from "../gateway/stored.ts"

/** How long an owner may wait for the gateway to notice: it is a read of an empty index. */
const LOOK_EVERY = "500 millis"

/** Carries out orders as they come; runs for ever. Letters of accounts that are not enabled wait until they are. */
export const retryLetters = Effect.gen(function* () {
  const deadLetters = yield* DeadLetters
  const outboundFiles = yield* OutboundFiles
  const session = yield* SessionActor.client
  const outbox = yield* Outbox
  const enabled = Effect.map(currentConfig, ({ accounts }) =>
    accounts.filter((account) => account.enabled).map(({ id }) => id)
  )

  /** Gives a letter's content to where it failed again. The number of the attempt keeps it from being given twice. */
  const giveAgain = ({ attempts: attempt, content }: DeadLetter<DeadContent>) => {
    switch (content._tag) {
      case "Turn": {
        const [first, ...rest] = content.messages
        return accepted(
          session(content.sessionKey).Inbound(
            { ...first, retry: { turnId: content.id, attempt, rest } },
            { discard: true }
          )
        )
      }
      case "Delivery":
        return outbox.accept({ ...content.delivery, attempt })
    }
  }

  const retry = (letter: DeadLetter<DeadContent>) =>
    Effect.gen(function* () {
      // Before it is given: a sender that is idle begins at once.
      if (letter.content._tag === "Delivery") yield* deadLetters.requeue(letter)
      yield* giveAgain(letter)
      yield* Effect.logInfo("a dead letter is tried again").pipe(
        Effect.annotateLogs({
          letter: letter.number,
          account: accountOf(letter.content),
          id: idOf(letter.content)
        })
      )
    })

  const carryOut = (order: Order) =>
    Effect.zipRight(
      order._tag === "Retry" ? retry(order.letter) : outboundFiles.release(order.deliveryId),
      deadLetters.carriedOut(order)
    )

  return yield* enabled.pipe(
    Effect.flatMap(deadLetters.orders),
    Effect.flatMap(Effect.forEach(carryOut)),
    stored,
    Effect.delay(LOOK_EVERY),
    Effect.forever
  )
})

/** Looks for orders for as long as the gateway runs. */
export const layer: Layer.Layer<
  never,
  never,
  Sharding.Sharding | ConfigService | DeadLetters | Outbox | OutboundFiles
> = Layer.scopedDiscard(Effect.forkScoped(Effect.interruptible(retryLetters)))
