/**
 * `@effect/sql` over the server of a cluster, for what the engine keeps there itself: its runners, and who holds which
 * shard. It has connections of its own, so that nothing that the stores ask holds up the refreshing of a lock.
 */

import * as Reactivity from "@effect/experimental/Reactivity"
import * as SqlClient from "@effect/sql/SqlClient"
import * as PgClient from "@effect/sql-pg/PgClient"
import { Context, Effect, Layer } from "effect"
import type pg from "pg"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { unavailable } from "./failures.ts"
import { asked, connecting, nameOf, pool, type Server } from "./server.ts"

/** One is reserved for the locks; the rest is for lists of runners, and to take back what is asked no more. */
const CONNECTIONS = 4
/**
 * Less than the engine waits, in ms: a connection that came only after that would be nobody's, and one that does not answer
 * would be kept until it did.
 */
const CONNECT_MS = 1400
const ANSWER_MS = 2500

/**
 * A connection on which something is still asked is not lent again: over a way that swallows everything whoever had it next
 * would wait as well, for as long as the system believes in it.
 */
const dropUnanswered = (connections: pg.Pool) =>
  Effect.sync(() => {
    connections.on("release", (_, client) => {
      if (Reflect.get(client, "readyForQuery") !== true) client.end(() => {})
    })
  })

/** Each statement is a transaction of its own, by what this host says and not by what the server begins otherwise. */
const BEGIN = "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE"

export const layer = (
  server: Server
): Layer.Layer<PgClient.PgClient | SqlClient.SqlClient, StoreUnavailable> =>
  Layer.scopedContext(
    Effect.gen(function* () {
      const file = yield* nameOf(server)
      const connections = yield* pool({
        ...connecting(server, "cluster"),
        connectionTimeoutMillis: CONNECT_MS,
        query_timeout: ANSWER_MS,
        max: CONNECTIONS,
        onConnect: (client) => client.query(BEGIN)
      })
      yield* dropUnanswered(connections)
      yield* asked(connections, file)
      const client = yield* PgClient.fromPool({ acquire: Effect.succeed(connections) }).pipe(
        Effect.mapError(({ cause }) => unavailable(file)(cause))
      )
      return Context.make(PgClient.PgClient, client).pipe(Context.add(SqlClient.SqlClient, client))
    })
  ).pipe(Layer.provide(Reactivity.layer))
