/** Hosts of a cluster over one server, as processes, which end with the scope, and where that does not close with the bench. */
import { spawn } from "node:child_process"
import { Command, FileSystem, Path } from "@effect/platform"
import { Effect, Redacted, Stream } from "effect"
import { WARDEN } from "../src/layers/process/warden.ts"
import { freePort } from "../test/support/freePort.ts"
import type { Server } from "../test/support/postgres.ts"
import { makeControl } from "./control.ts"
import { MAIN, type Programs } from "./programs.ts"
import { makeFolder, writeCli } from "./subject.ts"

const SECRET = "0123456789abcdef0123456789abcdef0123456789abcdef"
const ACCOUNT = "measured"

/** What the config of a host says of an account. */
export interface HostedAccount {
  readonly cliPath: string
  /** Where its Messages is, if not on the host. */
  readonly remoteHost?: string
  readonly runsOn: ReadonlyArray<string>
}

interface ClusterOptions {
  readonly database: string
  readonly names: ReadonlyArray<string>
  /** By the id of each; a host may have its own way to it. */
  readonly accountsOf: (host: string) => Readonly<Record<string, HostedAccount>>
  /** The hosts that may run sessions; any, where it is not said. */
  readonly agentOn?: ReadonlyArray<string>
}

const configOf = (
  folder: string,
  cluster: object,
  accounts: Readonly<Record<string, HostedAccount>>,
  runsOn: ReadonlyArray<string> | undefined
) => ({
  stateDir: `${folder}/state`,
  cluster,
  imessage: {
    groups: { "*": { requireMention: false } },
    supervision: { backoff: { resetAfterMs: 1 } },
    accounts: Object.fromEntries(
      Object.entries(accounts).map(([id, account]) => [id, { ...account, dbPath: `${folder}/${id}.db` }])
    )
  },
  agents: { maxConcurrent: 16, list: [{ id: "main", runtime: { type: "echo" }, runsOn }] },
  messages: { loopGuard: { maxPerMinute: 0 }, budget: false }
})

/** Ends the processes that it is told of once this one is gone, however it went. */
const makeEnding = Effect.gen(function* () {
  const pids: Array<number> = []
  const warden = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn("/bin/sh", ["-c", WARDEN], { detached: true, stdio: ["pipe", "ignore", "ignore"] })
    ),
    // Whatever was started has ended before.
    ({ stdin }) => Effect.sync(() => stdin.end("\n"))
  )
  warden.unref()
  return (pid: number) =>
    Effect.sync(() => {
      pids.push(pid)
      warden.stdin.write(`${pids.join(" ")}\n`)
    })
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

/** Starts hosts on a database of their own, in a folder. */
export const startHosts = (
  server: Server,
  folder: string,
  { accountsOf, agentOn, database, names }: ClusterOptions
) =>
  Effect.gen(function* () {
    yield* server.query("postgres", `CREATE DATABASE ${database}`)
    const endWithThis = yield* makeEnding
    return yield* Effect.forEach(names, (name) =>
      Effect.gen(function* () {
        const cluster = {
          postgres: { url: Redacted.value(server.url(database)) },
          name,
          address: `127.0.0.1:${yield* freePort}`,
          secret: SECRET
        }
        const config = configOf(`${folder}/${name}`, cluster, accountsOf(name), agentOn)
        const host = yield* startHost(folder, name, config)
        yield* endWithThis(host.pid)
        return host
      })
    )
  })

/** What `startHosts` gives. */
export type Hosts = Effect.Effect.Success<ReturnType<typeof startHosts>>

/** Where the account and where the sessions of a cluster may be, as names of hosts. */
export interface Places {
  readonly account: ReadonlyArray<string>
  readonly agent: ReadonlyArray<string>
}

interface OneAccount {
  readonly database: string
  readonly names: ReadonlyArray<string>
  readonly places: Places
  readonly programs: Programs
}

/** Starts hosts with one account, whose child in memory is whichever host's has it, and waits until it has answered. */
export const startCluster = (server: Server, { database, names, places, programs }: OneAccount) =>
  Effect.gen(function* () {
    const folder = yield* makeFolder
    const control = yield* makeControl(`${folder}/control.sock`)
    const cliPath = yield* writeCli(folder, `"${process.execPath}" "${programs.child}" "${control.path}"`)
    const hosts = yield* startHosts(server, folder, {
      database,
      names,
      accountsOf: () => ({ [ACCOUNT]: { cliPath, runsOn: places.account } }),
      agentOn: places.agent
    })
    yield* control.next("Greeted", 60_000)
    return { control, hosts }
  })
