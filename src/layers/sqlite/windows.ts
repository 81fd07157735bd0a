/** How much each actor has been handed of what waits for it, and where the part begins that it has not been handed. */

/**
 * How many requests may be with an actor of a type at once, and how many of them in one lane. Requests of one lane are
 * carried out one after the other; a request without a lane only counts for its actor.
 */
export interface Window {
  readonly actor: number
  readonly lane: number
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
  /** What waits in lanes that have their share, the lane that was handed something last at the end. */
  readonly lanes: Map<string, Backlog>
  /** What waits in all other lanes, and without one. */
  rest: Backlog | undefined
}

export const makeActor = ({ entityId, entityType }: Address, window: Window): Actor => ({
  entityType,
  entityId,
  window,
  out: 0,
  outOf: new Map(),
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
  const out = (actor.outOf.get(lane) ?? 0) + by
  if (out > 0) actor.outOf.set(lane, out)
  else actor.outOf.delete(lane)
}

const isHalfFull = ({ out, window }: Actor): boolean => out * 2 >= window.actor

/** Of a lane that stands still the rest of the actor must not notice much: the fuller it is, the less a lane may have. */
const shareOf = (actor: Actor): number => (isHalfFull(actor) ? 1 : actor.window.lane)

/** How many more requests the actor may be handed. */
export const roomOf = ({ out, window }: Actor): number => window.actor - out

/** How many more requests of a lane the actor may be handed. */
export const roomInLane = (actor: Actor, lane: string): number =>
  lane === NO_LANE ? roomOf(actor) : Math.min(roomOf(actor), shareOf(actor) - (actor.outOf.get(lane) ?? 0))

/** Whether to read more of a lane: not for every single message, for a look costs more than what it finds. */
export const isLaneDue = (actor: Actor, lane: string): boolean => {
  const room = roomInLane(actor, lane)
  return room > 0 && room * 2 >= shareOf(actor)
}

/**
 * Whether to read more of the rest. Lanes can stand still, and nobody knows how much of what is in them will ever be
 * finished: waiting for half of it could be for ever.
 */
export const isRestDue = (actor: Actor): boolean =>
  roomOf(actor) * 2 >= actor.window.actor || (actor.outOf.size > 0 && roomOf(actor) > 0)

/** Whether more is to be read of what waits for it. */
export const isDue = (actor: Actor): boolean => {
  if (actor.rest !== undefined && isRestDue(actor)) return true
  for (const lane of actor.lanes.keys()) if (isLaneDue(actor, lane)) return true
  return false
}
