/** The hosts of a cluster on a real server. */
import { type RunnerStorage, ShardId } from "@effect/cluster"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { holderOf } from "../../../src/layers/cluster/holder.ts"
import { onBehalfOfShard } from "../../../src/services/ActsFor.ts"
import { openFor } from "../../support/postgresHosts.ts"
import { addressOf, CHOSEN, database, runnerOf, SHARD } from "./storages.ts"

/** The hosts that may run the group which prefers some, as the engine is told. */
const leaders = ({ getRunners }: RunnerStorage.RunnerStorage["Type"]) =>
  Effect.map(getRunners, (runners) =>
    runners.flatMap(([{ address, groups }, healthy]) =>
      healthy && groups.includes(CHOSEN) ? [address.host] : []
    )
  )

describe("the hosts of a cluster", () => {
  it.scopedLive(
    "are led by whom a group prefers, and by that one again once it has been back for a while",
    () =>
      Effect.gen(function* () {
        const { open, query } = yield* database
        const { storage } = yield* open("spare")
        const first = "s".repeat(40)
        yield* storage.register(runnerOf("spare"), true)
        expect(yield* leaders(storage)).toEqual(["spare.local"])
        yield* query("UPDATE cluster_runners SET up_since = now() - INTERVAL '1 minute'")
        yield* storage.register(runnerOf(first), true)
        expect(yield* leaders(storage)).toEqual(["spare.local"])
        yield* query("UPDATE cluster_runners SET up_since = now() - INTERVAL '11 seconds'")
        expect(yield* leaders(storage)).toEqual([`${first}.local`])
        yield* query(
          `ALTER TABLE cluster_runners DISABLE TRIGGER USER;
         UPDATE cluster_runners SET last_heartbeat = now() - INTERVAL '11 seconds' WHERE address LIKE 'sss%';
         ALTER TABLE cluster_runners ENABLE TRIGGER USER`
        )
        expect(yield* leaders(storage)).toEqual(["spare.local"])
        // It was only away, as a process that stood still: nobody registers it, and its next heartbeat counts.
        yield* storage.refresh(addressOf(first), [])
        expect(yield* storage.getRunners).toHaveLength(3)
        expect(yield* leaders(storage)).toEqual(["spare.local"])
      })
  )

  it.scopedLive("take a shard of one that did not renew it, and not before", () =>
    Effect.gen(function* () {
      const { open, query } = yield* database
      const [here, there] = [yield* open("here"), yield* open("there")]
      expect(yield* here.storage.acquire(addressOf("here"), [SHARD])).toEqual([SHARD])
      expect(yield* there.storage.acquire(addressOf("there"), [SHARD])).toEqual([])
      expect(yield* here.storage.refresh(addressOf("here"), [SHARD])).toEqual([SHARD])
      yield* query("UPDATE cluster_locks SET acquired_at = now() - INTERVAL '9 seconds'")
      expect(yield* there.storage.acquire(addressOf("there"), [SHARD])).toEqual([])
      yield* query("UPDATE cluster_locks SET acquired_at = now() - INTERVAL '11 seconds'")
      expect(yield* there.storage.acquire(addressOf("there"), [SHARD])).toEqual([SHARD])
      expect(yield* here.storage.refresh(addressOf("here"), [SHARD])).toEqual([])
    })
  )

  it.scopedLive("wait for nobody who writes for what is not theirs, and not for each other", () =>
    Effect.gen(function* () {
      const { open, query, url } = yield* database
      const [here, there] = [yield* open("here"), yield* open("there")]
      yield* here.storage.acquire(addressOf("here"), [SHARD])
      const store = yield* openFor(url, {
        holder: holderOf({ address: "here.local:7300", incarnation: "here" })
      })
      const sleep = store.prepare("SELECT pg_sleep(1)")
      const writing = yield* store
        .write(() => sleep.get())
        .pipe(onBehalfOfShard(String(SHARD)), Effect.as("written"), Effect.fork)
      yield* Effect.sleep("300 millis")
      const asking = there.storage.acquire(addressOf("there"), [SHARD])
      expect(yield* Effect.raceFirst(asking, Fiber.join(writing))).toEqual([])
      yield* Fiber.join(writing)

      yield* query("DELETE FROM cluster_locks")
      const all = Array.from({ length: 90 }, (_, at) => ShardId.make(CHOSEN, at + 1))
      for (let round = 0; round < 10; round++) {
        const [ours, theirs] = yield* Effect.all(
          [
            here.storage.acquire(addressOf("here"), all),
            there.storage.acquire(addressOf("there"), [...all].reverse())
          ],
          { concurrency: 2 }
        )
        expect(ours.length + theirs.length).toBe(all.length)
        yield* query("UPDATE cluster_locks SET acquired_at = now() - INTERVAL '11 seconds'")
      }
    })
  )

  it.scopedLive("keep what they took while the clocks of the server are put forward", () =>
    Effect.gen(function* () {
      const { open, query } = yield* database
      const [here, there] = [yield* open("here"), yield* open("there")]
      yield* here.storage.acquire(addressOf("here"), [SHARD])
      // What the day of summer time does to a server whose zone has one.
      yield* query("ALTER ROLE CURRENT_USER SET TimeZone = 'Pacific/Kiritimati'")
      const later = yield* open("later")
      expect(yield* later.storage.acquire(addressOf("later"), [SHARD])).toEqual([])
      yield* query("ALTER ROLE CURRENT_USER RESET TimeZone")
      expect(yield* there.storage.acquire(addressOf("there"), [SHARD])).toEqual([])
    })
  )

  it.scopedLive(
    "have no lease while they may still run what they have lost, and one again once that is given back",
    () =>
      Effect.gen(function* () {
        const { open, query } = yield* database
        const [here, there] = [yield* open("here"), yield* open("there")]
        const address = addressOf("here")
        const other = ShardId.make("default", 1)
        expect(yield* here.storage.acquire(address, [SHARD, other])).toHaveLength(2)
        const begun = yield* here.lease.left
        expect(begun).toBeGreaterThan(5000)
        yield* query(
          `UPDATE cluster_locks SET acquired_at = now() - INTERVAL '11 seconds' WHERE shard_id = '${SHARD}'`
        )
        yield* there.storage.acquire(addressOf("there"), [SHARD])
        yield* Effect.sleep("20 millis")
        expect(yield* here.storage.refresh(address, [SHARD, other])).toEqual([other])
        expect(yield* here.lease.left).toBeLessThan(begun)
        // The engine asks for nothing while it is not sure of what it has, and goes on to end it.
        yield* here.storage.refresh(address, [])
        yield* here.storage.acquire(address, [ShardId.make("default", 2)])
        expect(yield* here.lease.left).toBeLessThan(begun)
        yield* here.storage.release(address, SHARD)
        const left = yield* here.lease.left
        yield* here.storage.refresh(address, [other, ShardId.make("default", 2)])
        expect(yield* here.lease.left).toBeGreaterThan(left)
      })
  )

  it.scopedLive("are answered nothing once another process has their name and address", () =>
    Effect.gen(function* () {
      const { open, query } = yield* database
      const here = yield* open("here", "of before")
      yield* here.storage.acquire(addressOf("here"), [SHARD])
      yield* query(
        `INSERT INTO hosts (name, address, version, pid, started_at, seen_at, clock_behind_ms, incarnation)
         VALUES ('here', 'here.local:7300', '1.0.0', 1, 0, 0, 0, 'of now')`
      )
      for (const asked of [here.storage.refresh, here.storage.acquire]) {
        const error = yield* Effect.flip(asked(addressOf("here"), [SHARD]))
        expect(`${error.cause}`).toContain("another process runs as here by now")
      }
    })
  )

  it.scopedLive("have a lease from when they began to renew what they took", () =>
    Effect.gen(function* () {
      const { open } = yield* database
      const { lease, storage } = yield* open("here")
      expect(yield* lease.left).toBe(0)
      yield* storage.refresh(addressOf("here"), [])
      const left = yield* lease.left
      expect(left).toBeGreaterThan(5000)
      expect(left).toBeLessThanOrEqual(8000)
    })
  )
})
