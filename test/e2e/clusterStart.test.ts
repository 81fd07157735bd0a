/** A host that is started while the way to its database is bad: it comes up once it can, or ends and says why. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, Redacted } from "effect"
import { freePort } from "../support/freePort.ts"
import { makeHome, startGateway } from "../support/gateway.ts"
import { link } from "../support/link.ts"
import { emptyDatabase } from "../support/postgres.ts"

const started = Effect.gen(function* () {
  const { url } = yield* emptyDatabase
  const behind = new URL(Redacted.value(url))
  const way = yield* link(Number(behind.port))
  behind.port = String(way.port)
  const home = yield* makeHome({
    imessage: { accounts: {} },
    cluster: {
      postgres: { url: behind.href },
      name: "studio",
      address: `127.0.0.1:${yield* freePort}`,
      secret: "0123456789abcdef0123456789abcdef0123456789abcdef"
    }
  })
  return { way, home }
})

describe("a host of a cluster that is started", () => {
    it.live("all", () => Effect.forEach([0, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 5000,6000], (ms) =>
      Effect.gen(function* () {
        const { home, way } = yield* started
        const gateway = yield* startGateway(home)
        yield* Effect.sleep(ms)
        yield* way.set("swallowed")
        yield* Effect.sleep("15 seconds")
        yield* way.set("forgotten")
        yield* Effect.sleep("30 seconds")
        const out = yield* gateway.output
        const at = Date.now()
        yield* gateway.signal("SIGTERM")
        const code = yield* Effect.timeoutOption(gateway.exitCode, "20 seconds")
        console.log(ms, Option.getOrUndefined(code), Date.now() - at, out.split("\n").map((l) => l.slice(0, 250)).slice(-3))
      }).pipe(Effect.scoped), {concurrency: "unbounded"}), 170000)
})
