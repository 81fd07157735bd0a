/**
 * `@effect/sql` over the server of a cluster, for what the engine keeps there itself: its runners, and who holds which
 * shard. It has connections of its own, so that nothing that the stores ask holds up the refreshing of a lock.
 */

import * as Reactivity from "@effect/experimental/Reactivity"
import * as SqlClient from "@effect/sql/SqlClient"
import * as PgClient from "@effect/sql-pg/PgClient"
import { Context, Effect, Layer } from "effect"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { unavailable } from "./failures.ts"
import { asked, connecting, nameOf, pool, type Server } from "./server.ts"

/** One is reserved for the locks; the rest is for lists of runners. */
const CONNECTIONS = 3

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
        max: CONNECTIONS,
        onConnect: (client) => client.query(BEGIN)
      })
      yield* asked(connections, file)
      const client = yield* PgClient.fromPool({ acquire: Effect.succeed(connections) }).pipe(
        Effect.mapError(({ cause }) => unavailable(file)(cause))
      )
      return Context.make(PgClient.PgClient, client).pipe(Context.add(SqlClient.SqlClient, client))
    })
  ).pipe(Layer.provide(Reactivity.layer))
