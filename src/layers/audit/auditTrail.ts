/** The audit log as a table: an entry is written with what it tells of, all or nothing. */
import { Schema } from "effect"
import { AuditActor, AuditEvent } from "../../schemas/Audit.ts"
import type { Database } from "../database/Database.ts"
import type { Step } from "../database/Step.ts"

/** Entries of each kind that are kept: however often one thing is done, it pushes out no other. */
export const MOST_OF_A_KIND = 2000
/** How long an entry is kept, in ms: about 13 months. */
export const KEPT_MS = 400 * 24 * 3_600_000
/** Old entries that go with each new one. */
const OLD_AT_ONCE = 20

const encodeActor = Schema.encodeSync(Schema.parseJson(AuditActor))
const encodeEvent = Schema.encodeSync(Schema.parseJson(AuditEvent))

/** Writes an entry, within a write of its caller. */
export type Trail = (entry: {
  readonly at: number
  readonly by: AuditActor
  readonly event: AuditEvent
}) => Step<void>

export const makeTrail = (database: typeof Database.Service): Trail => {
  const add = database.prepare("INSERT INTO audit (at, kind, actor, event) VALUES (?, ?, ?, ?)")
  const trim = database.prepare(`
    DELETE FROM audit WHERE kind = $kind AND number <= (
      SELECT number FROM audit WHERE kind = $kind ORDER BY number DESC LIMIT 1 OFFSET ${MOST_OF_A_KIND})`)
  const dropOld = database.prepare(`
    DELETE FROM audit WHERE number IN (
      SELECT number FROM (SELECT number, at FROM audit ORDER BY number LIMIT ${OLD_AT_ONCE}) AS oldest WHERE at < ?)`)
  return function* ({ at, by, event }) {
    yield* add.run(at, event._tag, encodeActor(by), encodeEvent(event))
    yield* trim.run({ kind: event._tag })
    yield* dropOld.run(at - KEPT_MS)
  }
}
