/**
 * How many turns a chat had in the last minute, so that two machines do not talk for ever. It is kept in memory: after
 * a restart it starts anew.
 */
import { Effect } from "effect"

const WINDOW_MS = 60_000

export interface LoopGuard {
  /** Sets how many turns a minute a chat may have; 0 for any number. It holds for the turns that were, too. */
  readonly limit: (maxPerMinute: number) => void
  /** How long a chat has to wait for its next turn, in milliseconds; 0 where it has not. */
  readonly pauseOf: (chat: string) => number
  /** Notes that a chat has a turn now. */
  readonly onTurn: (chat: string) => void
  /** Whether the pause of a chat is to be reported, which is done with this: once a minute at most. */
  readonly isNews: (chat: string) => boolean
  /** How many chats it remembers: those with a turn in about the last minute. */
  readonly chats: () => number
}

/** What is known of a chat. Times in ms of a clock that never goes back. */
interface Recent {
  /** When its last turns began, oldest first; as many as the limit at most. */
  readonly turns: Array<number>
  reportedAt: number | undefined
}

/** A guard without a limit, which never pauses a chat. */
export const make: Effect.Effect<LoopGuard> = Effect.map(Effect.clock, (clock) => {
  let maxPerMinute = 0
  const now = () => Number(clock.unsafeCurrentTimeNanos() / 1_000_000n)
  /** The chats with a turn in the last minute, the one with the newest turn last. */
  const chats = new Map<string, Recent>()

  const forgetQuiet = (until: number) => {
    for (const [chat, { turns }] of chats) {
      const last = turns.at(-1)
      if (last !== undefined && last > until) return
      chats.delete(chat)
    }
  }

  const pauseAt = (chat: string, at: number): number => {
    const oldest = chats.get(chat)?.turns.at(-maxPerMinute)
    return oldest === undefined ? 0 : Math.max(0, oldest + WINDOW_MS - at)
  }

  return {
    limit: (limit) => {
      maxPerMinute = limit
    },
    pauseOf: (chat) => (maxPerMinute === 0 ? 0 : pauseAt(chat, now())),
    onTurn: (chat) => {
      if (maxPerMinute === 0) return
      const at = now()
      const recent = chats.get(chat) ?? { turns: [], reportedAt: undefined }
      recent.turns.push(at)
      recent.turns.splice(0, recent.turns.length - maxPerMinute)
      chats.delete(chat)
      chats.set(chat, recent)
      forgetQuiet(at - WINDOW_MS)
    },
    isNews: (chat) => {
      const recent = chats.get(chat)
      if (recent === undefined) return false
      const at = now()
      const isNews = recent.reportedAt === undefined || at - recent.reportedAt >= WINDOW_MS
      if (isNews) recent.reportedAt = at
      return isNews
    },
    chats: () => chats.size
  }
})
