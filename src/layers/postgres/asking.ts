/** How a connection is asked: a statement, several at once, and a store's step, statement by statement. */
import { Deferred, Effect, identity } from "effect"
import type pg from "pg"
import type { Answer, Query, Statement, Step, Value } from "../database/Step.ts"
import { inOrder, type Translated, translate } from "./dialect.ts"
import { isOutdated } from "./failures.ts"

/** The statements of the stores, which are as many as are written down; each with a number of its own. */
const translations = new Map<string, Translated & { readonly number: number }>()
const translated = (sql: string) => {
  const known = translations.get(sql)
  if (known !== undefined) return known
  const translation = { ...translate(sql), number: translations.size }
  translations.set(sql, translation)
  return translation
}

/**
 * A connection keeps what it has prepared under a name, which halves what a read costs. Once a newer host has changed a
 * table that does not fit any more; then everything is prepared anew, under other names.
 */
let generation = 0

const send = (
  client: pg.ClientBase,
  { bound, sql }: Query,
  answered: (answer: Effect.Effect<Answer, unknown>) => void
): void => {
  const translation = translated(sql)
  const values: Array<Value> = [...inOrder(translation, bound)]
  const name = values.length === 0 ? {} : { name: `${generation}.${translation.number}` }
  client.query<object>({ ...name, text: translation.sql, values }, (error: Error | null, result) => {
    if (isOutdated(error)) generation++
    answered(
      error === null || error === undefined
        ? Effect.succeed({ rows: result.rows, changes: result.rowCount ?? 0 })
        : Effect.fail(error)
    )
  })
}

/** Asks. Fails with what the server or the connection has against it. */
export const ask = (client: pg.ClientBase, query: Query): Effect.Effect<Answer, unknown> =>
  Effect.async((resume) => {
    send(client, query, resume)
  })

/** Asks without waiting, so that what is asked next goes along with it. What comes of it is the answer. */
export const askAhead = (
  client: pg.ClientBase,
  sql: string,
  ...bound: ReadonlyArray<Value>
): Effect.Effect<Effect.Effect<Answer, unknown>> =>
  Effect.map(Deferred.make<Answer, unknown>(), (answered) => {
    send(client, { sql, bound }, (answer) => Deferred.unsafeDone(answered, answer))
    return Deferred.await(answered)
  })

const NOTHING: Answer = { rows: [], changes: 0 }

/**
 * Carries out a step from its beginning to its end, one statement after the other. Fails also with what it throws.
 * `onAnswer` is told of each answer before the step is.
 */
export const runStep = <A>(
  client: pg.ClientBase,
  steps: () => Step<A>,
  onAnswer: () => void = () => {}
): Effect.Effect<A, unknown> =>
  Effect.suspend(() => {
    let iterator: Iterator<Query, A, Answer> | undefined
    const goOn = (answer: Answer): Effect.Effect<A, unknown> =>
      Effect.flatMap(
        Effect.try({
          try: () => {
            iterator ??= steps()[Symbol.iterator]()
            return iterator.next(answer)
          },
          catch: identity
        }),
        (next) =>
          next.done === true
            ? Effect.succeed(next.value)
            : Effect.flatMap(
                // A value that cannot be bound is thrown.
                Effect.catchAllDefect(ask(client, next.value), Effect.fail),
                (given) => {
                  onAnswer()
                  return goOn(given)
                }
              )
      )
    // What a step wants done in any case is done also where it is not carried on.
    return Effect.onError(goOn(NOTHING), () => Effect.sync(() => iterator?.return?.()))
  })

/** Nothing checks that what a statement selects is what its store says that it selects: see `Statement`. */
const rowsOf = <Row>({ rows }: Answer): ReadonlyArray<Row> => rows as ReadonlyArray<Row>

/** A step that is one statement: by itself it is of one moment, and needs no transaction to be. */
export interface OneStatement<A> extends Step<A> {
  readonly query: Query
  readonly read: (answer: Answer) => A
}

export const isOneStatement = <A>(step: Step<A>): step is OneStatement<A> => "query" in step

const asking = <A>(query: Query, read: (answer: Answer) => A): OneStatement<A> => ({
  query,
  read,
  *[Symbol.iterator]() {
    return read(yield query)
  }
})

/** A statement that is asked when its turn comes in a step. */
export const prepare = <Row = never>(sql: string): Statement<Row> => {
  translated(sql)
  return {
    get: (...bound) => asking({ sql, bound }, (answer) => rowsOf<Row>(answer)[0]),
    all: (...bound) => asking({ sql, bound }, (answer) => rowsOf<Row>(answer)),
    run: (...bound) => asking({ sql, bound }, ({ changes }) => ({ changes }))
  }
}
