/** Hosts of a cluster: gateways as processes, each with a folder of its own, on one database. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Effect, Redacted } from "effect"
import { askStatus } from "../../src/programs/control/askStatus.ts"
import { freePort } from "./freePort.ts"
import { makeHome, type Surroundings, startGatewayWith } from "./gateway.ts"
import { emptyDatabase } from "./postgres.ts"

/** What the hosts know of one another by. */
const SECRET = "0123456789abcdef0123456789abcdef0123456789abcdef"

/** The folders of some hosts, by their names, with one config but for what differs; none of them is started. */
export const makeCluster = <Name extends string>(
  names: ReadonlyArray<Name>,
  config: Readonly<Record<string, unknown>>
) =>
  Effect.gen(function* () {
    const database = yield* emptyDatabase
    const hosts = yield* Effect.forEach(names, (name) =>
      Effect.gen(function* () {
        const port = yield* freePort
        const cluster = {
          postgres: { url: Redacted.value(database.url) },
          name,
          address: `127.0.0.1:${port}`,
          secret: SECRET
        }
        return { name, port, home: yield* makeHome({ ...config, cluster }) }
      })
    )
    const homeOf = (name: Name): Surroundings => {
      const host = hosts.find((one) => one.name === name)
      if (host === undefined) throw new Error(`there is no host ${name}`)
      return host.home
    }
    return {
      database,
      hosts,
      homeOf,
      /** What a host says of itself and the others. */
      status: (name: Name) => Effect.provide(askStatus(homeOf(name).stateDir), NodeContext.layer),
      /** Gives a host that does not run another secret than the others have. */
      withSecret: (name: Name, secret: string) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const { configFile } = homeOf(name)
          const text = yield* fs.readFileString(configFile)
          yield* fs.writeFileString(configFile, text.replace(SECRET, secret))
        }).pipe(Effect.provide(NodeContext.layer)),
      /** Starts a host. At the end of the scope it is ended, if it still runs. */
      start: (name: Name) => startGatewayWith({}, homeOf(name))
    }
  })
