/** How much each actor has been handed of what waits for it, and where the part begins that it has not been handed. */

/** The lanes of an actor keep their order among each other, unless they are paused. */
export interface Window {
  /** How many requests may be with an actor of a type at once, those of paused lanes left out. */
  readonly actor: number
  /** How many of paused lanes may be with it beside them; more take the places of the others. */
  readonly paused: number
}

/**
 * How many requests all actors may be handed at once: each of them has its share of `all`, but never less than `least`.
 * What one holds in memory is bounded by its window; what all of them hold would grow with how many there are.
 */
export interface Shared {
  readonly all: number
  readonly least: number
}

export const UNSHARED: Shared = { all: Number.POSITIVE_INFINITY, least: 1 }

/** What of a window is an actor's where so many have something under way. */
export const shareOf = (window: Window["actor"], { all, least }: Shared, actors: number): number =>
  Math.min(window, Math.max(least, Math.floor(all / Math.max(1, actors))))

export interface Address {
  readonly entityType: string
  readonly entityId: string
}

/** An actor's address as a text. */
export const addressOf = ({ entityId, entityType }: Address): string => `${entityType}/${entityId}`

/** The lane of what has none. */
export const NO_LANE = ""

/** What did not fit: it is not read from the message `from` on. */
export interface Backlog {
  from: number
  /** The first that was passed over because it was not ready. */
  unready: number
}

/** An actor with messages that it was handed, or that wait for it. */
export interface Actor extends Address {
  /** Its share of the window, as it is now. */
  readonly share: () => number
  readonly mostPaused: Window["paused"]
  /** Requests that it was handed and has not finished; in each lane, where there are some. */
  out: number
  readonly outOf: Map<string, number>
  /** Those of `out` that are in paused lanes. */
  pausedOut: number
  /** Whether a lane is paused: it is handed nothing, and what it was handed does not count for its actor's window. */
  readonly isPaused: (lane: string) => boolean
  /** What waits in lanes that are paused. */
  readonly lanes: Map<string, Backlog>
  /** What waits in all other lanes, and without one. */
  rest: Backlog | undefined
}

export const makeActor = (
  { entityId, entityType }: Address,
  { isPaused, mostPaused, share }: Pick<Actor, "share" | "mostPaused" | "isPaused">
): Actor => ({
  entityType,
  entityId,
  share,
  mostPaused,
  out: 0,
  outOf: new Map(),
  pausedOut: 0,
  isPaused,
  lanes: new Map(),
  rest: undefined
})

export const isBehind = ({ lanes, rest }: Actor): boolean => rest !== undefined || lanes.size > 0

/** Whether nothing is known of it that would have to be kept. */
export const isIdle = (actor: Actor): boolean => actor.out === 0 && !isBehind(actor)

/** Adds to what the actor was handed. */
export const count = (actor: Actor, lane: string, by: 1 | -1): void => {
  actor.out += by
  if (lane === NO_LANE) return
  if (actor.isPaused(lane)) actor.pausedOut += by
  const out = (actor.outOf.get(lane) ?? 0) + by
  if (out > 0) actor.outOf.set(lane, out)
  else actor.outOf.delete(lane)
}

/** How many more requests the actor may be handed. */
export const roomOf = ({ mostPaused, out, pausedOut, share }: Actor): number =>
  share() - out + Math.min(pausedOut, mostPaused)

/** Whether the actor may be handed a request of a lane. */
export const hasRoomFor = (actor: Actor, lane: string): boolean =>
  roomOf(actor) > 0 && (lane === NO_LANE || !actor.isPaused(lane))

/**
 * Whether to read more of what waits for it: not for every single message, for a look costs more than what it finds. Where
 * lanes are paused nobody knows how much of what they were handed will ever be finished, and half of the places could be
 * waited for for ever.
 */
export const isDue = (actor: Actor): boolean => {
  const room = roomOf(actor)
  return actor.rest !== undefined && room > 0 && (room * 2 >= actor.share() || actor.pausedOut > 0)
}
