/**
 * Pruning of the gateway's store and of the files beside it. The pages that become free are used again, so the file
 * keeps the size that a week of messages needs; giving them back would cost seconds in which nothing else runs
 * (`VACUUM`), or more work at every write (`auto_vacuum`, which an existing file cannot have without the former).
 */
import { Snowflake } from "@effect/cluster"
import { Clock, Effect, Layer } from "effect"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { OutboundFiles } from "../../services/OutboundFiles.ts"
import { Retention } from "../../services/Retention.ts"
import { Database } from "../database/Database.ts"
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

  const removeAll = (remove: (limit: number) => number) => {
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
    removeAll((limit) => statement.run(before, limit).changes)

  /**
   * What a turn that is not finished asks for is younger than its message: whether its reply was accepted, and which
   * messages belong to it, whether it was begun. Such a turn can be old, where the gateway was not running for long.
   */
  const horizon = (before: number) =>
    database.read(() => {
      const oldest = oldestTurn.get()
      return oldest === undefined
        ? before
        : Math.min(before, Snowflake.timestamp(Snowflake.Snowflake(oldest.id)))
    })

  /** The deliveries that are not finished. What is accepted later has no old parts, or retries a letter, which keeps them. */
  const readOpenDeliveries = Effect.gen(function* () {
    const ids = new Set<string>()
    let after = 0
    yield* repeatedly(
      database.read(() => {
        const rows = openDeliveries.all(after, BATCH)
        for (const { id, seq } of rows) {
          ids.add(id)
          after = seq
        }
        return rows.length === BATCH
      })
    )
    return ids
  })

  /** What a crash parted from the end of its delivery. Its words go; its states stay. */
  const forgetLeftWords = (open: ReadonlySet<string>) => {
    let last = NONE
    return repeatedly(
      database.write(() => {
        const rows = settledWords.all(last.settled_at, last.delivery_id, last.part_index, BATCH)
        last = rows.at(-1) ?? last
        for (const id of new Set(rows.map(({ delivery_id }) => delivery_id)))
          if (!open.has(id)) forgetWords(id)
        return rows.length === BATCH
      })
    )
  }

  /** A delivery's parts are removed together, once the last of them is old enough and nothing can resume it. */
  const removeParts = (open: ReadonlySet<string>, before: number) =>
    Effect.gen(function* () {
      let total = 0
      let last = NONE
      yield* repeatedly(
        database.write(() => {
          const rows = settledParts.all(before, last.settled_at, last.delivery_id, last.part_index, BATCH)
          last = rows.at(-1) ?? last
          for (const id of new Set(rows.map(({ delivery_id }) => delivery_id))) {
            if (!open.has(id)) total += dropParts.run(id, id, id, before).changes
          }
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
        const messages = yield* removeAll((limit) => {
          dropChunks.run(before, limit)
          return dropMessages.run(before, limit).changes
        })
        const deliveries = yield* removeOld(dropDeliveries, before)
        yield* removeAll((limit) => dropStops.run(limit).changes)
        const turns = yield* removeOld(dropTurns, before)
        yield* removeOld(dropBegun, before)
        const histories = yield* removeOld(dropHistories, before)
        const exchanges = yield* removeOld(dropExchanges, wanted)
        const conversations = yield* removeOld(dropConversations, wanted)
        const pairingRequests = yield* removeOld(dropPairingRequests, now)
        const permissions = yield* removeOld(dropPermissions, wanted)
        const decisions = yield* removeAll((limit) => forgetDecisions.ofRows(wanted, limit))
        const turnEnds = yield* removeAll((limit) => forgetDecisions.ofTurns(wanted, limit))
        const dead = yield* database.read(() => deadDeliveries.all().map(({ id }) => id))
        const files = yield* outboundFiles.releaseOthers(new Set([...open, ...dead]), before)
        return {
          ...{ messages, deliveries, parts, turns, histories, exchanges, conversations },
          ...{ decisions, turnEnds, permissions, pairingRequests, deadLetters, files }
        }
      })
  })
})

export const layer: Layer.Layer<Retention, never, Database | OutboundFiles> = Layer.effect(Retention, make)
