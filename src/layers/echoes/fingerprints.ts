/** The parts that may come back as incoming rows, in the gateway's store. */
import { Clock, Effect } from "effect"
import type { Delivery, PartRecord } from "../../schemas/Delivery.ts"
import type { Stored } from "../../schemas/errors/store.ts"
import { targetKey } from "../../schemas/Target.ts"
import type { Database } from "../database/Database.ts"
import * as Step from "../database/Step.ts"

/** Those of an account that are kept; chats with oneself are few, and what is said in them comes back at once. */
const CAPACITY = 500
/** A row is dated by the Mac, which may be another machine, and to the second by some builds. */
const CLOCKS_APART_MS = 5000

interface FingerprintRow {
  readonly seq: number
  readonly target: string
  /** A row that was there before the part was sent: what comes back is newer. */
  readonly after_row: number
  readonly sent_from: number
  readonly sent_until: number | null
  readonly came_back_as: string | null
}

/** How long after it was sent a part may come back, and how long a row may take to be shown, in ms. */
export interface Times {
  readonly windowMs: number
  readonly shownWithinMs: number
}

/** An incoming row. */
export interface Suspect {
  readonly accountId: string
  readonly rowId: number
  readonly guid: string
  /** Unix ms. */
  readonly sentAt: number | undefined
  /** What its chat is called in targets. */
  readonly targets: ReadonlySet<string>
  readonly digests: ReadonlyArray<string>
}

/** An account that may have said what another one hears. */
export interface Speaker {
  readonly accountId: string
  readonly times: Times
  /** Whether what was said to a target can be that row. */
  readonly mayBeFor: (target: string) => boolean
}

/** An incoming row that other accounts may have said. */
export interface Overheard {
  /** Unix ms. */
  readonly sentAt: number | undefined
  readonly digests: ReadonlyArray<string>
}

type DeliveryPart = readonly [Pick<Delivery, "id" | "accountId" | "target">, Pick<PartRecord, "index">]
/** Whether a row that is shown now can be what was sent then: soon after it, or at least from soon after it. */
const isInTime = (
  { sent_from, sent_until }: FingerprintRow,
  { sentAt }: Pick<Suspect, "sentAt">,
  { windowMs }: Times,
  now: number
): boolean => {
  if (sent_until === null || now <= sent_until + windowMs) return true
  return sentAt !== undefined && sentAt >= sent_from - CLOCKS_APART_MS && sentAt <= sent_until + windowMs
}

const OF_DIGEST = `
  SELECT seq, target, after_row, sent_from, sent_until, came_back_as FROM fingerprints
  WHERE account_id = ? AND digest = ? ORDER BY seq`

/**
 * The function that answers whether one of several accounts has said what another one hears. Nothing is used up: a part has
 * one row there, and perhaps one here. Accounts whose own handle is not known yet are many: it is one question for all.
 */
export const makeIsSaid = (database: Database["Type"]) => {
  const select = database.prepare<FingerprintRow & { readonly account_id: string }>(`
    SELECT account_id, seq, target, after_row, sent_from, sent_until, came_back_as FROM fingerprints
    WHERE account_id IN (SELECT value FROM json_each(?)) AND digest IN (SELECT value FROM json_each(?))`)
  return ({ digests, sentAt }: Overheard, speakers: ReadonlyArray<Speaker>): Stored<boolean> =>
    Effect.gen(function* () {
      if (speakers.length === 0 || digests.length === 0) return false
      const now = yield* Clock.currentTimeMillis
      const by = new Map(speakers.map((speaker) => [speaker.accountId, speaker]))
      const rows = yield* database.read(() =>
        select.all(JSON.stringify([...by.keys()]), JSON.stringify(digests))
      )
      return rows.some((row) => {
        const speaker = by.get(row.account_id)
        return speaker?.mayBeFor(row.target) === true && isInTime(row, { sentAt }, speaker.times, now)
      })
    })
}

export const makeFingerprints = (database: Database["Type"]) => {
  // One that is sent again is the newest again.
  const forget = database.prepare("DELETE FROM fingerprints WHERE delivery_id = ? AND part_index = ?")
  const put = database.prepare(`
    INSERT INTO fingerprints (account_id, delivery_id, part_index, target, digest, after_row, sent_from)
    VALUES (?, ?, ?, ?, ?, ?, ?)`)
  const isKept = database.prepare("SELECT 1 FROM fingerprints WHERE delivery_id = ? AND part_index = ?")
  const close = database.prepare(`
    UPDATE fingerprints SET sent_until = ?
    WHERE delivery_id = ? AND part_index = ? AND sent_until IS NULL`)
  const drop = database.prepare(
    "DELETE FROM fingerprints WHERE delivery_id = ? AND part_index = ? AND came_back_as IS NULL"
  )
  const dropOld = database.prepare("DELETE FROM fingerprints WHERE account_id = ? AND sent_until < ?")
  const dropExcess = database.prepare(`
    DELETE FROM fingerprints WHERE account_id = ? AND seq <= (
      SELECT seq FROM fingerprints WHERE account_id = ? ORDER BY seq DESC LIMIT 1 OFFSET ${CAPACITY})`)
  const select = database.prepare<FingerprintRow>(OF_DIGEST)
  const use = database.prepare("UPDATE fingerprints SET came_back_as = ? WHERE seq = ?")

  const change = (
    [delivery, record]: DeliveryPart,
    steps: (id: string, index: number, now: number) => Step.Step<unknown>
  ) =>
    Effect.gen(function* () {
      const { id } = delivery
      if ((yield* database.read(() => isKept.get(id, record.index))) === undefined) return
      const now = Math.trunc(yield* Clock.currentTimeMillis)
      yield* database.write(() => steps(id, record.index, now))
    })

  return {
    /** Keeps the fingerprint of a part that is about to be sent, for as long as nothing else is said of it. */
    add: (
      [delivery, record]: DeliveryPart,
      { afterRowId, digest }: { readonly digest: string; readonly afterRowId: number },
      times: Times
    ): Stored<void> =>
      Effect.gen(function* () {
        const now = Math.trunc(yield* Clock.currentTimeMillis)
        const { accountId, id, target } = delivery
        yield* database.write(function* () {
          yield* dropOld.run(accountId, now - Math.max(times.windowMs, times.shownWithinMs))
          yield* forget.run(id, record.index)
          yield* put.run(accountId, id, record.index, targetKey(target), digest, afterRowId, now)
          yield* dropExcess.run(accountId, accountId)
        })
      }),
    /** The part was sent, or may have been: from now on its time runs. */
    sent: (...part: DeliveryPart): Stored<void> =>
      change(part, (id, index, now) => close.run(now, id, index)),
    /** The part was not sent. */
    withdraw: (...part: DeliveryPart): Stored<void> => change(part, (id, index) => drop.run(id, index)),
    /** Whether a row is a part that came back. The first row that is uses it up. */
    match: (suspect: Suspect, times: Times): Stored<boolean> =>
      Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        const said = yield* database.read(() =>
          Step.forEach(suspect.digests, (digest) => select.all(suspect.accountId, digest))
        )
        const rows = said
          .flat()
          .filter(({ after_row, target }) => after_row < suspect.rowId && suspect.targets.has(target))
        if (rows.some((row) => row.came_back_as === suspect.guid)) return true
        const found = rows.find((row) => row.came_back_as === null && isInTime(row, suspect, times, now))
        if (found === undefined) return false
        yield* database.write(() => use.run(suspect.guid, found.seq))
        return true
      })
  }
}
