/** Turns that agents with tools were given, in the gateway's store. */
import { Clock, Effect, Layer, Ref } from "effect"
import { BegunTurns, type TurnMessages } from "../../services/BegunTurns.ts"
import { Database } from "../database/Database.ts"

const make = Effect.gen(function* () {
  const database = yield* Database
  const add = database.prepare(
    "INSERT OR REPLACE INTO begun_messages (envelope_key, attempt, begun_at) VALUES (?, ?, ?)"
  )
  const remove = database.prepare("DELETE FROM begun_messages WHERE envelope_key = ? AND attempt = ?")
  const setOver = database.prepare(
    "UPDATE begun_messages SET is_over = 1 WHERE envelope_key = ? AND attempt = ?"
  )
  const find = database.prepare<{ readonly is_over: number }>(
    "SELECT is_over FROM begun_messages WHERE envelope_key = ? AND attempt = ?"
  )
  const findAny = database.prepare("SELECT 1 FROM begun_messages LIMIT 1")
  /** Every turn is asked about: where no agent has tools the store is not. */
  const isAny = yield* Ref.make(
    yield* database.read(() => findAny.get() !== undefined).pipe(Effect.orElseSucceed(() => true))
  )

  const onEach = ({ attempt, keys }: TurnMessages, change: typeof remove) =>
    database.write(() => {
      for (const key of keys) change.run(key, attempt)
    })

  return BegunTurns.of({
    begin: ({ attempt, keys }) =>
      Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        yield* Ref.set(isAny, true)
        yield* database.write(() => {
          for (const key of keys) add.run(key, attempt, now)
        })
      }),
    takeBack: (turn) => onEach(turn, remove),
    end: (turn) => onEach(turn, setOver),
    stateOf: ({ attempt, keys }) =>
      Effect.if(Ref.get(isAny), {
        onFalse: () => Effect.succeed("unbegun" as const),
        onTrue: () =>
          database.read(() => {
            const found = keys.flatMap((key) => find.get(key, attempt) ?? [])
            if (found.length === 0) return "unbegun"
            const over = found.filter(({ is_over }) => is_over === 1)
            return over.length === keys.length ? "over" : "begun"
          })
      })
  })
})

export const layer: Layer.Layer<BegunTurns, never, Database> = Layer.effect(BegunTurns, make)
