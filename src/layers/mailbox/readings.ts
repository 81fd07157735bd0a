/**
 * Which of the waiting messages the cluster has been handed. Of each actor's it gets as many as fit into a window and
 * more only as those are done: a backlog of any length is read bit by bit, and one actor's delays no other's, nor a
 * paused lane's the others of its actor. What is for shards of other hosts is passed over.
 */
import type { Step } from "../database/Step.ts"
import {
  type Actor,
  type Address,
  addressOf,
  type Backlog,
  count,
  hasRoomFor,
  isBehind,
  isDue,
  isIdle,
  makeActor,
  roomOf,
  type Shared,
  shareOf,
  type Window
} from "./windows.ts"

/** A message that was read but not processed is shown again after this time, in milliseconds, as a safety net. */
const READ_AGAIN_MS = 10 * 60_000
/** Rows that are read at once. */
const PAGE = 256

/** A message without a final reply. `is_unacked`: its last chunk is not acknowledged yet. */
export interface WaitingRow {
  readonly seq: number
  /** The `seq` of the request that it is, or is about. */
  readonly request_seq: number
  readonly shard: string
  readonly entity_type: string
  readonly entity_id: string
  /** That of the request; empty for none. */
  readonly lane: string
  readonly deliver_at: number
  readonly is_unacked: number
  readonly envelope: string
  readonly chunk: string | null
}

/** What the readings ask of the store; rows in the order of `seq`, at most `limit`. */
export interface WaitingRows {
  /**
   * Those after a `seq`, without those of some shards, and without the requests of some addresses and of some lanes,
   * which are named by `laneKey`.
   */
  readonly after: (
    seq: number,
    without: {
      readonly shards: ReadonlyArray<string>
      readonly addresses: ReadonlyArray<string>
      readonly lanes: ReadonlyArray<string>
    },
    limit: number
  ) => Step<ReadonlyArray<WaitingRow>>
  /** Those of an address from a `seq` on, but for some lanes. */
  readonly of: (
    address: Address,
    from: number,
    withoutLanes: ReadonlyArray<string>,
    limit: number
  ) => Step<ReadonlyArray<WaitingRow>>
  /** The highest `seq` that was given. */
  readonly latest: () => Step<number>
}

interface Reading {
  readonly address: string
  readonly lane: string
  readonly shard: string
  readonly at: number
  /** The take that handed it out. */
  readonly take: number
  /** Only requests need a place in a mailbox. */
  readonly isRequest: boolean
}

/** A lane of an address as a text. */
const laneKey = (address: string, lane: string): string => `${address}\n${lane}`

const addressOfRow = (row: WaitingRow): Address => ({ entityType: row.entity_type, entityId: row.entity_id })

const isRequest = (row: WaitingRow): boolean => row.seq === row.request_seq

const isIn = (backlog: Backlog | undefined, row: WaitingRow): boolean =>
  backlog !== undefined && row.request_seq >= backlog.from

const isSame = (shards: ReadonlySet<string>, others: ReadonlySet<string>): boolean => {
  if (shards.size !== others.size) return false
  for (const shard of others) if (!shards.has(shard)) return false
  return true
}

/** What the backlogs are that a search for new rows need not go through. */
const backlogsOf = (behind: ReadonlyMap<string, Actor>) => {
  const addresses: Array<string> = []
  const lanes: Array<string> = []
  for (const [address, actor] of behind) {
    if (actor.rest !== undefined) addresses.push(address)
    else for (const lane of actor.lanes.keys()) lanes.push(laneKey(address, lane))
  }
  return { addresses, lanes }
}

/**
 * Which waiting messages have been read. Of its shards this process is the only reader, so that this need not be
 * written: after a crash nothing has been read, which is what is wanted.
 *
 * A take looks at the store several times, and what it looks at must not change meanwhile: whoever tells of a change
 * then is obeyed once the take is over, which its caller says.
 *
 * `windowOf` says how many requests of an actor's type may be read and not processed, `shared` how many of all.
 * `onRoom` is called when an actor with a backlog has room for more: somebody must read again then.
 */
