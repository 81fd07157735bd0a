/** Who of those that showed no token has to go: pure decisions over the connections that are open. */

/** A connection that has shown neither the token nor a session, or not yet. */
export interface Stranger {
  /** Where it comes from, as limits count it. */
  readonly network: string
  /** When it has to be over, in ms of the same clock as `now`. */
  readonly until: number
}

export interface StrangerLimits {
  /** Connections of one network, and of all together. */
  readonly perNetwork: number
  readonly overall: number
}

/** Those whose time is over. */
export const overdue = <S extends Stranger>(strangers: Iterable<S>, now: number): ReadonlyArray<S> =>
  [...strangers].filter(({ until }) => until <= now)

/**
 * Those that are too many, the oldest first: first of a network that has more than its share, then of the one that
 * has the most. `strangers` are in the order in which they came.
 */
export const tooMany = <S extends Stranger>(
  strangers: Iterable<S>,
  { overall, perNetwork }: StrangerLimits
): ReadonlyArray<S> => {
  const networks = new Map<string, Array<S>>()
  let count = 0
  for (const stranger of strangers) {
    const others = networks.get(stranger.network)
    if (others === undefined) networks.set(stranger.network, [stranger])
    else others.push(stranger)
    count++
  }
  const going: Array<S> = []
  const drop = (from: Array<S>, most: number): void => {
    const gone = from.splice(0, from.length - most)
    going.push(...gone)
    count -= gone.length
  }
  for (const of of networks.values()) if (of.length > perNetwork) drop(of, perNetwork)
  while (count > overall) {
    const largest = [...networks.values()].reduce((one, other) => (other.length > one.length ? other : one))
    drop(largest, largest.length - 1)
  }
  return going
}
