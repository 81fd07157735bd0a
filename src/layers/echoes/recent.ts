/** The newest of something, up to a bound. */

/** A map that forgets what was put into it longest ago. */
export const makeRecent = <K, V>(capacity: number) => {
  const entries = new Map<K, V>()
  return {
    get: (key: K): V | undefined => entries.get(key),
    has: (key: K): boolean => entries.has(key),
    put: (key: K, value: V): void => {
      entries.delete(key)
      entries.set(key, value)
      if (entries.size <= capacity) return
      const [oldest] = entries.keys()
      if (oldest !== undefined) entries.delete(oldest)
    }
  }
}
