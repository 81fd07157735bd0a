/** How the address of a server is read. */
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import pg from "pg"
import { vi } from "vitest"
import { connecting, nameOf, type Server } from "../../../src/layers/postgres/server.ts"

const server = (query: string): Server => ({
  url: Redacted.make(`postgres://imsg:hush-hush@10.8.0.1:5432/imsg${query}`),
  name: "studio"
})

/** How it is connected to, and what the library warned of. */
const read = (query: string) => {
  const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {})
  const { connectionString } = connecting(server(query), "test")
  const { ssl } = new pg.Client({ ...connecting(server(query), "test") })
  const warnings = warned.mock.calls.map(([warning]) => String(warning))
  warned.mockRestore()
  return { connectionString, ssl, warnings }
}

describe("TLS to the database", () => {
  it.each(["prefer", "require", "verify-ca", "verify-full"])(
    "looks at the certificate where sslmode is %s, and the library warns of nothing",
    (mode) => {
      expect(read(`?sslmode=${mode}`)).toMatchObject({ ssl: {}, warnings: [] })
      expect(read(`?application_name=a&sslmode=${mode}&connect_timeout=3`)).toMatchObject({
        ssl: {},
        warnings: []
      })
      expect(read(`?sslmode=${mode}`).ssl).not.toHaveProperty("rejectUnauthorized")
    }
  )

  it.each([
    ["", false],
    ["?sslmode=disable", false],
    ["?sslmode=no-verify", { rejectUnauthorized: false }],
    ["?sslmode=require&uselibpqcompat=true", { rejectUnauthorized: false }]
  ])("is what the URL says otherwise: %s", (query, ssl) => {
    expect(read(query)).toMatchObject({ ssl, warnings: [] })
  })
})

describe("the name of a database", () => {
  it.effect("has nobody's password in it", () =>
    Effect.gen(function* () {
      expect(yield* nameOf(server("?sslmode=require"))).toBe("10.8.0.1:5432/imsg")
    })
  )

  it.effect("is not told where its address names a file that is not there, which is named", () =>
    Effect.gen(function* () {
      const file = join(tmpdir(), "nowhere", "ca.crt")
      const failure = yield* Effect.flip(nameOf(server(`?sslmode=verify-full&sslrootcert=${file}`)))
      expect(failure.message).toBe(
        `the store of cluster.postgres.url cannot be used: the file ${file}, which its URL names, cannot be read: there is no such file or folder`
      )
      expect(failure.hint).toContain("Correct cluster.postgres.url")
    })
  )
})
