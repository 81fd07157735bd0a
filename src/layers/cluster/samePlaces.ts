/**
 * What runs where has to be the same on every host: what two of them place differently has a place with each, and both
 * would run it at once. So each host writes where its config has accounts and agents run, and none starts beside another
 * that has it otherwise. What only one of them knows the other never runs.
 */
import { Effect, Layer, Option, Schema, Stream } from "effect"
import type { GatewayConfig } from "../../schemas/Config.ts"
import { PlacedElsewhere, type StoreUnavailable, storeRetries } from "../../schemas/errors/store.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { Database } from "../database/Database.ts"
import type { Step } from "../database/Step.ts"
import { DATABASE_CLOCK, SILENT_AFTER_MS } from "./hostsRead.ts"
import type { Self } from "./ownRow.ts"

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

/** What a host has otherwise. What another version wrote, which this one cannot read, is taken to be the same. */
const differing = (own: Places, { name, places }: Row): ReadonlyArray<PlacedElsewhere> =>
  Object.entries(Option.getOrElse(readPlaces(places), (): Places => ({}))).flatMap(([what, there]) => {
    const here = own[what]
    return here === undefined || JSON.stringify(here) === JSON.stringify(there)
      ? []
      : [new PlacedElsewhere({ what, host: name, here, there })]
  })

const make = Effect.gen(function* () {
  const database = yield* Database
  const select = database.prepare<Row>(
    `SELECT name, places FROM hosts
     WHERE name <> ? AND places IS NOT NULL AND stopped_at IS NULL
       AND ${DATABASE_CLOCK} - seen_at <= CAST(? AS BIGINT)
     ORDER BY name`
  )
  // The row itself is `ownRow.ts`'s, which has written it by then.
  const replace = database.prepare("UPDATE hosts SET places = ? WHERE name = ? AND pid = ?")
  const otherwise = (name: string, config: Hosted): Step<ReadonlyArray<PlacedElsewhere>> => ({
    *[Symbol.iterator]() {
      const own = placesOf(config)
      return (yield* select.all(name, SILENT_AFTER_MS)).flatMap((row) => differing(own, row))
    }
  })
  return {
    /** What the hosts that are up have otherwise than the config of the host of this name. */
    differences: (name: string, config: Hosted) => database.read(() => otherwise(name, config)),
    /** Looks, and writes the places of a host that is there where nothing is otherwise: one host does so at a time. */
    join: ({ name }: Self, config: Hosted) =>
      database.write(function* () {
        const [first] = yield* otherwise(name, config)
        if (first === undefined) {
          yield* replace.run(JSON.stringify(placesOf(config)), name, process.pid)
        }
        return first
      }),
    /** Writes the places of a host that is there, and answers what others have otherwise. */
    change: (name: string, config: Hosted) =>
      database.write(function* () {
        yield* replace.run(JSON.stringify(placesOf(config)), name, process.pid)
        return yield* otherwise(name, config)
      })
  }
})

/** What the hosts that are up place otherwise than this config does. */
export const differences = (
  name: string,
  config: Hosted
): Effect.Effect<ReadonlyArray<PlacedElsewhere>, StoreUnavailable, Database> =>
  Effect.flatMap(make, (places) => places.differences(name, config))

/** Fails where a host that is up has an account or an agent elsewhere than this config. */
export const layer = (
  self: Self,
  config: Hosted
): Layer.Layer<never, PlacedElsewhere | StoreUnavailable, Database> =>
  Layer.effectDiscard(
    Effect.flatMap(make, ({ join }) => Effect.flatMap(join(self, config), (found) => found ?? Effect.void))
  )

const warn = ({ hint, message }: PlacedElsewhere) => Effect.annotateLogs(Effect.logWarning(message), { hint })

/** Writes what a reload brings, and says so where another host has it otherwise. */
export const followConfig = (name: string): Layer.Layer<never, never, Database | ConfigService> =>
  Layer.scopedDiscard(
    Effect.gen(function* () {
      const { change } = yield* make
      const { changes } = yield* ConfigService
      const follow = changes.pipe(
        Stream.drop(1),
        Stream.runForEach((config) =>
          change(name, config).pipe(
            Effect.retry(storeRetries),
            Effect.flatMap((found) => Effect.forEach(found, warn, { discard: true }))
          )
        )
      )
      yield* Effect.forkScoped(Effect.interruptible(follow))
    })
  )
