/** The hosts of a round over one database, each behind ways that can be cut. */
import { Clock, Effect, Redacted, Ref, Schedule } from "effect"
import { freePort } from "../../support/freePort.ts"
import { makeHome } from "../../support/gateway.ts"
import { link } from "../../support/link.ts"
import { ownServer } from "../../support/postgres.ts"
import { makeGatewayProcess } from "../gatewayProcess.ts"
import type { Store } from "../store.ts"
import { HOSTS, type HostName, type HostStep } from "./troubles.ts"

/** What the hosts know of one another by. */
const HOST_SECRET = "0123456789abcdef0123456789abcdef0123456789abcdef"
const DATABASE = "gateway"
/** A gateway that is started without its database says so within that time, and ends; in ms. */
const REFUSED_WITHIN_MS = 60_000
/** How often a service manager looks. */
const RESTART_EVERY = "1 second"

const makeStore = (query: (sql: string) => Effect.Effect<ReadonlyArray<object>>): Store => ({
  rows: query,
  holding: (words) =>
    Effect.gen(function* () {
      const tables = yield* query(
        "SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'public'"
      )
      const names = tables.flatMap((row) => ("name" in row && typeof row.name === "string" ? [row.name] : []))
      return yield* Effect.filter(names, (name) =>
        Effect.map(
          query(`SELECT 1 FROM ${name} AS t WHERE CAST(t AS TEXT) LIKE '%${words}%' LIMIT 1`),
          (rows) => rows.length > 0
        )
      )
    })
})

const makeHost = (
  name: HostName,
  config: Readonly<Record<string, unknown>>,
  { folder, main, url }: { readonly folder: string; readonly main: string; readonly url: string }
) =>
  Effect.gen(function* () {
    const port = yield* freePort
    const ways = {
      database: yield* link(Number(new URL(url).port)),
      others: yield* link(port)
    }
    const behind = new URL(url)
    behind.port = String(ways.database.port)
    const home = yield* makeHome({
      ...config,
      cluster: {
        postgres: { url: behind.href },
        name,
        address: `127.0.0.1:${ways.others.port}`,
        listen: `127.0.0.1:${port}`,
        secret: HOST_SECRET
      }
    })
    const awayUntil = yield* Ref.make(0)
    const gateway = yield* makeGatewayProcess(main, home.configFile, folder, {
      name,
      mayBeRefused: Effect.zipWith(
        Ref.get(awayUntil),
        Clock.currentTimeMillis,
        (until, now) => now < until + REFUSED_WITHIN_MS
      )
    })
    const isMeant = yield* Ref.make(false)
    yield* Effect.forkScoped(
      Effect.repeat(
        Effect.flatMap(Ref.get(isMeant), (isIt) => (isIt ? gateway.start : Effect.void)),
        Schedule.spaced(RESTART_EVERY)
      )
    )
    return { name, home, ways, awayUntil, gateway, isMeant }
  })

type Host = Effect.Effect.Success<ReturnType<typeof makeHost>>

const start = ({ gateway, isMeant }: Host) => Effect.zipRight(Ref.set(isMeant, true), gateway.start)
const end = ({ gateway, isMeant }: Host, name: "SIGKILL" | "SIGTERM") =>
  Effect.zipRight(Ref.set(isMeant, false), gateway.end(name))

/** Until when a host may have been without its database. */
const isWithout = ({ awayUntil }: Host, downMs: number) =>
  Effect.flatMap(Clock.currentTimeMillis, (now) =>
    Ref.update(awayUntil, (until) => Math.max(until, now + downMs))
  )

const gatewaysOf = (hosts: ReadonlyArray<Host>) => {
  const all = <A, E, R>(use: (host: Host) => Effect.Effect<A, E, R>) =>
    Effect.forEach(hosts, use, { concurrency: "unbounded" })
  const each = <A, E, R>(use: (host: Host) => Effect.Effect<ReadonlyArray<A>, E, R>) =>
    Effect.map(all(use), (found) => found.flat())
  return {
    start: Effect.asVoid(all(start)),
    end: (name: "SIGKILL" | "SIGTERM") => Effect.asVoid(all((host) => end(host, name))),
    awaitEnd: Effect.asVoid(all(({ gateway }) => gateway.awaitEnd)),
    ends: each(({ gateway }) => gateway.ends),
    logLines: each(({ gateway }) => gateway.logLines),
    logs: each(({ gateway }) => gateway.logs)
  }
}

/** Both hosts with their database, which runs; none is started. `folder` is where they write their logs. */
export const makeHosts = (config: Readonly<Record<string, unknown>>, main: string, folder: string) =>
  Effect.gen(function* () {
    const server = yield* ownServer
    yield* server.query("postgres", `CREATE DATABASE ${DATABASE}`)
    const at = { folder, main, url: Redacted.value(server.url(DATABASE)) }
    const hosts = yield* Effect.forEach(HOSTS, (name) => makeHost(name, config, at))
    const withHost = <A, E, R>(name: HostName, use: (host: Host) => Effect.Effect<A, E, R>) =>
      Effect.forEach(
        hosts.filter((host) => host.name === name),
        use,
        { discard: true }
      )

    /** Lets a trouble happen, from its moment to its end. */
    const suffer = (step: HostStep) => {
      const over = Effect.sleep(step.downMs)
      switch (step._tag) {
        case "HostEnds":
          return withHost(step.host, (host) =>
            end(host, step.signal).pipe(Effect.zipRight(over), Effect.zipRight(start(host)))
          )
        case "HostPauses":
          return withHost(step.host, ({ gateway }) =>
            gateway.signal("SIGSTOP").pipe(Effect.zipRight(over), Effect.zipRight(gateway.signal("SIGCONT")))
          )
        case "CutOff":
          return withHost(step.host, (host) => {
            const way = step.kind === "cut-database" ? host.ways.database : host.ways.others
            const without = step.kind === "cut-database" ? isWithout(host, step.downMs) : Effect.void
            return without.pipe(
              Effect.zipRight(way.set(step.passage)),
              Effect.zipRight(over),
              Effect.zipRight(way.set(step.after))
            )
          })
        case "DatabaseEnds":
          return Effect.forEach(hosts, (host) => isWithout(host, step.downMs)).pipe(
            Effect.zipRight(server.stop(step.mode)),
            Effect.zipRight(over),
            Effect.zipRight(server.start)
          )
      }
    }
    return {
      homes: hosts.map(({ home }) => home),
      gateway: gatewaysOf(hosts),
      store: makeStore((sql) => server.query(DATABASE, sql)),
      suffer
    }
  })
