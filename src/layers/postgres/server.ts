/** The PostgreSQL server of a cluster: how connections to it are made, and what it is called where it fails. */
import { Effect, Predicate, Redacted, type Scope } from "effect"
import pg from "pg"
import { failureWords } from "../../schemas/errors/platformWords.ts"
import { StoreUnavailable } from "../../schemas/errors/store.ts"
import { waitAtMost } from "../process/waitAtMost.ts"
import { closed, unavailable } from "./failures.ts"

export interface Server {
  /** `postgresql://user:password@host:port/database`, as libpq reads it. */
  readonly url: Redacted.Redacted<string>
  /** What this host is called, for whoever looks at the server's list of connections. */
  readonly name: string
  /** As whom this process holds shards: see `cluster/holder.ts`. Without it nothing that it writes is fenced. */
  readonly holder?: string
}

/**
 * Bounds, in milliseconds. Whoever is paused in a transaction holds up the writes of all hosts, so the server ends it
 * soon; the rest ends before anybody would rather start again. What is asked is given up a while after the server
 * should have, which is how a network is noticed that only swallows.
 */
export const PAUSED_MS = 3000
const LOCK_WAIT_MS = 10_000
const STATEMENT_MS = 15_000
const ANSWER_MS = 20_000
const CONNECT_MS = 5000
/** After so long of silence the system asks whether the other end is still there. */
const KEEP_ALIVE_MS = 10_000

/** A whole number of any size as a number; one that no number can be is a failure, as it is in SQLite. */
const integer = (text: string): number => {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`the integer ${text} is too large to be read`)
  return value
}

/** How values are read by the type that the server says, as SQLite has them: there is no truth, and JSON is text. */
const PARSERS: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [pg.types.builtins.BOOL, (text) => (text === "t" ? 1 : 0)],
  [pg.types.builtins.INT8, integer],
  [pg.types.builtins.NUMERIC, Number],
  [pg.types.builtins.JSON, (text) => text],
  [pg.types.builtins.JSONB, (text) => text]
])

const types: pg.CustomTypesConfig = {
  getTypeParser: (type, format) =>
    (format === "binary" ? undefined : PARSERS.get(type)) ?? pg.types.getTypeParser(type, format)
}

/** What is said of TLS in words that `pg` warns of, since it will read them otherwise one day. */
const SSL_MODE = /(?<=[?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/gu

/** The address with each word for TLS as it is meant here: the certificate is looked at (docs/cluster.md). */
const plainly = (url: string): string =>
  // Who asks for libpq's own reading has said what is meant.
  /[?&]uselibpqcompat=true(?:&|$)/u.test(url) ? url : url.replace(SSL_MODE, "verify-full")

/** How each connection is made. `use` says what it is for, to whoever looks at the server. */
export const connecting = ({ name, url }: Server, use: string): pg.ClientConfig => ({
  connectionString: plainly(Redacted.value(url)),
  application_name: `imsg-gateway ${name} ${use}`,
  connectionTimeoutMillis: CONNECT_MS,
  idle_in_transaction_session_timeout: PAUSED_MS,
  lock_timeout: LOCK_WAIT_MS,
  statement_timeout: STATEMENT_MS,
  query_timeout: ANSWER_MS,
  keepAlive: true,
  keepAliveInitialDelayMillis: KEEP_ALIVE_MS
})

/** Takes its own time to be made, however long its pool lets people wait. */
class StoreClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super({ ...config, connectionTimeoutMillis: CONNECT_MS })
  }
}

/**
 * The same, for what the stores ask: several statements go at once, and values are read as SQLite has them. Who waits until
 * others give a connection back waits for as long as the server may take to answer them: it is there, and has much to do.
 * A pool counts that wait as the time to connect, which would make of a busy host one whose database is away.
 */
export const connectingStores = (server: Server, use: string): pg.PoolConfig => ({
  ...connecting(server, use),
  connectionTimeoutMillis: ANSWER_MS,
  Client: StoreClient,
  pipeline: true,
  types
})

/** What there is against an address, without any of it but the name of a file that it asks for. */
const unusable = (error: unknown): string =>
  Predicate.hasProperty(error, "path") && typeof error.path === "string"
    ? `the file ${error.path}, which its URL names, cannot be read: ${failureWords(error)}`
    : "the URL cannot be read"

/** What the server's database is called, without who opens it; fails where the URL is none, or names files that are not there. */
export const nameOf = (server: Server): Effect.Effect<string, StoreUnavailable> =>
  Effect.try({
    try: () => {
      const { database, host, port } = new pg.Client(connecting(server, "name"))
      return `${host}:${port}/${database ?? ""}`
    },
    catch: (error) =>
      new StoreUnavailable({
        file: "of cluster.postgres.url",
        detail: unusable(error),
        trouble: "address"
      })
  })

/** How long the server may take to agree that a connection is over, in ms: a way that only swallows never says so. */
const CLOSE_MS = 1000

/** Closes connections, or leaves them to the system. */
export const closing = (end: () => Promise<void>): Effect.Effect<void> =>
  Effect.asVoid(waitAtMost(Effect.ignore(Effect.tryPromise(end)), CLOSE_MS))

/** Connections for whoever asks, closed with the scope. Each is made when it is needed. */
export const pool = (config: pg.PoolConfig): Effect.Effect<pg.Pool, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const connections = new pg.Pool(config)
      // One that is lost says so to whoever asks it something, and is not lent again.
      connections.on("error", () => {})
      connections.on("connect", (client) => {
        client.on("error", () => {})
      })
      return connections
    }),
    (connections) => closing(() => connections.end())
  )

/** One of the connections, which has to be given back. */
export const connected = (connections: pg.Pool): Effect.Effect<pg.PoolClient, unknown> =>
  Effect.async((resume) => {
    if (connections.ending) {
      resume(Effect.fail(closed()))
      return
    }
    connections.connect((error, client) => {
      resume(client === undefined ? Effect.fail(error) : Effect.succeed(client))
    })
  })

/** Ends what was begun and gives the connection back once that is done; whoever had it does not wait. */
export const giveBack =
  (end: "COMMIT" | "ROLLBACK") =>
  (client: pg.PoolClient): Effect.Effect<void> =>
    Effect.sync(() => {
      client.query(end, (error: Error | null) => client.release(error ?? false))
    })

/** Fails where the server does not answer. */
export const asked = (connections: pg.Pool, file: string): Effect.Effect<void, StoreUnavailable> =>
  Effect.tryPromise({ try: () => connections.query("SELECT 1"), catch: unavailable(file) }).pipe(
    Effect.asVoid
  )
