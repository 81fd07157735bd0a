/** In the whole cluster one transaction writes at a time: how it begins, and what becomes of one that never ends. */
import { Effect } from "effect"
import type pg from "pg"
import { ask } from "./asking.ts"
import { type NoTurn, troubleOf } from "./failures.ts"
import { connected, PAUSED_MS } from "./server.ts"

/** By which all that write agree on who is next; of this database only. "imsg" in ASCII. */
export const WRITERS = 0x69_6d_73_67

/** Said in full: what a server begins otherwise is up to whoever looks after it. */
export const BEGIN_WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
export const TAKE_TURN = `SELECT pg_advisory_xact_lock(${WRITERS})`

/**
 * A process that stands still while it is sent an answer: the server's own timeouts count for none that it waits for to
 * be read, so it would have its turn for ever. What is paused between two statements the server ends itself.
 */
const END_WHO_STANDS_STILL = `
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE state = 'active' AND wait_event = 'ClientWrite'
    AND query_start < clock_timestamp() - INTERVAL '${PAUSED_MS} milliseconds'
    AND pid IN (
      SELECT pid FROM pg_locks
      WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = ${WRITERS} AND objsubid = 1
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )`

/** Where nobody had his turn for as long as a lock is waited for: whoever keeps it and stands still loses it. */
export const endWhoStandsStill = (connections: pg.Pool, error: NoTurn): Effect.Effect<void> =>
  troubleOf(error) === "contended"
    ? Effect.acquireUseRelease(
        connected(connections),
        (client) => ask(client, { sql: END_WHO_STANDS_STILL, bound: [] }),
        (client) => Effect.sync(() => client.release())
      ).pipe(Effect.ignore)
    : Effect.void
