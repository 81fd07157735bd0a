/** Hosts of a cluster over one server, with a child in memory that is whichever host's has the account. */
import { Command, FileSystem, Path } from "@effect/platform"
import { Effect, Redacted, Stream } from "effect"
import { freePort } from "../test/support/freePort.ts"
import type { Server } from "../test/support/postgres.ts"
import { makeControl } from "./control.ts"
import { MAIN, type Programs } from "./programs.ts"
import { makeFolder, writeCli } from "./subject.ts"

const SECRET = "0123456789abcdef0123456789abcdef0123456789abcdef"
const ACCOUNT = "measured"

/** Where the account and where the sessions of a cluster may be, as names of hosts. */
export interface Places {
  readonly account: ReadonlyArray<string>
  readonly agent: ReadonlyArray<string>
}

const configOf = (folder: string, cliPath: string, { account, agent }: Places, cluster: object) => ({
  stateDir: `${folder}/state`,
  cluster,
  imessage: {
    groups: { "*": { requireMention: false } },
    supervision: { backoff: { resetAfterMs: 1 } },
    accounts: { [ACCOUNT]: { cliPath, dbPath: `${folder}/none.db`, runsOn: account } }
  },
  agents: { maxConcurrent: 16, list: [{ id: "main", runtime: { type: "echo" }, runsOn: agent }] },
  messages: { loopGuard: { maxPerMinute: 0 }, budget: false }
})

/** A host as a process; it is killed with the scope, if it still runs. */
const startHost = (folder: string, name: string, config: object) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const file = path.join(folder, `${name}.json5`)
    yield* fs.writeFileString(file, JSON.stringify(config))
    const running = yield* Command.start(
      Command.make(process.execPath, MAIN, "--config", file, "--log-level", "error").pipe(
        Command.stderr("inherit")
      )
    )
    yield* Effect.addFinalizer(() => Effect.ignore(running.kill("SIGKILL")))
    yield* Effect.forkScoped(Effect.ignore(Stream.runDrain(running.stdout)))
    return { name, pid: running.pid, kill: Effect.ignore(running.kill("SIGKILL")) }
  })

/** Starts hosts on a database of their own, and waits until the account is subscribed on one of them. */
export const startCluster = (
  server: Server,
  {
    database,
    names,
    places,
    programs
  }: {
    readonly database: string
    readonly names: ReadonlyArray<string>
    readonly places: Places
    readonly programs: Programs
  }
) =>
  Effect.gen(function* () {
    yield* server.query("postgres", `CREATE DATABASE ${database}`)
    const folder = yield* makeFolder
    const control = yield* makeControl(`${folder}/control.sock`)
    const cliPath = yield* writeCli(folder, `"${process.execPath}" "${programs.child}" "${control.path}"`)
    const hosts = yield* Effect.forEach(names, (name) =>
      Effect.gen(function* () {
        const cluster = {
          postgres: { url: Redacted.value(server.url(database)) },
          name,
          address: `127.0.0.1:${yield* freePort}`,
          secret: SECRET
        }
        return yield* startHost(folder, name, configOf(`${folder}/${name}`, cliPath, places, cluster))
      })
    )
    yield* control.next("Greeted", 60_000)
    return { control, hosts }
  })
