/**
 * Chats that give the gateway's own words back: another machine, or a Messages that mirrors in a way that is not known.
 * One message can be a person's who repeats what was said; several in a row are a mirror, and it is paused. So is one that
 * reacts in words to each answer, where its agent answers reactions.
 */
import { Clock, Effect, Option } from "effect"
import type { InboundPayload } from "../../schemas/Actors.ts"
import { type Envelope, replyTarget } from "../../schemas/Envelope.ts"
import { targetKey } from "../../schemas/Target.ts"
import { Events } from "../../services/Events.ts"
import { type ChatRef, PausedChats } from "../../services/PausedChats.ts"
import { stored } from "../effects/stored.ts"
import { chatOf } from "./chatLane.ts"

/** Chats of which it is counted; the one that was counted longest ago is forgotten. */
const CHATS = 500

/** The mirrors of a session. */
export interface Mirrors {
  /** Weighs a message that is about to be answered: whether its chat is paused with it, as the `most`th in a row. */
  readonly weigh: (message: InboundPayload, most: number) => Effect.Effect<boolean>
  /** How long the chat of a message is paused still, in ms; 0 where it is not, infinite until its owner resumes it. */
  readonly pauseOf: (envelope: Envelope) => Effect.Effect<number>
  /** To be called when what waited for a chat goes on, for whatever reason it did. */
  readonly resumed: (envelope: Envelope) => Effect.Effect<void>
}

/** Whether it is a reaction to the gateway's words that a machine can write too: it quotes them, whatever else it says. */
const isReactionInWords = ({ reaction }: Envelope): boolean => reaction?.isText === true && reaction.to.isOwn

/** Whether it is any other reaction: it quotes what it is to, and gives nothing back. */
const isTapback = (envelope: Envelope): boolean => envelope.isReaction && !isReactionInWords(envelope)

const refOf = (envelope: Envelope): ChatRef => ({
  accountId: envelope.accountId,
  chat: targetKey(replyTarget(envelope))
})

export const make: Effect.Effect<Mirrors, never, Events | PausedChats> = Effect.gen(function* () {
  const events = yield* Events
  const pausedChats = yield* PausedChats
  /** When the pauses end of chats for which messages wait, Unix ms. */
  const ends = new Map<string, number>()
  /** How many messages in a row gave the gateway's words back; none for a chat in which the last one did not. */
  const inARow = new Map<string, number>()

  const count = (chat: string): number => {
    const before = inARow.get(chat) ?? 0
    inARow.delete(chat)
    inARow.set(chat, before + 1)
    const [oldest] = inARow.keys()
    if (inARow.size > CHATS && oldest !== undefined) inARow.delete(oldest)
    return before + 1
  }

  const pause = (envelope: Envelope) =>
    Effect.gen(function* () {
      const { accountId, chat, times, until } = yield* pausedChats.pause(refOf(envelope))
      yield* events.publish({ _tag: "ChatPaused", accountId, chat, times, until: until ?? null })
      const hint =
        until === undefined
          ? "until `imsg-gateway chats resume`"
          : `until ${new Date(until).toISOString()}, and its messages wait`
      yield* Effect.logWarning(`a chat gives the gateway's own words back: it is paused ${hint}`).pipe(
        Effect.annotateLogs({ account: accountId, chat, times })
      )
    })

  return {
    weigh: ({ envelope, isGivenBack = false }, most) =>
      Effect.gen(function* () {
        if (most === 0 || isTapback(envelope)) return false
        const chat = chatOf(envelope)
        if (!isReactionInWords(envelope) && !isGivenBack) {
          inARow.delete(chat)
          return false
        }
        if (count(chat) < most) return false
        yield* pause(envelope)
        return true
      }).pipe(stored),
    pauseOf: (envelope) =>
      Effect.gen(function* () {
        const pause = yield* pausedChats.get(refOf(envelope))
        if (Option.isNone(pause)) return 0
        const end = pause.value.until ?? Number.POSITIVE_INFINITY
        ends.set(chatOf(envelope), end)
        return end - (yield* Clock.currentTimeMillis)
      }).pipe(stored),
    resumed: (envelope) =>
      Effect.gen(function* () {
        const chat = chatOf(envelope)
        const end = ends.get(chat)
        if (end === undefined) return
        ends.delete(chat)
        // Its owner believes that it is over; after a pause that only ran out the next of its kind begins another.
        if (end > (yield* Clock.currentTimeMillis)) inARow.delete(chat)
        yield* events.publish({ _tag: "ChatResumed", ...refOf(envelope) })
      })
  }
})
