/**
 * What runs where has to be the same on every host: what two of them place differently has a place with each, and both
 * would run it at once. So each host writes where its config has accounts and agents run, and none starts beside another
 * that has it otherwise. An account that only one of them knows the other never runs, and what is for such an agent waits for it.
 */
import { Effect, Layer, Option, Schema, Stream } from "effect"
import type { GatewayConfig } from "../../schemas/Config.ts"
import { PlacedElsewhere, type StoreUnavailable, storeRetries } from "../../schemas/errors/store.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { Database } from "../database/Database.ts"
import type { Step } from "../database/Step.ts"
import { holderOf } from "./holder.ts"
import { DATABASE_CLOCK, SILENT_AFTER_MS } from "./hostsRead.ts"
import { makeOwnRow, type Self } from "./ownRow.ts"

type Hosted = Pick<GatewayConfig, "accounts" | "agents">

/** By what people call it, the hosts that may run it, the preferred one first; none where any may. */
const Places = Schema.Record({ key: Schema.String, value: Schema.Array(Schema.String) })
type Places = typeof Places.Type

const readPlaces = Schema.decodeUnknownOption(Schema.parseJson(Places))

const placesOf = ({ accounts, agents }: Hosted): Places =>
  Object.fromEntries([
    ...accounts.map(({ id, runsOn = [] }) => [`account ${id}`, runsOn] as const),
    ...agents.list.map(({ id, runsOn = [] }) => [`agent ${id}`, runsOn] as const)
  ])

interface Row {
  readonly name: string
  readonly places: string
}

/** A host that has not been heard of, and may only be standing still. */
interface Silent extends Row, Pick<Self, "address" | "incarnation"> {}

/** What a host has otherwise. What another version wrote, which this one cannot read, is taken to be the same. */
const differing = (own: Places, { name, places }: Row): ReadonlyArray<PlacedElsewhere> =>
  Object.entries(Option.getOrElse(readPlaces(places), (): Places => ({}))).flatMap(([what, there]) => {
    const here = own[what]
    return here === undefined || JSON.stringify(here) === JSON.stringify(there)
      ? []
      : [new PlacedElsewhere({ what, host: name, here, there })]
  })

/** The places of a config, as a host's row has them. */
export const writePlaces = (config: Hosted): string => JSON.stringify(placesOf(config))

/** A host that compares: its own rows say nothing against it, neither by its name nor by its address. */
type Who = Pick<Self, "name"> & Partial<Pick<Self, "address">>

/** What the hosts that are up have otherwise than the config of a host. */
export const makeDifferences = Effect.map(Database, (database) => {
  const select = database.prepare<Row>(
    `SELECT name, places FROM hosts
     WHERE name <> ? AND address IS DISTINCT FROM CAST(? AS TEXT) AND places IS NOT NULL AND stopped_at IS NULL
       AND ${DATABASE_CLOCK} - seen_at <= CAST(? AS BIGINT)
     ORDER BY name`
  )
  return ({ address, name }: Who, config: Hosted): Step<ReadonlyArray<PlacedElsewhere>> => ({
    *[Symbol.iterator]() {
      const own = placesOf(config)
      const others = yield* select.all(name, address ?? null, SILENT_AFTER_MS)
      return others.flatMap((row) => differing(own, row))
    }
  })
})

/**
 * Puts out the hosts that have not been heard of and place something otherwise than a host that joins. One that only stood
 * still would go on when it wakes up, with locks that nobody else asks for, beside whoever has it by this config. Nothing is
 * written under these locks any more; and who finds its row taken renews nothing, and ends.
 */
export const makePutOut = Effect.map(Database, (database) => {
  const select = database.prepare<Silent>(
    `SELECT name, address, incarnation, places FROM hosts
     WHERE name <> ? AND places IS NOT NULL AND stopped_at IS NULL AND incarnation IS NOT NULL
       AND ${DATABASE_CLOCK} - seen_at > CAST(? AS BIGINT)`
  )
  const dropLocks = database.prepare("DELETE FROM cluster_locks WHERE address = ?")
  const putOut = database.prepare(
    `UPDATE hosts SET incarnation = ?, stopped_at = ${DATABASE_CLOCK}, places = NULL
     WHERE name = ? AND incarnation = ?`
  )
  return ({ incarnation, name }: Self, config: Hosted): Step<void> => ({
    *[Symbol.iterator]() {
      const own = placesOf(config)
      const silent = yield* select.all(name, SILENT_AFTER_MS)
      for (const host of silent.filter((row) => differing(own, row).length > 0)) {
        yield* dropLocks.run(holderOf(host))
        yield* putOut.run(incarnation, host.name, host.incarnation)
      }
    }
  })
})

/** What the hosts that are up place otherwise than this config does. */
export const differences = (
  name: string,
  config: Hosted
): Effect.Effect<ReadonlyArray<PlacedElsewhere>, StoreUnavailable, Database> =>
  Effect.flatMap(Effect.all([Database, makeDifferences]), ([database, differences]) =>
    database.read(() => differences({ name }, config))
  )

const warn = ({ hint, message }: PlacedElsewhere) => Effect.annotateLogs(Effect.logWarning(message), { hint })

/** Writes what a reload brings, and says so where another host has it otherwise. */
export const followConfig = (self: Self): Layer.Layer<never, never, Database | ConfigService> =>
  Layer.scopedDiscard(
    Effect.gen(function* () {
      const database = yield* Database
      const row = yield* makeOwnRow(self)
      const differences = yield* makeDifferences
      const { changes } = yield* ConfigService
      const change = (config: Hosted) =>
        database.write(function* () {
          yield* row.place(writePlaces(config))
          return yield* differences(self, config)
        })
      const follow = changes.pipe(
        Stream.drop(1),
        Stream.runForEach((config) =>
          change(config).pipe(
            Effect.retry(storeRetries),
            Effect.flatMap((found) => Effect.forEach(found, warn, { discard: true }))
          )
        )
      )
      yield* Effect.forkScoped(Effect.interruptible(follow))
    })
  )
