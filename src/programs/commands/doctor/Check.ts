/** What was found in one place, and what to do about it. */

/** `warning` works but should be looked at; `failed` keeps the gateway from its work. */
export type CheckStatus = "ok" | "warning" | "failed"

/** Where was looked: `id` for machines, `title` for people, and the account whose it is. */
export interface Place {
  readonly id: string
  readonly title: string
  readonly account?: string
}

/** `detail` says what was found, `remedy` the one thing to do; what is in order needs none. */
export interface Check extends Place {
  readonly status: CheckStatus
  readonly detail: string
  readonly remedy?: string
}

export const ok = (place: Place, detail: string): Check => ({ ...place, status: "ok", detail })

export const warning = (place: Place, detail: string, remedy: string): Check => ({
  ...place,
  status: "warning",
  detail,
  remedy
})

export const failed = (place: Place, detail: string, remedy: string): Check => ({
  ...place,
  status: "failed",
  detail,
  remedy
})
