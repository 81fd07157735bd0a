/** What a process holds is its own, also where another one has its name and its address. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { holderOf } from "../../../src/layers/cluster/holder.ts"
import { onBehalfOfShard } from "../../../src/services/ActsFor.ts"
import { accounts, insert, openFor } from "../../support/postgresHosts.ts"
import { addressOf, database, runnerOf, SHARD } from "./storages.ts"

/** Two processes with one name and one address, as after a config was copied; the first one has the shard. */
const twins = Effect.gen(function* () {
  const { open, query, url } = yield* database
  const address = addressOf("here")
  const process = (incarnation: string) =>
    Effect.gen(function* () {
      const { storage } = yield* open("here", incarnation)
      const store = yield* openFor(url, { holder: holderOf({ address: "here.local:7300", incarnation }) })
      return {
        storage,
        /** Writes for the shard: whether that was done, or what refused it. */
        write: (account: string) =>
          store
            .write(() => insert(store, account))
            .pipe(
              onBehalfOfShard(String(SHARD)),
              Effect.as("written"),
              Effect.catchAll(({ trouble }) => Effect.succeed(trouble))
            ),
        written: accounts(store)
      }
    })
  const first = yield* process("of before")
  const second = yield* process("of now")
  yield* first.storage.register(runnerOf("here"), true)
  yield* first.storage.acquire(address, [SHARD])
  return {
    address,
    first,
    second,
    /** The first one stands still for so long that the second one takes its place. */
    takeOver: Effect.gen(function* () {
      yield* query("UPDATE cluster_locks SET acquired_at = now() - INTERVAL '11 seconds'")
      yield* query(
        `INSERT INTO hosts (name, address, version, pid, started_at, seen_at, clock_behind_ms, incarnation)
         VALUES ('here', 'here.local:7300', '1.0.0', 1, 0, 0, 0, 'of now')`
      )
      yield* second.storage.register(runnerOf("here"), true)
      return yield* second.storage.acquire(address, [SHARD])
    })
  }
})

describe("of two processes with one name and one address", () => {
  it.scopedLive("the second one takes nothing before the first one's locks are over", () =>
    Effect.gen(function* () {
      const { address, first, second, takeOver } = yield* twins
      expect(yield* second.storage.acquire(address, [SHARD])).toEqual([])
      expect(yield* second.storage.refresh(address, [SHARD])).toEqual([])
      expect(yield* second.write("too early")).toBe("fenced")
      expect(yield* first.write("first")).toBe("written")
      expect(yield* takeOver).toEqual([SHARD])
    })
  )

  it.scopedLive("the first one, which stood still, writes nothing of what the second one has taken", () =>
    Effect.gen(function* () {
      const { first, second, takeOver } = yield* twins
      yield* takeOver
      expect(yield* first.write("too late")).toBe("fenced")
      expect(yield* second.write("second")).toBe("written")
      expect(yield* second.written).toEqual(["second"])
    })
  )

  it.scopedLive("the first one ends without giving back what the second one has", () =>
    Effect.gen(function* () {
      const { address, first, second, takeOver } = yield* twins
      yield* takeOver
      yield* first.storage.release(address, SHARD)
      yield* first.storage.releaseAll(address)
      expect(yield* second.storage.refresh(address, [SHARD])).toEqual([SHARD])
    })
  )

  it.scopedLive("the first one ends without saying that the second one does", () =>
    Effect.gen(function* () {
      const { address, first, second, takeOver } = yield* twins
      yield* takeOver
      const there = yield* second.storage.getRunners
      yield* Effect.ignore(first.storage.unregister(address))
      expect(there.length).toBeGreaterThan(0)
      expect(yield* second.storage.getRunners).toEqual(there)
    })
  )
})
