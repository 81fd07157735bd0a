/** What is wanted of the chats, in memory. A change is one step that nothing can come between. */
import { Effect, Layer } from "effect"
import { type Chat, type Target, targetKey } from "../../schemas/Target.ts"
import { type ChatPresence, Presence, type PresenceCall } from "../../services/Presence.ts"

/** How long a chat is worth marking as read, in ms, where no child could: people have looked elsewhere by then. */
const READ_WITHIN_MS = 30_000
/** How long phones show that somebody writes, in ms, where nothing more comes of it. */
const SHOWN_MS = 60_000
/** How long it is remembered that a chat was called for, in ms: longer than any pause between calls. */
const CALLED_MS = 2000
/** Chats of an account that are kept; of more the oldest are forgotten in which nobody writes. */
const MOST_CHATS = 512

interface Board {
  readonly chats: Map<string, ChatPresence>
  readonly latch: Effect.Latch
}

const chatOf = (target: Target): Chat | undefined => (target._tag === "Handle" ? undefined : target)

/** A chat without what is over by now. */
const asOf = (one: ChatPresence, now: number): ChatPresence => {
  const isUnread = one.unreadSince !== undefined && now - one.unreadSince < READ_WITHIN_MS
  const isSeen = one.typingAt !== undefined && (one.turns > 0 || now - one.typingAt < SHOWN_MS)
  return {
    ...one,
    unreadSince: isUnread ? one.unreadSince : undefined,
    typingAt: isSeen ? one.typingAt : undefined,
    isShown: isSeen && one.isShown
  }
}

/** Whether nothing is wanted of it, and nothing is known that matters. */
const isIdle = ({ calledAt, turns, typingAt, unreadSince }: ChatPresence, now: number): boolean =>
  turns === 0 &&
  unreadSince === undefined &&
  typingAt === undefined &&
  (calledAt === undefined || now - calledAt >= CALLED_MS)

const prune = ({ chats }: Board, now: number): void => {
  for (const [key, before] of chats) {
    const one = asOf(before, now)
    if (isIdle(one, now)) chats.delete(key)
    else chats.set(key, one)
  }
  for (const [key, { turns }] of chats) {
    if (chats.size <= MOST_CHATS) return
    if (turns === 0) chats.delete(key)
  }
}

/** A chat of which nothing was wanted yet. */
const unknown = (chat: Chat, at: number): ChatPresence => ({
  ...{ chat, turns: 0, begunAt: at, quietSince: at, unreadSince: undefined },
  ...{ calledAt: undefined, typingAt: undefined, isShown: false }
})

/** What a call changes. */
const called: { readonly [call in PresenceCall]: (at: number) => Partial<ChatPresence> } = {
  typing: (at) => ({ calledAt: at, typingAt: at }),
  quiet: (at) => ({ calledAt: at, typingAt: undefined, isShown: false }),
  read: (at) => ({ calledAt: at, unreadSince: undefined })
}

const make = Effect.gen(function* () {
  const clock = yield* Effect.clock
  const boards = new Map<string, Board>()
  const now = () => Number(clock.unsafeCurrentTimeNanos() / 1_000_000n)

  const boardOf = (accountId: string): Board => {
    const known = boards.get(accountId)
    if (known !== undefined) return known
    const board = { chats: new Map(), latch: Effect.unsafeMakeLatch(false) }
    boards.set(accountId, board)
    return board
  }

  const change = (
    accountId: string,
    target: Target,
    step: (before: ChatPresence, at: number) => Partial<ChatPresence>
  ) =>
    Effect.suspend(() => {
      const chat = chatOf(target)
      if (chat === undefined) return Effect.void
      const board = boardOf(accountId)
      const at = now()
      const before = board.chats.get(targetKey(chat)) ?? unknown(chat, at)
      board.chats.set(targetKey(chat), { ...before, ...step(before, at) })
      prune(board, at)
      return board.latch.open
    })

  return Presence.of({
    typing: (accountId, target) =>
      Effect.acquireRelease(
        change(accountId, target, ({ begunAt, turns }, at) => ({
          turns: turns + 1,
          begunAt: turns === 0 ? at : begunAt
        })),
        () =>
          change(accountId, target, ({ turns }, at) => ({ turns: Math.max(0, turns - 1), quietSince: at }))
      ),
    isShown: (accountId, target) =>
      Effect.sync(() => {
        const one = boards.get(accountId)?.chats.get(targetKey(target))
        return one !== undefined && asOf(one, now()).isShown
      }),
    read: (accountId, target) =>
      change(accountId, target, ({ unreadSince }, at) => ({ unreadSince: unreadSince ?? at })),
    arrival: (accountId) =>
      Effect.suspend(() => {
        const { latch } = boardOf(accountId)
        return Effect.asVoid(Effect.zipRight(latch.await, latch.close))
      }),
    chats: (accountId) =>
      Effect.sync(() => {
        const board = boardOf(accountId)
        prune(board, now())
        return [...board.chats.values()]
      }),
    called: (accountId, chat, call) => change(accountId, chat, (_, at) => called[call](at)),
    shown: (accountId, chat) =>
      change(accountId, chat, ({ typingAt }) => ({ isShown: typingAt !== undefined }))
  })
})

export const layer: Layer.Layer<Presence> = Layer.effect(Presence, make)
