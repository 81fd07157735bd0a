/** Which messages are one turn, in the gateway's store. */
import { Clock, Effect, Layer, Option } from "effect"
import { TurnMembers } from "../../services/TurnMembers.ts"
import { Database } from "../database/Database.ts"

const make = Effect.gen(function* () {
  const database = yield* Database
  const addMember = database.prepare(
    "INSERT OR IGNORE INTO turn_members (envelope_key, turn_id, begun_at) VALUES (?, ?, ?)"
  )
  // It looks through all of them: only a turn that was cut off is begun again.
  const dropMembers = database.prepare("DELETE FROM turn_members WHERE turn_id = ?")
  const selectTurn = database.prepare<{ readonly turn_id: string }>(
    "SELECT turn_id FROM turn_members WHERE envelope_key = ?"
  )
  const writeAt = (statements: (now: number) => void) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => database.write(() => statements(now)))

  return TurnMembers.of({
    begin: (turnId, envelopeKeys) =>
      writeAt((now) => {
        for (const key of envelopeKeys) addMember.run(key, turnId, now)
      }),
    beginAgain: (turnId, envelopeKeys) =>
      writeAt((now) => {
        dropMembers.run(turnId)
        for (const key of envelopeKeys) addMember.run(key, turnId, now)
      }),
    turnOf: (envelopeKey) =>
      database.read(() =>
        Option.map(Option.fromNullable(selectTurn.get(envelopeKey)), ({ turn_id }) => turn_id)
      )
  })
})

export const layer: Layer.Layer<TurnMembers, never, Database> = Layer.effect(TurnMembers, make)
