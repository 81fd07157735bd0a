/**
 * Brings the server's schema up to date. Hosts are upgraded one after the other, so a schema may be newer than the
 * program that works on it: each step says how old a program may be. Who is older refuses to work.
 */
import { Effect, Exit } from "effect"
import type pg from "pg"
import { StoreUnavailable } from "../../schemas/errors/store.ts"
import { unavailable } from "./failures.ts"
import { STEPS } from "./schema/steps.ts"
import { connected, giveBack } from "./server.ts"
import { BEGIN_WRITE, WRITERS } from "./turn.ts"

/** `oldest_program`: how many steps a program knows at least that works on what this step leaves. */
const BEGIN = `
${BEGIN_WRITE};
SELECT pg_advisory_xact_lock(${WRITERS});
CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY, oldest_program BIGINT NOT NULL)`

/** Marks of processes that have ended. Whoever runs leaves another every few seconds. */
const FORGET = "DELETE FROM writers WHERE at < now() - INTERVAL '7 days'"

interface Version {
  readonly version: number
  readonly oldest_program: number
}

const query = <Row extends object>(client: pg.ClientBase, sql: string) =>
  Effect.tryPromise({ try: () => client.query<Row>(sql), catch: (error) => error })

const bringUp = (file: string) => (client: pg.ClientBase) =>
  Effect.gen(function* () {
    yield* query(client, BEGIN)
    const { rows } = yield* query<Version>(
      client,
      "SELECT coalesce(max(version), 0) AS version, coalesce(max(oldest_program), 0) AS oldest_program FROM schema_version"
    )
    const { oldest_program: oldest, version } = rows[0] ?? { version: 0, oldest_program: 0 }
    if (oldest > STEPS.length) {
      return yield* new StoreUnavailable({
        file,
        detail: `it belongs to a newer version (schema ${version}, which asks for ${oldest}; this one knows ${STEPS.length})`,
        trouble: "newer"
      })
    }
    for (const [at, { oldestProgram, sql }] of STEPS.entries()) {
      if (at < version) continue
      yield* query(client, sql)
      yield* query(client, `INSERT INTO schema_version VALUES (${at + 1}, ${oldestProgram})`)
    }
    yield* query(client, FORGET)
    yield* query(client, "COMMIT")
  })

export const migrate = (connections: pg.Pool, file: string): Effect.Effect<void, StoreUnavailable> =>
  Effect.acquireUseRelease(connected(connections), bringUp(file), (client, exit) =>
    Exit.isSuccess(exit) ? Effect.sync(() => client.release()) : giveBack("ROLLBACK")(client)
  ).pipe(Effect.mapError(unavailable(file)))
