/**
 * A host's name and its address are its own. By the name is said what it is to run, and to the address is sent what is for it:
 * of two hosts with one of them either would have what is the other's. A config that was copied and not changed is refused.
 */
import { Clock, Effect, Layer } from "effect"
import type { HostTaken, StoreUnavailable } from "../../schemas/errors/store.ts"
import type { Database } from "../database/Database.ts"
import { makeOwnRow, type Self, type Twin, takenBy } from "./ownRow.ts"

const LOOK_AGAIN = "250 millis"

const isKnown = (known: ReadonlyArray<Twin>, { name, seen_at }: Twin): boolean =>
  known.some((one) => one.name === name && one.seen_at === seen_at)

/**
 * Whoever is there by this name or address says so again, or is this host before it was killed: which of the two, is
 * waited for, as long as locks live. Nobody is waited for who has said that it ends.
 */
const refuseTwins = (self: Self): Effect.Effect<void, HostTaken | StoreUnavailable, Database> =>
  Effect.gen(function* () {
    const row = yield* makeOwnRow(self)
    const startedAt = yield* Clock.currentTimeMillis
    const take = row.take({ startedAt, behindMs: 0 })
    const known = yield* take
    if (known.length === 0) return
    yield* Effect.annotateLogs(
      Effect.logInfo(
        "a gateway with the name or the address of this one was there a moment ago: waiting whether it still is"
      ),
      { host: known[0]?.name, address: known[0]?.address, pid: known[0]?.pid }
    )
    const wait: Effect.Effect<void, HostTaken | StoreUnavailable> = Effect.gen(function* () {
      const there = yield* row.twins
      const others = there.length > 0 ? there : yield* take
      const twin = others.find((one) => !isKnown(known, one))
      if (twin !== undefined) return yield* takenBy(twin)
      if (others.length > 0) yield* Effect.delay(wait, LOOK_AGAIN)
    })
    yield* wait
  })

/** Fails where another host is there under the name or the address of this one. */
export const layer = (self: Self): Layer.Layer<never, HostTaken | StoreUnavailable, Database> =>
  Layer.effectDiscard(refuseTwins(self))
