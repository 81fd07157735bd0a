/** The subscriptions. */
import { Effect } from "effect"
import { requireDiskAccess, timeParam } from "./Access.ts"
import { ChatDatabase } from "./ChatDatabase.ts"
import { Misbehaviour } from "./Misbehaviour.ts"
import type { Params } from "./Params.ts"
import { invalidParams, serverBusy } from "./Rpc.ts"
import { Settings } from "./Settings.ts"
import { Watch } from "./Watch.ts"

const MOST_BUFFERED = 4096
/** At once, from 0.14 on. */
const MOST_SUBSCRIPTIONS = 64

/** `watch.subscribe` */
export const subscribe = (params: Params<"watch.subscribe">) =>
  Effect.gen(function* () {
    const { build, debounceMs } = yield* Settings
    const misbehaviour = yield* Misbehaviour
    yield* misbehaviour.at("subscribe", "watch.subscribe")
    const debounce = params.debounce_ms ?? 500
    if (debounce < 0) return yield* invalidParams("debounce_ms must be a non-negative integer")
    const bufferLimit = params.buffer_limit ?? 256
    if (bufferLimit < 1 || bufferLimit > MOST_BUFFERED)
      return yield* invalidParams(`buffer_limit must be an integer between 1 and ${MOST_BUFFERED}`)
    const start = yield* timeParam(params.start)
    const end = yield* timeParam(params.end)
    const participants = (params.participants ?? []).map((handle) => handle.toLowerCase())
    yield* requireDiskAccess
    const watch = yield* Watch
    if (build.strict && (yield* watch.size) >= MOST_SUBSCRIPTIONS)
      return yield* serverBusy("subscription limit exceeded")
    const since = params.since_rowid ?? 0
    const tail = yield* (yield* ChatDatabase).maxRowId
    const subscription = yield* watch.subscribe({
      after: since === 0 ? tail : since,
      tail,
      chatId: params.chat_id,
      attachments: params.attachments ?? false,
      reactions: params.include_reactions ?? false,
      debounceMs: debounceMs ?? debounce,
      bufferLimit,
      allows: ({ at, sender }) =>
        (participants.length === 0 || participants.includes(sender.toLowerCase())) &&
        (start === undefined || at >= start) &&
        (end === undefined || at < end)
    })
    // Builds before 0.14 start the watch first: a row that waits is written before the answer.
    if (!build.strict) yield* subscription.pending
    return {
      result: { subscription: subscription.id, ...(build.strict ? { buffer_limit: bufferLimit } : {}) },
      afterwards: subscription.start
    }
  })

/** `watch.unsubscribe` */
export const unsubscribe = (params: Params<"watch.unsubscribe">) =>
  Effect.gen(function* () {
    if (params.subscription === undefined) return yield* invalidParams("subscription is required")
    yield* (yield* Watch).unsubscribe(params.subscription)
    return { ok: true }
  })
