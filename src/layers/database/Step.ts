/**
 * What a store asks of its database, one statement after another. A step is written as a generator: `yield*` runs a
 * statement and has its rows. SQLite runs it to its end without a pause; over a connection it pauses at each query. So
 * a store stands once, whatever it lies in.
 */

/** What can be bound to a statement; a truth value is 0 or 1. */
export type Value = null | number | bigint | string | Uint8Array

/** What takes the place of a statement's question marks, in their order, or of its `$name`s, by their names. */
export type Bound = ReadonlyArray<Value> | readonly [Readonly<Record<string, Value>>]

/** A statement with what is bound to it, for a database that has to be waited for. */
export interface Query {
  readonly sql: string
  readonly bound: Bound
}

/** What came of a query: its rows, by the names of their columns, and how many were written. */
export interface Answer {
  readonly rows: ReadonlyArray<unknown>
  readonly changes: number
}

/** Statements in their order, and what they come to. It is run once, and may be run from the beginning again. */
export interface Step<out A> {
  readonly [Symbol.iterator]: () => Iterator<Query, A, Answer>
}

/** A statement as a store has it. `Row` is what it selects, by the names of its columns; nothing checks that. */
export interface Statement<Row = never> {
  /** The first row. */
  readonly get: (...bound: Bound) => Step<Row | undefined>
  readonly all: (...bound: Bound) => Step<ReadonlyArray<Row>>
  /** How many rows were written. */
  readonly run: (...bound: Bound) => Step<{ readonly changes: number }>
}

/** A step without a statement, carried out when its turn comes. */
export const sync = <A>(run: () => A): Step<A> => ({
  [Symbol.iterator]: () => ({ next: () => ({ done: true, value: run() }) })
})

/** A step that does nothing. */
export const nothing: Step<void> = sync(() => {})

export const map = <A, B>(step: Step<A>, f: (a: A) => B): Step<B> => ({
  *[Symbol.iterator]() {
    return f(yield* step)
  }
})

/** The steps of some items, one after the other. */
export const forEach = <A, B>(items: Iterable<A>, f: (item: A) => Step<B>): Step<ReadonlyArray<B>> => ({
  *[Symbol.iterator]() {
    const results: Array<B> = []
    for (const item of items) results.push(yield* f(item))
    return results
  }
})

/** Runs a step whose statements have nothing to wait for. */
export const runSync = <A>(step: Step<A>): A => {
  const result = step[Symbol.iterator]().next({ rows: [], changes: 0 })
  if (result.done !== true) throw new Error("a statement of another database was asked")
  return result.value
}
