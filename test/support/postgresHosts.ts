/** The stores of several hosts on one database, and what they are tested with. */
import { Context, Effect, Layer, Redacted } from "effect"
import pg from "pg"
import { Database } from "../../src/layers/database/Database.ts"
import * as Step from "../../src/layers/database/Step.ts"
import * as DatabasePostgres from "../../src/layers/postgres/DatabasePostgres.ts"

type Store = Database["Type"]

/** The store of a host, until the scope closes. */
export const openFor = (
  url: DatabasePostgres.Server["url"],
  host: Partial<Pick<DatabasePostgres.Server, "name" | "holder">> = {}
) => Effect.map(Layer.build(DatabasePostgres.layer({ url, name: "here", ...host })), Context.get(Database))

/** A position of an account, as something that is written; a second one of the same account fails. */
export const insert = ({ prepare }: Store, account: string) =>
  prepare("INSERT INTO cursors (account_id, row_id) VALUES (?, 1)").run(account)

/** Whose positions are written, in their order. */
export const accounts = ({ prepare, read }: Store) =>
  read(() =>
    Step.map(
      prepare<{ readonly account_id: string }>("SELECT account_id FROM cursors ORDER BY account_id").all(),
      (rows) => rows.map(({ account_id }) => account_id)
    )
  )

/** What is run on a connection of one's own, which stays until the scope closes. */
export const connect = (url: DatabasePostgres.Server["url"]) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(async () => {
        const client = new pg.Client({ connectionString: Redacted.value(url) })
        await client.connect()
        return client
      }),
      (client) => Effect.promise(() => client.end())
    ),
    (client) => (sql: string) => Effect.asVoid(Effect.promise(() => client.query(sql)))
  )
