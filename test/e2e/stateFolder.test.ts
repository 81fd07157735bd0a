/** What becomes of a gateway whose state folder is tampered with. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { run } from "../support/command.ts"
import { awaitControl } from "../support/control.ts"
import { makeHome, startGateway } from "../support/gateway.ts"
import { eventually } from "../support/simulator.ts"

const idle = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const home = yield* makeHome({ imessage: { enabled: false } })
  return { fs, home, file: (name: string) => `${home.stateDir}/${name}` }
})

describe("the state folder", () => {
  it.scopedLive(
    "has a lock that outlives its file, for its owner only; and the store's end is the gateway's",
    () =>
      Effect.gen(function* () {
        const { file, fs, home } = yield* idle
        yield* fs.makeDirectory(home.stateDir)
        yield* fs.writeFileString(`${home.dir}/victim`, "of somebody else")
        yield* fs.symlink(`${home.dir}/victim`, file("gateway.pid"))
        const gateway = yield* startGateway(home)
        yield* awaitControl(home)
        expect(yield* fs.readFileString(`${home.dir}/victim`)).toBe("of somebody else")
        for (const name of ["lock.db", "lock.db-journal", "gateway.pid", "gateway.sock", "gateway.db"]) {
          expect(`${name} ${((yield* fs.stat(file(name))).mode & 0o777).toString(8)}`).toBe(`${name} 600`)
        }

        yield* fs.remove(file("lock.db"))
        const second = yield* run("--config", home.configFile)
        expect(second.code).toBe(1)
        expect(second.stderr).toContain(`another gateway (pid ${gateway.pid}) is running`)
        yield* eventually("the lock anew", gateway.output, (text) => text.includes("the lock is taken anew"))

        yield* fs.remove(file("gateway.db"))
        expect(yield* gateway.exitCode).toBe(1)
        expect(yield* gateway.output).toContain("it was removed while the gateway had it open")
      }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("whose store is cut short ends the gateway, and one that is a link is refused", () =>
    Effect.gen(function* () {
      const { file, fs, home } = yield* idle
      const gateway = yield* startGateway(home)
      yield* awaitControl(home)
      // Until it is in the file, and not in the log alone.
      yield* eventually("the store", fs.stat(file("gateway.db")), ({ size }) => Number(size) > 50_000)
      yield* Effect.sleep("1500 millis")
      yield* fs.truncate(file("gateway.db"), 4096)
      expect(yield* gateway.exitCode).toBe(1)

      yield* fs.remove(file("gateway.db"))
      yield* fs.symlink(`${home.dir}/elsewhere.db`, file("gateway.db"))
      const { code, stderr } = yield* run("--config", home.configFile)
      expect(code).toBe(1)
      expect(stderr).toContain("links are not followed here")
      expect(yield* fs.exists(`${home.dir}/elsewhere.db`)).toBe(false)
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
