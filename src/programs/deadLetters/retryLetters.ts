/** Carries out what owners order of dead letters, whichever process they use, and whether the gateway ran then or not. */
import type { Sharding } from "@effect/cluster"
import { Effect, Layer } from "effect"
import {
  accountOf,
  type DeadContent,
  type DeadLetter,
  type DeadTurn,
  idOf
} from "../../schemas/DeadLetter.ts"
import { Actors } from "../../services/Actors.ts"
import { type ConfigService, currentConfig } from "../../services/ConfigService.ts"
import { DeadLetters, type Order } from "../../services/DeadLetters.ts"
import { OutboundFiles } from "../../services/OutboundFiles.ts"
import { Outbox } from "../../services/Outbox.ts"
import { accepted } from "../account/inbox/accepted.ts"
import { stored } from "../effects/stored.ts"

/** How long an owner may wait for the gateway to notice: it is a read of an empty index. */
const LOOK_EVERY = "500 millis"

/** Carries out orders as they come; runs for ever. Letters of accounts that are not enabled wait until they are. */
export const retryLetters = Effect.gen(function* () {
  const deadLetters = yield* DeadLetters
  const outboundFiles = yield* OutboundFiles
  const session = yield* (yield* Actors).session.client
  const outbox = yield* Outbox
  const enabled = Effect.map(currentConfig, ({ accounts }) =>
    accounts.filter((account) => account.enabled).map(({ id }) => id)
  )

  /** Gives a turn to its session again. The number of the attempt keeps it from being given twice. */
  const askAgain = ({ id, messages: [first, ...rest], sessionKey }: DeadTurn, attempt: number) =>
    accepted(
      session(sessionKey).Inbound({ ...first, retry: { turnId: id, attempt, rest } }, { discard: true })
    )

  const retry = (letter: DeadLetter<DeadContent>) =>
    Effect.gen(function* () {
      const { attempts, content, number } = letter
      if (content._tag === "Turn") {
        yield* askAgain(content, attempts)
        yield* deadLetters.carriedOut({ _tag: "Retry", letter })
      } else yield* outbox.retry({ ...letter, content })
      yield* Effect.logInfo("a dead letter is tried again").pipe(
        Effect.annotateLogs({ letter: number, account: accountOf(content), id: idOf(content) })
      )
    })

  const carryOut = (order: Order) =>
    order._tag === "Retry"
      ? retry(order.letter)
      : Effect.zipRight(outboundFiles.release(order.deliveryId), deadLetters.carriedOut(order))

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
