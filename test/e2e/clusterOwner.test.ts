/** A database that belongs to another role than the one that hosts open it as, which PostgreSQL lets make no tables. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { run } from "../support/command.ts"
import { freePort } from "../support/freePort.ts"
import { makeHome, startGatewayWith } from "../support/gateway.ts"
import { ownServer } from "../support/postgres.ts"

const MENDS = "ALTER DATABASE messages OWNER TO"

describe("a database without the role as its owner", () => {
  it.scopedLive("is said to be that by `doctor` and at the start, with what mends it", () =>
    Effect.gen(function* () {
      const server = yield* ownServer
      yield* server.query("postgres", "CREATE ROLE host LOGIN PASSWORD 'of-the-host'")
      yield* server.query("postgres", "CREATE DATABASE messages")
      const url = new URL(Redacted.value(server.url("messages")))
      url.username = "host"
      url.password = "of-the-host"
      const home = yield* makeHome({
        imessage: { enabled: false },
        cluster: {
          postgres: { url: url.href },
          ...{
            name: "studio",
            address: `127.0.0.1:${yield* freePort}`,
            secret: "0123456789abcdef0123456789abcdef"
          }
        }
      })
      const doctor = run("doctor", "--config", home.configFile)

      const looked = yield* doctor
      expect(looked.stdout).toMatch(/✗ Cluster database: .*the role host may not make tables in it/u)
      expect(looked.stdout).toContain(`${MENDS} host`)
      expect(looked.code).toBe(1)

      const refused = yield* startGatewayWith({}, home)
      expect(yield* refused.exitCode).toBe(1)
      const output = yield* refused.output
      expect(output).toContain("permission denied for schema public")
      expect(output).toContain(MENDS)
      expect(output).not.toContain("pg_hba")

      yield* server.query("postgres", `${MENDS} host`)
      expect((yield* doctor).stdout).toMatch(/✓ Cluster database: .*no gateway has worked on it yet/u)
      const up = yield* startGatewayWith({}, home)
      yield* up.awaitLog("it is up", ({ message }) => message === "the gateway is up")
    })
  )
})