export const makeReadings = (
  rows: WaitingRows,
  windowOf: (entityType: string) => Window,
  shared: Shared,
  onRoom: () => void
) => {
  const read = new Map<number, Reading>()
  /** Those that have something under way, or wait for more, by their address; of them those that wait for more. */
  const actors = new Map<string, Actor>()
  const behind = new Map<string, Actor>()
  /** Everything up to it was read, is in a backlog, is another host's, or is processed: it is not looked at again. */
  let floor = 0
  let oldest = Number.POSITIVE_INFINITY
  /** The lanes that are paused, by their address. */
  const paused = new Map<string, Set<string>>()
  /** The shards of the last take; and others' of which something waits. */
  let own: ReadonlySet<string> = new Set()
  const foreign = new Set<string>()
  /** Takes so far, whether the last is not over yet, and what came meanwhile. */
  let takes = 0
  let isTaking = false
  let changes: Array<() => void> = []

  const begin = (entity: Address): Actor => {
    const { actor, paused: mostPaused } = windowOf(entity.entityType)
    const address = addressOf(entity)
    return makeActor(entity, {
      share: () => shareOf(actor, shared, actors.size),
      mostPaused,
      isPaused: (lane) => paused.get(address)?.has(lane) === true
    })
  }
  const drop = (seq: number, { address, isRequest, lane }: Reading): Actor | undefined => {
    read.delete(seq)
    const actor = actors.get(address)
    if (actor === undefined || !isRequest) return actor
    count(actor, lane, -1)
    if (isIdle(actor)) actors.delete(address)
    return actor
  }
  const forgetWhere = (isForgotten: (reading: Reading) => boolean) => {
    for (const [seq, reading] of read) if (isForgotten(reading)) drop(seq, reading)
    for (const [address, actor] of behind) {
      actor.rest = undefined
      actor.lanes.clear()
      if (isIdle(actor)) actors.delete(address)
    }
    behind.clear()
    floor = 0
  }
  /** Of a shard that is acquired nothing was looked at; what was handed out of one that was lost is another host's. */
  const changeShards = (shards: ReadonlySet<string>) => {
    if (isSame(shards, own)) return
    own = shards
    foreign.clear()
    forgetWhere(({ shard }) => !shards.has(shard))
  }
  /** Ends a take, whose rows were handed out, or were not and come again. */
  const end = (areHandedOut: boolean) => {
    if (!isTaking) return
    isTaking = false
    if (!areHandedOut) forgetWhere(({ take }) => take === takes)
    const all = changes
    changes = []
    for (const change of all) change()
  }
  const whenIdle = (change: () => void) => {
    if (isTaking) changes.push(change)
    else change()
  }
  const forgetOld = (now: number) => {
    if (now - oldest <= READ_AGAIN_MS) return
    forgetWhere(({ at }) => now - at > READ_AGAIN_MS)
    oldest = Number.POSITIVE_INFINITY
    for (const { at } of read.values()) oldest = Math.min(oldest, at)
  }
  /** A backlog was read to its end; what was not ready in it is looked for where it would be found without it. */
  const close = ({ rest }: Actor, { unready }: Backlog) => {
    if (rest === undefined) floor = Math.min(floor, unready - 1)
    else rest.unready = Math.min(rest.unready, unready)
  }

  /** The rows that are to be handed out at a time, which are read from then on. It is under way until its `end`. */
  const take: (shards: ReadonlySet<string>, now: number) => Step<ReadonlyArray<WaitingRow>> = function* (
    shards,
    now
  ) {
    // It may be run again from its beginning.
    end(false)
    isTaking = true
    takes += 1
    changeShards(shards)
    forgetOld(now)
    const taken: Array<WaitingRow> = []
    const isReady = (row: WaitingRow): boolean => row.deliver_at <= now && row.is_unacked === 0
    const hand = (actor: Actor, row: WaitingRow) => {
      const address = addressOf(actor)
      const { lane, shard } = row
      read.set(row.seq, { address, lane, shard, at: now, take: takes, isRequest: isRequest(row) })
      if (isRequest(row)) count(actor, row.lane, 1)
      oldest = Math.min(oldest, now)
      taken.push(row)
    }
    /** Hands a row out if it fits; else a backlog begins with it. `unready` is the first that was not ready before it. */
    const offer = (actor: Actor, row: WaitingRow, unready: number) => {
      if (!isRequest(row) || hasRoomFor(actor, row.lane)) return hand(actor, row)
      const backlog = { from: row.seq, unready }
      if (roomOf(actor) > 0) actor.lanes.set(row.lane, backlog)
      else actor.rest = backlog
      behind.set(addressOf(actor), actor)
    }

    const takeRest: (actor: Actor, rest: Backlog) => Step<void> = function* (actor, rest) {
      while (isDue(actor)) {
        const room = roomOf(actor)
        const found = yield* rows.of(actor, rest.from, [...actor.lanes.keys()], room)
        for (const row of found) {
          rest.from = row.seq + 1
          if (!shards.has(row.shard)) continue
          if (!isReady(row)) rest.unready = Math.min(rest.unready, row.seq)
          else if (!read.has(row.seq) && !isIn(actor.lanes.get(row.lane), row))
            offer(actor, row, rest.unready)
        }
        if (found.length === room) continue
        actor.rest = undefined
        return close(actor, rest)
      }
    }
    const takeBacklogs: () => Step<void> = function* () {
      for (const [address, actor] of behind) {
        if (actor.rest !== undefined) yield* takeRest(actor, actor.rest)
        if (!isBehind(actor)) behind.delete(address)
        // All that it was handed may be done with by the time its backlog turns out to be at its end.
        if (isIdle(actor)) actors.delete(address)
      }
    }

    /** Of each address the first row that was not ready: a backlog hides it. */
    const unreadyOf = new Map<string, number>()
    const takeRow = (row: WaitingRow): boolean => {
      if (!shards.has(row.shard)) {
        foreign.add(row.shard)
        return true
      }
      const entity = addressOfRow(row)
      const address = addressOf(entity)
      const known = actors.get(address)
      if (read.has(row.seq) || isIn(known?.rest, row) || isIn(known?.lanes.get(row.lane), row)) return true
      if (!isReady(row)) {
        if (!unreadyOf.has(address)) unreadyOf.set(address, row.seq)
        return false
      }
      const actor = known ?? begin(entity)
      offer(actor, row, unreadyOf.get(address) ?? Number.POSITIVE_INFINITY)
      if (!isIdle(actor)) actors.set(address, actor)
      return true
    }
    const takeNew: () => Step<void> = function* () {
      let isUnbroken = true
      let from = floor
      const latest = yield* rows.latest()
      while (from < latest) {
        const page = yield* rows.after(from, { shards: [...foreign], ...backlogsOf(behind) }, PAGE)
        for (const row of page) {
          from = row.seq
          if (!takeRow(row)) isUnbroken = false
          if (isUnbroken) floor = row.seq
        }
        if (page.length < PAGE) {
          // What came after that look may be on the page too.
          if (isUnbroken) floor = Math.max(floor, latest)
          return
        }
      }
    }

    yield* takeBacklogs()
    yield* takeNew()
    return taken
  }

  const signal = (actor: Actor | undefined) => {
    if (actor !== undefined && isDue(actor)) onRoom()
  }
  const processed = (seq: number) => {
    const reading = read.get(seq)
    if (reading === undefined) return
    signal(drop(seq, reading))
  }

  /** A paused lane is handed nothing, and what it was handed leaves its place to others. */
  const pause = (address: string, lane: string) => {
    const lanes = paused.get(address) ?? new Set()
    if (lanes.has(lane)) return
    paused.set(address, lanes.add(lane))
    const actor = actors.get(address)
    if (actor !== undefined) actor.pausedOut += actor.outOf.get(lane) ?? 0
    signal(actor)
  }
  const resume = (address: string, lane: string) => {
    const lanes = paused.get(address)
    if (lanes?.delete(lane) !== true) return
    if (lanes.size === 0) paused.delete(address)
    const actor = actors.get(address)
    if (actor === undefined) return
    actor.pausedOut -= actor.outOf.get(lane) ?? 0
    const backlog = actor.lanes.get(lane)
    if (backlog !== undefined) {
      // What it missed comes in its order among the others again.
      const { from, unready } = actor.rest ?? backlog
      actor.rest = { from: Math.min(from, backlog.from), unready: Math.min(unready, backlog.unready) }
      actor.lanes.delete(lane)
    }
    signal(actor)
  }

  const resumeAll = (address: string) => {
    for (const lane of [...(paused.get(address) ?? [])]) resume(address, lane)
  }

  return {
    take,
    end,
    /** Whether a shard was of the last take. */
    isOwn: (shard: string) => own.has(shard),
    processed: (seq: number) => whenIdle(() => processed(seq)),
    /** Forgets that some were handed out. */
    forgetWhere: (isForgotten: (reading: Pick<Reading, "address" | "shard">) => boolean) =>
      whenIdle(() => forgetWhere(isForgotten)),
    /** Has what waits looked through from its beginning, for what was not there, or for another host. */
    lookAgain: () => whenIdle(() => forgetWhere(() => false)),
    pause: (address: string, lane: string) => whenIdle(() => pause(address, lane)),
    resume: (address: string, lane: string) => whenIdle(() => resume(address, lane)),
    resumeAll: (address: string) => whenIdle(() => resumeAll(address))
  }
}
