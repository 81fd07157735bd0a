/** Asking for something again and again, however often that is called for. */

/** Calls in this time, in ms, are one where nothing else is said. */
const TOGETHER_MS = 300

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * A function that asks at once, and at most once more for all the calls that come while it asks. Its promise is done
 * when what it stood for has been asked for; it never fails.
 */
export const refresher = (
  ask: () => Promise<void>,
  failed: (error: unknown) => void,
  togetherMs = TOGETHER_MS
): (() => Promise<void>) => {
  const askNow = (): Promise<void> => ask().catch(failed)
  let current: Promise<void> | undefined
  let next: Promise<void> | undefined

  const begin = (): Promise<void> => {
    const asked = askNow()
    current = asked
      .then(() => pause(togetherMs))
      .then(() => {
        current = undefined
      })
    return asked
  }

  return () => {
    if (current === undefined) return begin()
    next ??= current.then(() => {
      next = undefined
      return begin()
    })
    return next
  }
}
