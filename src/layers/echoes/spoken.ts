/** What was said last in each chat, as it is compared with what comes back. */
import type { Words } from "./givenBack.ts"

/**
 * Characters that are kept of a chat, and of all chats. A mirror may give back
 * late what was said in many parts: all of them must still be known when their rows come.
 */
const CHARACTERS_OF_CHAT = 128_000
const CHARACTERS = 2_000_000
/** What it costs to keep any words, in characters. */
const EACH = 64

interface Chat {
  /** The newest first. */
  readonly words: ReadonlyArray<Words>
  readonly size: number
}

const costOf = ({ begin }: Words): number => EACH + begin.length

const isSame = (one: Words, other: Words): boolean => one.length === other.length && one.begin === other.begin

/** The newest that fit, of which the first always does. */
const fitting = (words: ReadonlyArray<Words>): Chat => {
  const kept: Array<Words> = []
  let size = 0
  for (const each of words) {
    const after = size + costOf(each)
    if (kept.length > 0 && after > CHARACTERS_OF_CHAT) break
    kept.push(each)
    size = after
  }
  return { words: kept, size }
}

export interface Spoken {
  readonly put: (chat: string, words: Words) => void
  /** The newest first. */
  readonly of: (chat: string) => ReadonlyArray<Words>
}

export const makeSpoken = (): Spoken => {
  const chats = new Map<string, Chat>()
  let size = 0

  const forget = (chat: string) => {
    size -= chats.get(chat)?.size ?? 0
    chats.delete(chat)
  }

  return {
    put: (chat, words) => {
      const before = chats.get(chat)?.words ?? []
      const after = fitting([words, ...before.filter((each) => !isSame(each, words))])
      forget(chat)
      chats.set(chat, after)
      size += after.size
      for (const [oldest] of chats) {
        if (size <= CHARACTERS || oldest === chat) break
        forget(oldest)
      }
    },
    of: (chat) => chats.get(chat)?.words ?? []
  }
}
