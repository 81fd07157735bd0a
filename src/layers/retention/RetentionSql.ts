/**
 * Pruning of the gateway's store and of the files beside it. The pages that become free are used again, so the file
 * keeps the size that a week of messages needs; giving them back would cost seconds in which nothing else runs
 * (`VACUUM`), or more work at every write (`auto_vacuum`, which an existing file cannot have without the former).
 */
import { Snowflake } from "@effect/cluster"
import { Array as Arr, Clock, Effect, Layer, Number as Num } from "effect"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { OutboundFiles } from "../../services/OutboundFiles.ts"
import { Retention } from "../../services/Retention.ts"
import { Database } from "../database/Database.ts"
import * as Step from "../database/Step.ts"
import { makeForgetDecisions } from "../decisions/forget.ts"
import { makeForgetWords, WORDLESS } from "../outbox/words.ts"

/** Rows that are removed in one write: a few milliseconds, for what belongs together lies scattered over the file. */
const BATCH = 50
/** Between two writes everybody else has their turn. */
const PAUSE = "10 millis"

interface SettledPart {
  readonly delivery_id: string
  readonly part_index: number
  readonly settled_at: number
}

/** Before all parts. */
const NONE: SettledPart = { delivery_id: "", part_index: -1, settled_at: -1 }

/** The deliveries of some parts that are not open. */
const closedOf = (parts: ReadonlyArray<SettledPart>, open: ReadonlySet<string>): ReadonlyArray<string> =>
  Arr.dedupe(parts.map(({ delivery_id }) => delivery_id)).filter((id) => !open.has(id))

const changesOf = (written: Step.Step<{ readonly changes: number }>): Step.Step<number> =>
  Step.map(written, ({ changes }) => changes)

