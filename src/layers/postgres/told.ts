/** What the gateways of a cluster tell each other through their database. */
import { Duration, Effect, PubSub, Schedule, Schema, type Scope, Stream } from "effect"
import pg from "pg"
import type { Told } from "../database/Database.ts"
import type { Query, Step } from "../database/Step.ts"
import { ask } from "./asking.ts"
import { closing, connectingStores, type Server } from "./server.ts"

const CHANNEL = "imsg_gateway"
const TOPICS = ["outbox", "mailbox", "stops", "permissions"] as const satisfies ReadonlyArray<Told["topic"]>
/** PostgreSQL carries 8,000 bytes. Of what is longer everything is looked at. */
const LONGEST = 2000
/** Who listens no more misses what is older, and looks by itself from time to time. */
const KEPT = 1024
/** A network that only swallows is noticed by asking. */
const ASK_EVERY = Duration.seconds(15)
const again = Schedule.exponential("100 millis").pipe(Schedule.union(Schedule.spaced("5 seconds")))

const ToldJson = Schema.parseJson(Schema.Struct({ topic: Schema.Literal(...TOPICS), of: Schema.String }))
const decode = Schema.decodeUnknownOption(ToldJson)

/** Anything may have changed. */
const everything: ReadonlyArray<Told> = TOPICS.map((topic) => ({ topic, of: "" }))

/** Within a write: everybody who listens is told once it is committed. */
export const tell = ({ of, topic }: Told): Step<void> => ({
  *[Symbol.iterator]() {
    const told = JSON.stringify({ topic, of: of.length > LONGEST ? "" : of })
    yield {
      sql: "SELECT pg_notify(CAST(? AS TEXT), CAST(? AS TEXT))",
      bound: [CHANNEL, told]
    } satisfies Query
  }
})

/** Listens until the connection is lost, which it fails with. */
const listen = (server: Server, publish: (told: ReadonlyArray<Told>) => void) =>
  Effect.acquireUseRelease(
    Effect.sync(() => new pg.Client(connectingStores(server, "listens"))),
    (client) =>
      Effect.gen(function* () {
        const lost = Effect.async<never, unknown>((resume) => {
          client.on("error", (error) => resume(Effect.fail(error)))
          client.on("end", () => resume(Effect.fail(new Error("Connection terminated"))))
        })
        client.on("notification", ({ payload }) => {
          const told = decode(payload)
          if (told._tag === "Some") publish([told.value])
        })
        const listening = Effect.gen(function* () {
          yield* Effect.tryPromise({ try: () => client.connect(), catch: (error) => error })
          yield* ask(client, { sql: `LISTEN ${CHANNEL}`, bound: [] })
          publish(everything)
          return yield* Effect.forever(Effect.delay(ask(client, { sql: "SELECT 1", bound: [] }), ASK_EVERY))
        })
        return yield* Effect.raceFirst(lost, listening)
      }),
    (client) => closing(() => client.end())
  )

/** What all gateways tell. Whoever begins to listen, and whoever may have missed something, is told of everything. */
export const makeTold = (server: Server): Effect.Effect<Stream.Stream<Told>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const told = yield* PubSub.sliding<Told>(KEPT)
    yield* listen(server, (all) => {
      for (const one of all) told.unsafeOffer(one)
    }).pipe(Effect.retry(again), Effect.forkScoped)
    return Stream.unwrapScoped(
      Effect.map(Stream.fromPubSub(told, { scoped: true }), (stream) =>
        Stream.concat(Stream.fromIterable(everything), stream)
      )
    )
  })
