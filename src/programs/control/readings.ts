/** Who read which chat, for the audit log: a page that shows a chat reads it again with each message. */
import { Clock, Effect, Ref } from "effect"
import type { AuditEvent } from "../../schemas/Audit.ts"
import { Audit, OnBehalfOf } from "../../services/Audit.ts"

/** One entry of the same reader and chat in such a time says as much as all of them. */
const AGAIN_MS = 10 * 60_000

/** The function that records a reading, unless the same one was recorded a moment ago. */
export const makeNoteReading = Effect.gen(function* () {
  const audit = yield* Audit
  /** When each was recorded, in Unix ms: those that would be recorded again are forgotten. */
  const recorded = yield* Ref.make<ReadonlyMap<string, number>>(new Map())
  return (event: Extract<AuditEvent, { readonly _tag: "HistoryRead" }>): Effect.Effect<void> =>
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const key = JSON.stringify([yield* OnBehalfOf, event.accountId, event.chatId])
      const isNews = yield* Ref.modify(recorded, (before) => {
        const recent = new Map([...before].filter(([, at]) => at > now - AGAIN_MS && at <= now))
        return recent.has(key) ? [false, recent] : [true, recent.set(key, now)]
      })
      if (isNews) yield* audit.record(event)
    })
})