const make = Effect.gen(function* () {
  const database = yield* Database
  const outboundFiles = yield* OutboundFiles
  const oldestTurn = database.prepare<{ readonly id: string }>(`
    SELECT CAST(id AS TEXT) AS id FROM mailbox
    WHERE processed = 0 AND entity_type = 'Session' AND kind = 'Request' AND NOT EXISTS (
      SELECT 1 FROM paused_chats WHERE until IS NULL AND lane = account_id || ' ' || chat)
    ORDER BY seq LIMIT 1`)
  const openDeliveries = database.prepare<{ readonly seq: number; readonly id: string }>(`
    SELECT seq, delivery_id AS id FROM outbox WHERE place <> 'ended' AND seq > ? ORDER BY seq LIMIT ?`)
  const dropDeliveries = database.prepare(`
    DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox WHERE ended_at < ? ORDER BY ended_at LIMIT ?)`)
  const deadDeliveries = database.prepare<{ readonly id: string }>(
    "SELECT id FROM dead_letters WHERE kind = 'delivery'"
  )
  const finished = "(SELECT request_id FROM mailbox WHERE finished_at < ? ORDER BY finished_at LIMIT ?)"
  const dropChunks = database.prepare(`DELETE FROM mailbox_chunk WHERE request_id IN ${finished}`)
  const dropMessages = database.prepare(`DELETE FROM mailbox WHERE request_id IN ${finished}`)
  const dropTurns = database.prepare(`
    DELETE FROM turn_members WHERE envelope_key IN
      (SELECT envelope_key FROM turn_members WHERE begun_at < ? ORDER BY begun_at LIMIT ?)`)
  const dropBegun = database.prepare(`
    DELETE FROM begun_messages WHERE (envelope_key, attempt) IN
      (SELECT envelope_key, attempt FROM begun_messages WHERE begun_at < ? ORDER BY begun_at LIMIT ?)`)
  const dropHistories = database.prepare(`
    DELETE FROM history WHERE (account_id, chat_id, row_id, guid) IN
      (SELECT account_id, chat_id, row_id, guid FROM history WHERE kept_at < ? ORDER BY kept_at LIMIT ?)`)
  const dropExchanges = database.prepare(`
    DELETE FROM exchanges WHERE seq IN (SELECT seq FROM exchanges WHERE at < ? ORDER BY at LIMIT ?)`)
  // One that a turn has opened was touched by it.
  const dropConversations = database.prepare(`
    DELETE FROM conversations WHERE number IN (
      SELECT number FROM conversations WHERE last_at < ? AND NOT EXISTS (
        SELECT 1 FROM exchanges WHERE conversation = number) LIMIT ?)`)
  const dropPairingRequests = database.prepare(`
    DELETE FROM pairing_requests WHERE (account_id, sender) IN
      (SELECT account_id, sender FROM pairing_requests WHERE expires_at <= ? LIMIT ?)`)
  const dropDeadLetters = database.prepare(`
    DELETE FROM dead_letters WHERE number IN
      (SELECT number FROM dead_letters WHERE buried_at < ? AND status = 'dead' ORDER BY buried_at LIMIT ?)`)
  const dropPermissions = database.prepare(`
    DELETE FROM permissions WHERE number IN (
      SELECT number FROM permissions WHERE decided_at < ? ORDER BY decided_at LIMIT ?)`)
  const dropStops = database.prepare(`
    DELETE FROM stopped_messages WHERE (envelope_key, attempt) IN (
      SELECT envelope_key, attempt FROM stopped_messages WHERE NOT EXISTS (
        SELECT 1 FROM mailbox WHERE mailbox.seq = stopped_messages.seq AND processed = 0) LIMIT ?)`)
  const settledParts = database.prepare<SettledPart>(`
    SELECT delivery_id, part_index, settled_at FROM parts
    WHERE settled_at < ? AND (settled_at, delivery_id, part_index) > (?, ?, ?)
    ORDER BY settled_at, delivery_id, part_index LIMIT ?`)
  const dropParts = database.prepare(`
    DELETE FROM parts WHERE delivery_id = ?
      AND NOT EXISTS (SELECT 1 FROM dead_letters WHERE kind = 'delivery' AND id = ?)
      AND NOT EXISTS (SELECT 1 FROM parts WHERE delivery_id = ? AND (settled_at IS NULL OR settled_at >= ?))`)
  const settledWords = database.prepare<SettledPart>(`
    SELECT delivery_id, part_index, settled_at FROM parts
    WHERE settled_at IS NOT NULL AND part <> '${WORDLESS}' AND (settled_at, delivery_id, part_index) > (?, ?, ?)
    ORDER BY settled_at, delivery_id, part_index LIMIT ?`)
  const forgetWords = makeForgetWords(database)
  const forgetDecisions = makeForgetDecisions(database)

  /** Repeats a step that says whether there may be more, with pauses. */
  const repeatedly = (step: Effect.Effect<boolean, StoreUnavailable>) =>
    step.pipe(Effect.tap(Effect.sleep(PAUSE)), Effect.repeat({ while: (isMore) => isMore }), Effect.asVoid)

  const removeAll = (remove: (limit: number) => Step.Step<number>) => {
    let total = 0
    const step = database
      .write(() => remove(BATCH))
      .pipe(
        Effect.map((count) => {
          total += count
          return count >= BATCH
        })
      )
    return Effect.map(repeatedly(step), () => total)
  }

  const removeOld = (statement: typeof dropTurns, before: number) =>
    removeAll((limit) => changesOf(statement.run(before, limit)))

  /**
   * What a turn that is not finished asks for is younger than its message: whether its reply was accepted, and which
   * messages belong to it, whether it was begun. Such a turn can be old, where the gateway was not running for long.
   */
  const horizon = (before: number) =>
    database.read(() =>
      Step.map(oldestTurn.get(), (oldest) =>
        oldest === undefined ? before : Math.min(before, Snowflake.timestamp(Snowflake.Snowflake(oldest.id)))
      )
    )

  /** The deliveries that are not finished. What is accepted later has no old parts, or retries a letter, which keeps them. */
  const readOpenDeliveries = Effect.gen(function* () {
    const ids = new Set<string>()
    let after = 0
    const step = database.read(() => openDeliveries.all(after, BATCH))
    yield* repeatedly(
      Effect.map(step, (rows) => {
        for (const { id } of rows) ids.add(id)
        after = rows.at(-1)?.seq ?? after
        return rows.length === BATCH
      })
    )
    return ids
  })

  /** What a crash parted from the end of its delivery. Its words go; its states stay. */
  const forgetLeftWords = (open: ReadonlySet<string>) => {
    let last = NONE
    const step = database.write(function* () {
      const rows = yield* settledWords.all(last.settled_at, last.delivery_id, last.part_index, BATCH)
      for (const id of closedOf(rows, open)) yield* forgetWords(id)
      return rows
    })
    return repeatedly(
      Effect.map(step, (rows) => {
        last = rows.at(-1) ?? last
        return rows.length === BATCH
      })
    )
  }

  /** A delivery's parts are removed together, once the last of them is old enough and nothing can resume it. */
  const removeParts = (open: ReadonlySet<string>, before: number) =>
    Effect.gen(function* () {
      let total = 0
      let last = NONE
      const step = database.write(function* () {
        const { delivery_id, part_index, settled_at } = last
        const rows = yield* settledParts.all(before, settled_at, delivery_id, part_index, BATCH)
        const removed = yield* Step.forEach(closedOf(rows, open), (id) =>
          changesOf(dropParts.run(id, id, id, before))
        )
        return { rows, removed: Num.sumAll(removed) }
      })
      yield* repeatedly(
        Effect.map(step, ({ removed, rows }) => {
          total += removed
          last = rows.at(-1) ?? last
          return rows.length === BATCH
        })
      )
      return total
    })

  return Retention.of({
    prune: (wanted) =>
      Effect.gen(function* () {
        const before = yield* horizon(wanted)
        const now = yield* Clock.currentTimeMillis
        const open = yield* readOpenDeliveries
        const deadLetters = yield* removeOld(dropDeadLetters, wanted)
        const parts = yield* removeParts(open, before)
        yield* forgetLeftWords(open)
        const messages = yield* removeAll(function* (limit) {
          yield* dropChunks.run(before, limit)
          return (yield* dropMessages.run(before, limit)).changes
        })
        const deliveries = yield* removeOld(dropDeliveries, before)
        yield* removeAll((limit) => changesOf(dropStops.run(limit)))
        const turns = yield* removeOld(dropTurns, before)
        yield* removeOld(dropBegun, before)
        const histories = yield* removeOld(dropHistories, before)
        const exchanges = yield* removeOld(dropExchanges, wanted)
        const conversations = yield* removeOld(dropConversations, wanted)
        const pairingRequests = yield* removeOld(dropPairingRequests, now)
        const permissions = yield* removeOld(dropPermissions, wanted)
        const decisions = yield* removeAll((limit) => forgetDecisions.ofRows(wanted, limit))
        const turnEnds = yield* removeAll((limit) => forgetDecisions.ofTurns(wanted, limit))
        const dead = yield* database.read(() =>
          Step.map(
            deadDeliveries.all(),
            Arr.map(({ id }) => id)
          )
        )
        const files = yield* outboundFiles.releaseOthers(new Set([...open, ...dead]), before)
        return {
          ...{ messages, deliveries, parts, turns, histories, exchanges, conversations },
          ...{ decisions, turnEnds, permissions, pairingRequests, deadLetters, files }
        }
      })
  })
})

export const layer: Layer.Layer<Retention, never, Database | OutboundFiles> = Layer.effect(Retention, make)
