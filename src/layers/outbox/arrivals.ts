/** Who waits for what comes of deliveries, and how it is told: within this process, and to the gateways of other hosts. */
import { Effect, identity, Option, Stream } from "effect"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import type { DeliveryRef } from "../../services/Outbox.ts"
import type { Database, Told } from "../database/Database.ts"
import { map, type Step } from "../database/Step.ts"

const TOPIC = "outbox"
/** What the other hosts told may have been missed. */
const LOOK_EVERY = "2 seconds"

/** In the place of an account's name, and like none. */
const endOf = ({ accountId, id }: DeliveryRef): string => JSON.stringify([accountId, id])

/** Whether it may be about one of these names: those that were missed have none. */
const isOf =
  (name: string) =>
  ({ of, topic }: Told): boolean =>
    topic === TOPIC && (of === "" || of === name)

/** Tells other hosts, within a write of its caller, that there may be more to do for an account. */
export const makeTellArrival =
  (database: typeof Database.Service) =>
  (accountId: string): Step<void> =>
    database.tell({ topic: TOPIC, of: accountId })

/** Tells other hosts, within a write of its caller, that a delivery has its end. */
export const makeTellEnd =
  (database: typeof Database.Service) =>
  (delivery: DeliveryRef): Step<void> =>
    database.tell({ topic: TOPIC, of: endOf(delivery) })

/** What is opened for each account once there may be more to do for it, until the scope closes. */
export const makeArrivals = (database: typeof Database.Service) =>
  Effect.gen(function* () {
    const latches = new Map<string, Effect.Latch>()
    const latchOf = (accountId: string): Effect.Latch => {
      // Nobody heard what was told before: whoever begins to wait looks once.
      const latch = latches.get(accountId) ?? Effect.unsafeMakeLatch(true)
      latches.set(accountId, latch)
      return latch
    }
    const concerned = (told: Told) => [...latches].filter(([accountId]) => isOf(accountId)(told))
    yield* database.told.pipe(
      Stream.runForEach((told) =>
        Effect.forEach(concerned(told), ([, latch]) => latch.open, { discard: true })
      ),
      Effect.forkScoped
    )
    return {
      /** Once it is written the account's sender hears of it: at once where it runs here, and when told elsewhere. */
      heard: <A>(accountId: string, written: Effect.Effect<A, StoreUnavailable>) =>
        Effect.uninterruptible(
          Effect.zipLeft(
            written,
            Effect.suspend(() => latchOf(accountId).open)
          )
        ),
      arrival: (accountId: string) =>
        Effect.suspend(() => {
          const latch = latchOf(accountId)
          return Effect.asVoid(Effect.zipRight(latch.await, latch.close))
        })
    }
  })

/** Waits for the end of a delivery by what other hosts tell, and by looking; where there are none nothing is looked at. */
export const makeEndedElsewhere = (database: typeof Database.Service) => {
  const selectOpen = database.prepare(
    "SELECT 1 FROM outbox WHERE account_id = ? AND delivery_id = ? AND place <> 'ended' LIMIT 1"
  )
  const isOver = ({ accountId, id }: DeliveryRef) =>
    database.read(() => map(selectOpen.get(accountId, id), (row) => row === undefined))
  return (delivery: DeliveryRef): Effect.Effect<void> =>
    database.told.pipe(
      Stream.filter(isOf(endOf(delivery))),
      Stream.merge(Stream.tick(LOOK_EVERY), { haltStrategy: "left" }),
      Stream.mapEffect(() => Effect.orElseSucceed(isOver(delivery), () => false)),
      Stream.filter(identity),
      Stream.runHead,
      Effect.flatMap(Option.match({ onNone: () => Effect.never, onSome: () => Effect.void }))
    )
}
