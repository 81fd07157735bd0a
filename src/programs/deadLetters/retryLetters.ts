/** Carries out what owners order of dead letters, whichever process they use, and whether the gateway ran then or not. */
import type { Sharding } from "@effect/cluster"
import { Effect, Layer, Option } from "effect"
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
import { Hosts } from "../../services/Hosts.ts"
import { OutboundFiles } from "../../services/OutboundFiles.ts"
import { Outbox } from "../../services/Outbox.ts"
import { accepted } from "../account/inbox/accepted.ts"
import { stored } from "../effects/stored.ts"

/** How long an owner may wait for the gateway to notice: it is a read of an empty index. */
const LOOK_EVERY = "500 millis"

const accountOfOrder = (order: Order): string =>
  order._tag === "Release" ? order.accountId : accountOf(order.letter.content)

/**
 * Has those of some orders that are carried out here. Of several hosts it is the one that runs the account: it has the
 * files that a delivery was sent from. Where nobody runs it, any does; that two do at once is no harm.
 */
const ownOf = (orders: ReadonlyArray<Order>) =>
  Effect.flatMap(
    Hosts,
    Option.match({
      onNone: () => Effect.succeed(orders),
      onSome: ({ accounts, all, here, runsHere }) =>
        Effect.gen(function* () {
          const hosted = yield* accounts
          const up = new Set((yield* all).filter(({ state }) => state === "up").map(({ name }) => name))
          return yield* Effect.filter(orders, (order) => {
            const accountId = accountOfOrder(order)
            const host = hosted.get(accountId)?.host ?? here
            return host !== here && up.has(host) ? runsHere(accountId) : Effect.succeed(true)
          })
        })
    })
  )

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

  // Who runs what is asked for only where there is something to do.
  const look = Effect.gen(function* () {
    const orders = yield* Effect.flatMap(enabled, deadLetters.orders)
    if (orders.length > 0) yield* Effect.forEach(yield* ownOf(orders), carryOut, { discard: true })
  })

  return yield* look.pipe(stored, Effect.delay(LOOK_EVERY), Effect.forever)
})

/** Looks for orders for as long as the gateway runs. */
export const layer: Layer.Layer<
  never,
  never,
  Sharding.Sharding | ConfigService | DeadLetters | Outbox | OutboundFiles
> = Layer.scopedDiscard(Effect.forkScoped(Effect.interruptible(retryLetters)))
