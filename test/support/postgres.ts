/**
 * Real PostgreSQL servers, each in a folder of its own and with a port of its own. They end with whoever started them,
 * also where that is killed. Those that the tests of a worker share have an empty database for each of them.
 */
import { execFile, spawn } from "node:child_process"
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir, userInfo } from "node:os"
import { dirname, join } from "node:path"
import { Effect, Layer, Redacted } from "effect"
import pg from "pg"
import * as DatabasePostgres from "../../src/layers/postgres/DatabasePostgres.ts"
import { freePort } from "./freePort.ts"
import { program } from "./programs.ts"

const USER = "gateway"
const PASSWORD = "of-the-tests"
/** What a migrated database is copied from. */
const TEMPLATE = "migrated"

interface Owner {
  readonly uid?: number
  readonly gid?: number
}

/** Runs a program to its end. Fails with what it wrote. */
const run = (file: string, args: ReadonlyArray<string>, owner: Owner = {}): Effect.Effect<string> =>
  Effect.async((resume) => {
    execFile(file, args, { ...owner, cwd: "/" }, (error, stdout, stderr) =>
      resume(
        error === null ? Effect.succeed(stdout.trim()) : Effect.die(new Error(`${error.message}\n${stderr}`))
      )
    )
  })

/** A server refuses to be root's: there it is the one's whom the package made for it, or nobody's. */
const owner: Effect.Effect<Owner> =
  userInfo().uid === 0
    ? Effect.gen(function* () {
        const idOf = (kind: string) =>
          run("id", [kind, "postgres"]).pipe(Effect.catchAllDefect(() => run("id", [kind, "nobody"])))
        return { uid: Number(yield* idOf("-u")), gid: Number(yield* idOf("-g")) }
      })
    : Effect.succeed({})

/** Ends the server and removes its folder once nobody holds the other end of its input any more. */
const WATCHER = `
read _
pid=$(head -n 1 "$0/data/postmaster.pid" 2>/dev/null) && kill -QUIT "$pid" && while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
rm -rf "$0"`

/** Leaves the tables as a migration does: nothing in them but which that was, and numbers begin anew. */
const EMPTY = `
SET lock_timeout = '5s';
DO $$
DECLARE
  name text;
  is_filled boolean;
  filled text[] := '{}';
BEGIN
  FOR name IN SELECT quote_ident(relname) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'schema_version' LOOP
    EXECUTE 'SELECT EXISTS (SELECT FROM ' || name || ')' INTO is_filled;
    IF is_filled THEN filled := filled || name; END IF;
  END LOOP;
  IF cardinality(filled) > 0 THEN EXECUTE 'TRUNCATE ' || array_to_string(filled, ', ') || ' CASCADE'; END IF;
  FOR name IN SELECT quote_ident(sequencename) FROM pg_sequences
    WHERE schemaname = 'public' AND last_value IS NOT NULL LOOP
    EXECUTE 'ALTER SEQUENCE ' || name || ' RESTART';
  END LOOP;
END $$`

/** Another text once a test has changed a table, a trigger or a function. */
const SCHEMA = `
SELECT concat_ws(' ',
  (SELECT concat(count(*), '/', max(oid)) FROM pg_class WHERE relnamespace = 'public'::regnamespace),
  (SELECT count(*) FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND NOT attisdropped),
  (SELECT concat(count(*), '/', max(oid)) FROM pg_trigger),
  (SELECT concat(count(*), '/', max(oid)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace),
  (SELECT concat(count(*), '/', max(oid)) FROM pg_constraint),
  (SELECT concat(count(*), '/', max(version)) FROM schema_version)) AS schema`

/** Nothing of what it is told has to last. */
const OPTIONS = ["fsync=off", "full_page_writes=off", "shared_buffers=32MB", "max_connections=200"]

export interface Server {
  /** How one of its databases is opened. */
  readonly url: (database: string) => Redacted.Redacted<string>
  readonly port: number
  readonly start: Effect.Effect<void>
  /** "fast" ends its connections, "immediate" is a crash. */
  readonly stop: (mode: "fast" | "immediate") => Effect.Effect<void>
  readonly end: Effect.Effect<void>
  /** Runs statements on one of its databases, beside whoever works with it. */
  readonly query: <Row extends object>(database: string, sql: string) => Effect.Effect<ReadonlyArray<Row>>
}

const startIn = (dir: string, bin: string, as: Owner, port: number): Server => {
  const data = join(dir, "data")
  const pgCtl = (...args: ReadonlyArray<string>) =>
    run(join(bin, "pg_ctl"), ["-D", data, "-s", "-w", ...args], as)
  const url = (database: string) =>
    Redacted.make(`postgresql://${USER}:${PASSWORD}@127.0.0.1:${port}/${database}`)
  return {
    url,
    port,
    start: pgCtl("-l", join(dir, "log"), "start"),
    stop: (mode) => pgCtl("-m", mode, "stop"),
    end: Effect.void,
    query: <Row extends object>(database: string, sql: string) =>
      Effect.promise(async () => {
        const client = new pg.Client({ connectionString: Redacted.value(url(database)) })
        await client.connect()
        try {
          return (await client.query<Row>(sql)).rows
        } finally {
          await client.end()
        }
      })
  }
}

