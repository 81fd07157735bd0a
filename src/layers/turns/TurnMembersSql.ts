/** Which messages are one turn, in the gateway's store. */
import { Clock, Effect, Layer, Option } from "effect"
import { TurnMembers } from "../../services/TurnMembers.ts"
import { Database } from "../database/Database.ts"
import * as Step from "../database/Step.ts"

const make = Effect.gen(function* () {
  const database = yield* Database
  const addMember = database.prepare(
    "INSERT INTO turn_members (envelope_key, turn_id, begun_at) VALUES (?, ?, ?) ON CONFLICT (envelope_key) DO NOTHING"
  )
  // It looks through all of them: only a turn that was cut off is begun again.
  const dropMembers = database.prepare("DELETE FROM turn_members WHERE turn_id = ?")
  const selectTurn = database.prepare<{ readonly turn_id: string }>(
    "SELECT turn_id FROM turn_members WHERE envelope_key = ?"
  )
  const writeAt = <A>(steps: (now: number) => Step.Step<A>) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => Effect.asVoid(database.write(() => steps(now))))
  const addAll = (turnId: string, envelopeKeys: ReadonlyArray<string>, now: number) =>
    Step.forEach(envelopeKeys, (key) => addMember.run(key, turnId, now))

  return TurnMembers.of({
    begin: (turnId, envelopeKeys) => writeAt((now) => addAll(turnId, envelopeKeys, now)),
    beginAgain: (turnId, envelopeKeys) =>
      writeAt(function* (now) {
        yield* dropMembers.run(turnId)
        yield* addAll(turnId, envelopeKeys, now)
      }),
    turnOf: (envelopeKey) =>
      database.read(() => Step.map(selectTurn.get(envelopeKey), (row) => Option.fromNullable(row?.turn_id)))
  })
})

export const layer: Layer.Layer<TurnMembers, never, Database> = Layer.effect(TurnMembers, make)
