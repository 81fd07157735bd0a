/** A table of a file's store, copied into the server's a page at a time. */
import type { Database } from "../../database/Database.ts"
import { runSync, type Step } from "../../database/Step.ts"

type Store = Database["Type"]

/** Rows that are in memory at once. */
const PAGE = 200
/** Characters that go to the server in one statement, unless one row has more: a statement has its time. */
const MOST_CHARS = 2_000_000

interface Column {
  readonly name: string
  readonly type: string
  /** Its place in the primary key, from 1; 0 where it is not in it. */
  readonly pk: number
}

/** Values as texts: numbers of 63 bits are none of JavaScript's. */
type Row = Readonly<Record<string, string | null>>

const columnsOf = ({ prepare }: Store, table: string): ReadonlyArray<Column> =>
  runSync(prepare<Column>("SELECT name, type, pk FROM pragma_table_info(?)").all(table))

/** The rows of a table in the order of its key, read as they are asked for. */
function* pagesOf({ prepare }: Store, table: string, columns: ReadonlyArray<Column>) {
  const key = columns.filter(({ pk }) => pk > 0).sort((one, other) => one.pk - other.pk)
  const names = key.map(({ name }) => `t.${name}`).join(", ")
  const selected = columns.map(({ name }) => `CAST(t.${name} AS TEXT) AS ${name}`).join(", ")
  const page = (where: string) =>
    prepare<Row>(`SELECT ${selected} FROM ${table} AS t ${where} ORDER BY ${names} LIMIT ${PAGE}`)
  const next = page(`WHERE (${names}) > (${key.map(() => "?").join(", ")})`)
  // As they are in the key: what is cast is not looked for by its index, and each page reads all those before it.
  const keyOf = (row: Row) =>
    key.map(({ name, type }) => {
      const value = row[name] ?? null
      return value !== null && type === "INTEGER" ? BigInt(value) : value
    })
  let rows = runSync(page("").all())
  while (rows.length > 0) {
    yield rows
    rows = rows.length < PAGE ? [] : runSync(next.all(...keyOf(rows.at(-1) ?? {})))
  }
}

/** A text holds no NUL there: as whoever writes it there has it. */
const storable = (_: string, value: unknown): unknown =>
  typeof value === "string" ? value.replaceAll("\0", "\uFFFD") : value

/**
 * What numbers itself goes on behind what came, and behind numbers of rows that are not there any more: people were told some
 * of them. Like every numbering of the server it stays so where the rest is undone, which leaves a gap and nothing else.
 */
const goOnNumbering = (
  from: Store,
  into: Store,
  table: string,
  columns: ReadonlyArray<Column>
): Step<void> => ({
  *[Symbol.iterator]() {
    const [key, ...others] = columns.filter(({ pk }) => pk > 0)
    if (key?.type !== "INTEGER" || others.length > 0) return
    const last = runSync(
      from
        .prepare<{ readonly number: string | null }>(
          `SELECT CAST(max(number) AS TEXT) AS number FROM (
             SELECT max(${key.name}) AS number FROM ${table}
             UNION ALL SELECT seq FROM sqlite_sequence WHERE name = ?)
           WHERE number > 0`
        )
        .get(table)
    )
    const number = last?.number ?? undefined
    if (number === undefined) return
    // A key that does not number itself has no sequence there, and of none nothing is set.
    yield* into
      .prepare(
        `SELECT CAST(setval(pg_get_serial_sequence(CAST(? AS TEXT), CAST(? AS TEXT)), CAST(CAST(? AS TEXT) AS BIGINT))
           AS TEXT) AS number`
      )
      .run(table, key.name, number)
  }
})

/** Rows as JSON, as many together as may go in one statement. */
function* statementsOf(rows: ReadonlyArray<Row>) {
  let together: Array<string> = []
  let chars = 0
  for (const row of rows) {
    const json = JSON.stringify(row, storable)
    if (together.length > 0 && chars + json.length > MOST_CHARS) {
      yield `[${together.join()}]`
      together = []
      chars = 0
    }
    together.push(json)
    chars += json.length
  }
  yield `[${together.join()}]`
}

/** Within a write of `into`: copies a table as it is. Answers how many rows it has. `goOn` throws where it is not to. */
export const copyTable = (from: Store, into: Store, table: string, goOn: () => void): Step<number> => ({
  *[Symbol.iterator]() {
    const columns = columnsOf(from, table)
    const names = columns.map(({ name }) => name).join(", ")
    const insert = into.prepare(`
      INSERT INTO ${table} (${names})
      SELECT ${names} FROM json_populate_recordset(CAST(NULL AS ${table}), CAST(CAST(? AS TEXT) AS JSON))`)
    let count = 0
    for (const rows of pagesOf(from, table, columns)) {
      for (const statement of statementsOf(rows)) {
        goOn()
        yield* insert.run(statement)
      }
      count += rows.length
    }
    yield* goOnNumbering(from, into, table, columns)
    goOn()
    return count
  }
})
