/** The audit log in the gateway's store, where the gateway and commands beside it write it alike. */
import { Array as Arr, Clock, Effect, Layer, Schema } from "effect"
import { AuditActor, type AuditEntry, AuditEvent } from "../../schemas/Audit.ts"
import { Audit, OnBehalfOf } from "../../services/Audit.ts"
import { Database } from "../database/Database.ts"
import * as Step from "../database/Step.ts"
import { makeTrail } from "./auditTrail.ts"

interface EntryRow {
  readonly number: number
  readonly at: number
  readonly actor: string
  readonly event: string
}

const decodeActor = Schema.decodeSync(Schema.parseJson(AuditActor))
const decodeEvent = Schema.decodeSync(Schema.parseJson(AuditEvent))

const entryOf = ({ actor, at, event, number }: EntryRow): AuditEntry => ({
  number,
  at,
  by: decodeActor(actor),
  event: decodeEvent(event)
})

const make = Effect.gen(function* () {
  const database = yield* Database
  const trail = makeTrail(database)
  const select = database.prepare<EntryRow>(`
    SELECT * FROM (SELECT * FROM audit WHERE at >= ? ORDER BY number DESC LIMIT ?) AS last ORDER BY number`)

  return Audit.of({
    record: (event) =>
      Effect.gen(function* () {
        const by = yield* OnBehalfOf
        const at = yield* Clock.currentTimeMillis
        yield* database.write(() => trail({ at, by, event }))
      }).pipe(
        Effect.catchAll(({ code, message }) =>
          Effect.annotateLogs(Effect.logWarning("the audit log misses an entry: the store refused it"), {
            event: event._tag,
            code,
            detail: message
          })
        )
      ),
    entries: ({ limit, since = 0 }) =>
      database.read(() => Step.map(select.all(since, limit), Arr.map(entryOf)))
  })
})

export const layer: Layer.Layer<Audit, never, Database> = Layer.effect(Audit, make)