/** A server, which runs. Whoever starts it ends it. */
const launch = (bin: string, options: ReadonlyArray<string> = OPTIONS): Effect.Effect<Server> =>
  Effect.gen(function* () {
    const as = yield* owner
    const port = yield* freePort
    const dir = mkdtempSync(join(tmpdir(), "imsg-postgres-"))
    const password = join(dir, "password")
    writeFileSync(password, PASSWORD, { mode: 0o600 })
    if (as.uid !== undefined && as.gid !== undefined) {
      for (const path of [dir, password]) chownSync(path, as.uid, as.gid)
    }
    const watcher = spawn("/bin/sh", ["-c", WATCHER, dir], {
      ...as,
      cwd: "/",
      detached: true,
      stdio: ["pipe", "ignore", "ignore"]
    })
    watcher.unref()
    const data = join(dir, "data")
    yield* run(
      join(bin, "initdb"),
      [
        "-D",
        data,
        "-U",
        USER,
        "-E",
        "UTF8",
        "--locale=C",
        "-A",
        "scram-sha-256",
        "-N",
        `--pwfile=${password}`
      ],
      as
    )
    const conf = join(data, "postgresql.conf")
    const lines = [
      ...options,
      `port=${port}`,
      "listen_addresses='127.0.0.1'",
      `unix_socket_directories='${dir}'`
    ]
    writeFileSync(conf, `${readFileSync(conf, "utf8")}\n${lines.join("\n")}\n`)
    const server = startIn(dir, bin, as, port)
    yield* server.start
    return {
      ...server,
      end: Effect.sync(() => {
        watcher.stdin.end()
        rmSync(password, { force: true })
      })
    }
  })

/** A server that loses nothing, as one that is worked with, until the scope closes. */
export const lastingServer = Effect.flatMap(program("postgres"), (file) =>
  Effect.acquireRelease(launch(dirname(file), ["max_connections=200"]), ({ end }) => end)
)

/** A server of one's own, to be stopped and started again; it ends with the scope. */
export const ownServer = Effect.flatMap(program("postgres"), (file) =>
  Effect.acquireRelease(launch(dirname(file)), ({ end }) => end)
)

/** One for all tests of this process, which ends with it. */
let shared: Promise<Server> | undefined
const sharedServer = Effect.flatMap(program("postgres"), (file) =>
  Effect.promise(() => {
    shared ??= Effect.runPromise(
      Effect.gen(function* () {
        const server = yield* launch(dirname(file))
        yield* server.query("postgres", `CREATE DATABASE ${TEMPLATE}`)
        yield* Effect.orDie(
          Effect.scoped(Layer.build(DatabasePostgres.layer({ url: server.url(TEMPLATE), name: "template" })))
        )
        return server
      })
    )
    return shared
  })
)

let count = 0
const created = (from: string) =>
  Effect.flatMap(sharedServer, (server) =>
    Effect.acquireRelease(
      Effect.suspend(() => {
        count++
        const name = `test_${count}`
        return Effect.as(server.query("postgres", `CREATE DATABASE ${name} TEMPLATE ${from}`), name)
      }),
      (name) => server.query("postgres", `DROP DATABASE ${name} WITH (FORCE)`)
    ).pipe(
      Effect.map((name) => ({
        url: server.url(name),
        query: <Row extends object>(sql: string) => server.query<Row>(name, sql)
      }))
    )
  )

/** A database with the gateway's tables, which are empty; it is removed with the scope. */
export const migratedDatabase = created(TEMPLATE)
/** A database without anything. */
export const emptyDatabase = created("template0")

/** A database that one test after the other has: to make one and to drop it takes longer than most tests. */
interface Reused {
  readonly name: string
  /** Empties it; says whether it is as it was when it was made. */
  readonly empty: () => Promise<boolean>
}
const free: Array<Reused> = []

const reused = (server: Server) =>
  Effect.promise(async (): Promise<Reused> => {
    count++
    const name = `reused_${count}`
    await Effect.runPromise(server.query("postgres", `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`))
    const client = new pg.Client({ connectionString: Redacted.value(server.url(name)) })
    // It ends with the server.
    client.on("error", () => {})
    await client.connect()
    const schema = async () => (await client.query<{ readonly schema: string }>(SCHEMA)).rows[0]?.schema
    const made = await schema()
    return {
      name,
      empty: async () => {
        try {
          await client.query(EMPTY)
          if ((await schema()) === made) return true
        } catch {
          // Somebody holds on to it.
        }
        await client.end()
        return false
      }
    }
  })

/** An empty database, which is another one for each test that has one at the same time. */
const emptied = Effect.flatMap(sharedServer, (server) =>
  Effect.acquireRelease(
    Effect.suspend(() => {
      const found = free.pop()
      return found === undefined ? reused(server) : Effect.succeed(found)
    }),
    (database) =>
      Effect.flatMap(Effect.promise(database.empty), (isEmpty) =>
        isEmpty
          ? Effect.sync(() => void free.push(database))
          : Effect.asVoid(server.query("postgres", `DROP DATABASE ${database.name} WITH (FORCE)`))
      )
  ).pipe(Effect.map(({ name }) => server.url(name)))
)

/** A store on an empty database, for a host that is called "here". */
export const store = Layer.unwrapScoped(
  Effect.map(emptied, (url) => Layer.orDie(DatabasePostgres.layer({ url, name: "here" })))
)
