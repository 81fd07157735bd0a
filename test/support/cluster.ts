/** Hosts of a cluster: gateways as processes, each with a folder of its own, on one database. */
import { Effect } from "effect"
import { freePort } from "./webPage.ts"
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
    const url = yield* emptyDatabase
    const hosts = yield* Effect.forEach(names, (name) =>
      Effect.gen(function* () {
        const port = yield* freePort
        const home = yield* makeHome({
          ...config,
          cluster: { postgres: { url }, name, address: `127.0.0.1:${port}`, secret: SECRET }
        })
        return { name, port, home }
      })
    )
    const homeOf = (name: Name): Surroundings => {
      const host = hosts.find((one) => one.name === name)
      if (host === undefined) throw new Error(`there is no host ${name}`)
      return host.home
    }
    return {
      url,
      hosts,
      homeOf,
      /** Starts a host. At the end of the scope it is ended, if it still runs. */
      start: (name: Name) => startGatewayWith({}, homeOf(name))
    }
  })
