/** How much each actor has been handed of what waits for it, and where the part begins that it has not been handed. */

/** Requests of one lane are carried out one after the other; a request without a lane only counts for its actor. */
export interface Window {
  /** How many requests may be with an actor of a type at once, those of paused lanes left out. */
  readonly actor: number
  /** How many of them in one lane; with as many as for the actor its lanes keep their order among each other. */
  readonly lane: number
  /** How many of paused lanes may be with it beside them; more take the places of the others. */
  readonly paused: number
}

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
  readonly window: Window
  /** Requests that it was handed and has not finished; in each lane, where there are some. */
  out: number
  readonly outOf: Map<string, number>
  /** Those of `out` that are in paused lanes. */
  pausedOut: number
  /** Whether a lane is paused: it is handed nothing, and what it was handed does not count for its actor's window. */
  readonly isPaused: (lane: string) => boolean
  /** What waits in lanes that have their share, the lane that was handed something last at the end. */
  readonly lanes: Map<string, Backlog>
  /** What waits in all other lanes, and without one. */
  rest: Backlog | undefined
}

export const makeActor = (
  { entityId, entityType }: Address,
  window: Window,
  isPaused: (lane: string) => boolean
): Actor => ({
  entityType,
  entityId,
  window,
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

/** Whether lanes of the actor get less than all of its places: a lane can stand still there without being paused. */
const hasShares = ({ window }: Actor): boolean => window.lane < window.actor

const isHalfFull = ({ out, window }: Actor): boolean => out * 2 >= window.actor

/** Of a lane that stands still the rest of the actor must not notice much: the fuller it is, the less a lane may have. */
const shareOf = (actor: Actor): number =>
  hasShares(actor) && isHalfFull(actor) ? 1 : Math.min(actor.window.lane, actor.window.actor)

/** How many more requests the actor may be handed. */
export const roomOf = ({ out, pausedOut, window }: Actor): number =>
  window.actor - out + Math.min(pausedOut, window.paused)

/** How many more requests of a lane the actor may be handed. */
export const roomInLane = (actor: Actor, lane: string): number => {
  if (lane === NO_LANE) return roomOf(actor)
  return actor.isPaused(lane) ? 0 : Math.min(roomOf(actor), shareOf(actor) - (actor.outOf.get(lane) ?? 0))
}

/** Whether lanes stand still: nobody knows then how much of what they were handed will ever be finished. */
const hasStill = (actor: Actor): boolean => actor.pausedOut > 0 || (hasShares(actor) && actor.outOf.size > 0)

/** Whether to read more of a lane: not for every single message, for a look costs more than what it finds. */
export const isLaneDue = (actor: Actor, lane: string): boolean => {
  const room = roomInLane(actor, lane)
  return room > 0 && (room * 2 >= shareOf(actor) || actor.pausedOut > 0)
}

/** Whether to read more of the rest. Where lanes stand still, waiting for half of the places could be for ever. */
export const isRestDue = (actor: Actor): boolean => {
  const room = roomOf(actor)
  return room * 2 >= actor.window.actor || (room > 0 && hasStill(actor))
}

/** Whether more is to be read of what waits for it. */
export const isDue = (actor: Actor): boolean => {
  if (actor.rest !== undefined && isRestDue(actor)) return true
  for (const lane of actor.lanes.keys()) if (isLaneDue(actor, lane)) return true
  return false
}
