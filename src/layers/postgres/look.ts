/** A look at the server of a cluster that changes nothing on it: what it is, how far its schema is, and its clock. */
import { Clock, Effect, type Scope } from "effect"
import type pg from "pg"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { unavailable } from "./failures.ts"
import { STEPS } from "./schema/steps.ts"
import { connectingStores, nameOf, pool, type Server } from "./server.ts"

/** The first that tells whether a transaction was committed by the number that it was given. */
export const OLDEST_SERVER = 13

/** How often the clock is asked for. */
const ASKS = 3

export interface ServerLook {
  /** The server and its database, as messages name them. */
  readonly file: string
  /** What the server says its version is, and the first number of that. */
  readonly version: string
  readonly major: number
  /** The steps that its schema has, 0 where no gateway has worked on it; and those that a program has to know. */
  readonly schema: { readonly steps: number; readonly oldestProgram: number }
  /** The steps that this program knows. */
  readonly known: number
  /** As whom it is opened, and whether that may make tables. */
  readonly role: string
  readonly mayCreate: boolean
  /** By how much the clock here is behind its, in ms, and how long an answer takes, by the quickest of some. */
  readonly clockBehindMs: number
  readonly tookMs: number
}

const ask = <Row extends object>(connections: pg.Pool, file: string, sql: string) =>
  Effect.tryPromise({ try: () => connections.query<Row>(sql), catch: unavailable(file) }).pipe(
    Effect.map(({ rows }) => rows)
  )

/** By how much the clock here is behind the server's, in ms, and how long it took to say so. */
const askClock = (connections: pg.Pool, file: string) =>
  Effect.gen(function* () {
    const asked = yield* Clock.currentTimeMillis
    const [clock] = yield* ask<{ readonly now: number }>(
      connections,
      file,
      "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS now"
    )
    const answered = yield* Clock.currentTimeMillis
    return {
      clockBehindMs: Math.round((clock?.now ?? asked) - (asked + answered) / 2),
      tookMs: answered - asked
    }
  })

interface About {
  readonly version: string
  readonly number: number
  readonly there: number
  readonly role: string
  readonly creates: number
}

/** Without a schema that the role may use there is none to make tables in. */
const ABOUT = `
SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
  to_regclass('schema_version') IS NOT NULL AS there, current_user::text AS role,
  coalesce(has_schema_privilege(current_schema()::text, 'CREATE'), false) AS creates`

export const look = (server: Server): Effect.Effect<ServerLook, StoreUnavailable, Scope.Scope> =>
  Effect.gen(function* () {
    const file = yield* nameOf(server)
    const connections = yield* pool({ ...connectingStores(server, "look"), max: 1 })
    const [about] = yield* ask<About>(connections, file, ABOUT)
    const [schema] =
      about?.there === 1
        ? yield* ask<{ readonly steps: number; readonly oldest: number }>(
            connections,
            file,
            "SELECT coalesce(max(version), 0) AS steps, coalesce(max(oldest_program), 0) AS oldest FROM schema_version"
          )
        : []
    // By a connection that is there already; one ask may have waited for something else.
    const asks = yield* Effect.replicateEffect(askClock(connections, file), ASKS)
    const { clockBehindMs, tookMs } = asks.reduce((best, next) => (next.tookMs < best.tookMs ? next : best))
    return {
      file,
      version: about?.version ?? "",
      major: Math.floor((about?.number ?? 0) / 10_000),
      schema: { steps: schema?.steps ?? 0, oldestProgram: schema?.oldest ?? 0 },
      known: STEPS.length,
      role: about?.role ?? "",
      mayCreate: about?.creates === 1,
      clockBehindMs,
      tookMs
    }
  })
