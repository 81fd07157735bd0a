/** Commands on a host of a cluster whose gateway does not run. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { run } from "../support/command.ts"
import { makeHome, openAccount, PERSON } from "../support/gateway.ts"
import { emptyDatabase } from "../support/postgres.ts"
import { makeSimulator } from "../support/simulator.ts"

const SECRET = "0123456789abcdef0123456789abcdef0123456789abcdef"

/** The host studio, on which the account `default` may run and `away` may not. */
const studio = Effect.gen(function* () {
  const imsg = yield* makeSimulator()
  yield* imsg.chats.addDirectChat({ handle: PERSON })
  const database = yield* emptyDatabase
  const account = openAccount(imsg)
  const home = yield* makeHome({
    imessage: {
      defaultAccount: "default",
      accounts: {
        default: { ...account, runsOn: ["studio", "spare"] },
        away: { ...account, runsOn: ["spare"], dbPath: "/away", enabled: true, cliPath: "/away/imsg" }
      }
    },
    cluster: {
      postgres: { url: Redacted.value(database.url) },
      name: "studio",
      address: "127.0.0.1:7300",
      secret: SECRET
    }
  })
  return { database, home, imsg }
})

describe("commands in a cluster", () => {
  it.scopedLive("work on what the hosts share, from any of them", () =>
    Effect.gen(function* () {
      const { database, home } = yield* studio
      const made = yield* run("tokens", "create", "--name", "laptop", "--config", home.configFile)
      expect(made.code).toBe(0)
      expect(yield* database.query("SELECT name FROM access_tokens")).toEqual([{ name: "laptop" }])
      const audit = yield* run("audit", "--config", home.configFile)
      expect(audit.stdout).toContain("made token 1 (laptop)")
      for (const args of [
        ["deadletters", "list"],
        ["conversations", "list"],
        ["pairing", "list", "imessage"]
      ]) {
        expect(yield* run(...args, "--config", home.configFile)).toMatchObject({ code: 0, stderr: "" })
      }
      const fs = yield* FileSystem.FileSystem
      expect(yield* fs.exists(`${home.stateDir}/gateway.db`)).toBe(false)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("send without a gateway, unless a host has the account", () =>
    Effect.gen(function* () {
      const { database, home, imsg } = yield* studio
      const send = (account: string) =>
        run(
          ...["send", "--config", home.configFile, "--to", PERSON],
          ...["--account", account, "--text", "hello"]
        )
      expect(yield* send("default")).toMatchObject({ code: 0 })
      expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual(["hello"])
      // It was taken, and given back.
      expect(yield* database.query("SELECT address FROM cluster_locks")).toEqual([])

      const locked = `INSERT INTO cluster_locks SELECT 'runs:studio,spare:' || n, 'spare:7300', now() FROM generate_series(1, 32) AS n`
      yield* database.query(locked)
      yield* database.query("INSERT INTO hosts VALUES ('spare', 'spare:7300', '0.1.0', 1, 0, 0, 0, NULL)")
      const refused = yield* send("default")
      expect(refused.code).toBe(1)
      expect(refused.stderr).toContain("the account default is the host spare's")
      expect((yield* send("away")).stderr).toContain("the account away is the host spare's")
      expect(yield* imsg.chats.sent()).toHaveLength(1)
    })
  )

  it.scopedLive("look at the cluster", () =>
    Effect.gen(function* () {
      const { home } = yield* studio
      const { code, stdout } = yield* run("doctor", "--config", home.configFile)
      expect(stdout).toMatch(/✓ Cluster database: .*no gateway has worked on it yet/u)
      expect(stdout).toContain("✓ away: imsg: it runs on spare and not on this host (studio)")
      expect(code).toBe(0)
    })
  )
})
