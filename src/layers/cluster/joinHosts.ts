/**
 * How a host joins the others, and what it is refused for. A host's name and its address are its own: by the name is said
 * what it is to run, and to the address is sent what is for it, so of two hosts with one of them either would have what is
 * the other's. And what runs where is the same on all of them (`samePlaces.ts`). All of that is looked at, and the row
 * taken with what it says, in one write: who is refused has left nothing by which others could take it for a host that is up.
 */
import { Clock, Effect, Layer } from "effect"
import type { GatewayConfig } from "../../schemas/Config.ts"
import { type HostTaken, PlacedElsewhere, type StoreUnavailable } from "../../schemas/errors/store.ts"
import { Database } from "../database/Database.ts"
import { waitAtMost } from "../process/waitAtMost.ts"
import { makeOwnRow, type Self, type Twin, takenBy } from "./ownRow.ts"
import { makeDifferences, makePutOut, writePlaces } from "./samePlaces.ts"

const LOOK_AGAIN = "250 millis"
/** How long the last word of a host may take, in ms. */
const LAST_WORD_MS = 1000

const isKnown = (known: ReadonlyArray<Twin>, { name, seen_at }: Twin): boolean =>
  known.some((one) => one.name === name && one.seen_at === seen_at)

const make = (self: Self, config: Pick<GatewayConfig, "accounts" | "agents">) =>
  Effect.gen(function* () {
    const database = yield* Database
    const row = yield* makeOwnRow(self)
    const differences = yield* makeDifferences
    const putOut = yield* makePutOut
    const startedAt = yield* Clock.currentTimeMillis
    /** Joins, unless another process is there: those are the answer. Writers come one after the other. */
    const join = Effect.flatMap(
      database.write(function* () {
        const twins = yield* row.twins()
        if (twins.length > 0) return twins
        const [elsewhere] = yield* differences(self, config)
        if (elsewhere !== undefined) return elsewhere
        yield* putOut(self, config)
        yield* row.take({ startedAt, behindMs: 0 }, writePlaces(config))
        return []
      }),
      (found) => (found instanceof PlacedElsewhere ? Effect.fail(found) : Effect.succeed(found))
    )
    return { join, twins: database.read(row.twins), stopped: database.write(row.stopped) }
  })

/**
 * Whoever is there by this name or address says so again, or is this host before it was killed: which of the two, is
 * waited for, as long as locks live. Nobody is waited for who has said that it ends.
 */
const joinOrWait = ({ join, twins }: Effect.Effect.Success<ReturnType<typeof make>>) =>
  Effect.gen(function* () {
    const known = yield* join
    if (known.length === 0) return
    yield* Effect.annotateLogs(
      Effect.logInfo(
        "a gateway with the name or the address of this one was there a moment ago: waiting whether it still is"
      ),
      { host: known[0]?.name, address: known[0]?.address, pid: known[0]?.pid }
    )
    const wait: Effect.Effect<void, HostTaken | PlacedElsewhere | StoreUnavailable> = Effect.gen(
      function* () {
        const there = yield* twins
        const others = there.length > 0 ? there : yield* join
        const twin = others.find((one) => !isKnown(known, one))
        if (twin !== undefined) return yield* takenBy(twin)
        if (others.length > 0) yield* Effect.delay(wait, LOOK_AGAIN)
      }
    )
    yield* wait
  })

/**
 * This host is one of the cluster until the scope closes, whatever closes it: a stop, or a start that fails further on. It
 * fails where another host is there under its name or its address, or has an account or an agent elsewhere than this config.
 */
export const layer = (
  self: Self,
  config: Pick<GatewayConfig, "accounts" | "agents">
): Layer.Layer<never, HostTaken | PlacedElsewhere | StoreUnavailable, Database> =>
  Layer.scopedDiscard(
    Effect.gen(function* () {
      const host = yield* make(self, config)
      // First: it is the same where it did not join, and where nobody can say whether it did.
      yield* Effect.addFinalizer(() => waitAtMost(Effect.ignore(host.stopped), LAST_WORD_MS))
      yield* joinOrWait(host)
    })
  )
