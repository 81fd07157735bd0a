/** When a server wants to be asked again. */

const SECONDS = /^\d+(?:\.\d+)?$/u

/** The ms that `retry-after` means at a time (Unix ms): it is written in seconds or as a date. */
export const retryAfterMs = (header: string | undefined, now: number): number | undefined => {
  if (header === undefined) return undefined
  const text = header.trim()
  if (SECONDS.test(text)) return Math.ceil(Number(text) * 1000)
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
