/** Turns that agents with tools were given, in the gateway's store. */
import { Clock, Effect, Layer, Ref } from "effect"
import { BegunTurns, type TurnMessages } from "../../services/BegunTurns.ts"
import { Database } from "../database/Database.ts"
import * as Step from "../database/Step.ts"

const make = Effect.gen(function* () {
  const database = yield* Database
  const add = database.prepare(`
    INSERT INTO begun_messages (envelope_key, attempt, begun_at) VALUES (?, ?, ?)
    ON CONFLICT (envelope_key, attempt) DO UPDATE SET begun_at = excluded.begun_at, is_over = 0`)
  const remove = database.prepare("DELETE FROM begun_messages WHERE envelope_key = ? AND attempt = ?")
  const setOver = database.prepare(
    "UPDATE begun_messages SET is_over = 1 WHERE envelope_key = ? AND attempt = ?"
  )
  const find = database.prepare<{ readonly is_over: number }>(
    "SELECT is_over FROM begun_messages WHERE envelope_key = ? AND attempt = ?"
  )
  const findAny = database.prepare("SELECT 1 FROM begun_messages LIMIT 1")
  /** Every turn is asked about: where no agent has tools the store is not, unless other hosts begin turns too. */
  const isAny = yield* Ref.make(
    database.isShared ||
      (yield* database
        .read(() => Step.map(findAny.get(), (row) => row !== undefined))
        .pipe(Effect.orElseSucceed(() => true)))
  )

  const onEach = ({ attempt, keys }: TurnMessages, change: typeof remove) =>
    Effect.asVoid(database.write(() => Step.forEach(keys, (key) => change.run(key, attempt))))

  return BegunTurns.of({
    begin: ({ attempt, keys }) =>
      Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        yield* Ref.set(isAny, true)
        yield* database.write(() => Step.forEach(keys, (key) => add.run(key, attempt, now)))
      }),
    takeBack: (turn) => onEach(turn, remove),
    end: (turn) => onEach(turn, setOver),
    stateOf: ({ attempt, keys }) =>
      Effect.if(Ref.get(isAny), {
        onFalse: () => Effect.succeed("unbegun" as const),
        onTrue: () =>
          database.read(function* () {
            const rows = yield* Step.forEach(keys, (key) => find.get(key, attempt))
            const found = rows.flatMap((row) => row ?? [])
            if (found.length === 0) return "unbegun"
            const over = found.filter(({ is_over }) => is_over === 1)
            return over.length === keys.length ? "over" : "begun"
          })
      })
  })
})

export const layer: Layer.Layer<BegunTurns, never, Database> = Layer.effect(BegunTurns, make)
