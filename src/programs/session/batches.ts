/** Which of the messages that wait for a session make its next turn. */
import { Array as Arr, Effect, Equal, type Mailbox, Option } from "effect"
import type { InboundPayload, WaitingMessage } from "../../schemas/Actors.ts"
import { envelopeKey } from "../../schemas/Envelope.ts"
import type { Stops } from "../../services/Stops.ts"
import type { TurnMembers } from "../../services/TurnMembers.ts"
import { stored } from "../effects/stored.ts"
import { chatOf } from "./chatLane.ts"
import type { LoopGuard } from "./LoopGuard.ts"
import type { Mirrors } from "./mirrors.ts"
import { NextBatch } from "./NextBatch.ts"
import type { Ask } from "./runTurn.ts"
import type { TurnEnd, TurnRef } from "./turnEnd.ts"

/** A batch is closed at this size, however fast the next message comes. */
const MAX_BATCH = 20

/** As it is at this size: what its messages say and quote, in bytes of UTF-8. */
const MAX_BATCH_BYTES = 128 * 1024

/** How long the messages of a turn that a crash cut off may take to come out of the store, in ms. */
const AGAIN_WITHIN_MS = 500

/** How long an owner who resumes a chat may wait for it to be noticed, in ms. */
const LOOK_AGAIN_MS = 2000

/** A message in a session's mailbox. */
export interface Waiting {
  readonly payload: WaitingMessage
}

export interface BatchOptions<R> {
  readonly mail: Mailbox.ReadonlyMailbox<R>
  /** How many unanswered messages the mailbox gives out at most; held ones count. */
  readonly capacity: number
  /** Leaves what else waits for a chat in the store, and has it come again. */
  readonly lanes: {
    readonly pause: (chat: string) => Effect.Effect<void>
    readonly resume: (chat: string) => Effect.Effect<void>
  }
  /** Asked for each message and batch: the config may have changed. */
  readonly settings: Effect.Effect<{
    readonly debounceMs: number
    readonly maxPerMinute: number
    /** So many of the gateway's own words in a row make a chat a mirror. */
    readonly mirrors: number
  }>
  readonly guard: LoopGuard
  readonly mirrors: Mirrors
  readonly turnMembers: typeof TurnMembers.Service
  readonly stops: typeof Stops.Service
  readonly turnEnd: Pick<TurnEnd, "isOver" | "isNew">
}

export const keyOf = ({ payload }: Waiting): string => envelopeKey(payload.envelope)

const turnRef = (id: string, { payload }: Waiting): TurnRef => ({ id, accountId: payload.envelope.accountId })

const sizeOf = ({ payload: { envelope } }: Waiting): number =>
  Buffer.byteLength(envelope.text) + Buffer.byteLength(envelope.replyTo?.text ?? "")

/** Whether a message may join those of its chat: in a group they are one person's, and they are no book. */
const fits = (requests: Arr.NonEmptyReadonlyArray<Waiting>, next: Waiting): boolean => {
  const [{ payload }] = requests
  if (payload.isGroup && next.payload.envelope.sender !== payload.envelope.sender) return false
  return requests.reduce((sum, request) => sum + sizeOf(request), sizeOf(next)) <= MAX_BATCH_BYTES
}

const messageOf = ({ retry: _, ...message }: WaitingMessage): InboundPayload => message

/** The turn that messages make, or that one of them brings back whole. */
const askOf = (turnId: string, requests: Arr.NonEmptyReadonlyArray<Waiting>): Ask => {
  const [{ payload }] = requests
  return payload.retry === undefined
    ? { id: turnId, attempt: 0, batch: Arr.map(requests, (request) => messageOf(request.payload)) }
    : {
        id: payload.retry.turnId,
        attempt: payload.retry.attempt,
        batch: [messageOf(payload), ...payload.retry.rest]
      }
}

/** A message that waits, and whether it was weighed against what the gateway said. */
interface Item<R> {
  readonly request: R
  isWeighed: boolean
}

/** The messages of a session in their order; those of a chat that is paused wait while others go on. */
const makeQueues = <R extends Waiting>({
  capacity,
  guard,
  lanes,
  mail,
  mirrors,
  settings
}: BatchOptions<R>) => {
  /** Taken out of the mailbox, and not looked at yet. */
  const taken: Array<Item<R>> = []
  /** What waits of each paused chat, the first that was paused first. */
  const held = new Map<string, Arr.NonEmptyArray<Item<R>>>()
  let heldCount = 0

  /** What is taken is kept, also where a time limit runs out in that moment. The mailbox lives as long as its actor. */
  const take = Effect.map(Effect.orDie(mail.take), (request) => {
    taken.push({ request, isWeighed: false })
  })

  const shift = (chat: string) =>
    Effect.gen(function* () {
      const queue = held.get(chat)
      if (queue === undefined) return taken.shift()?.request
      heldCount--
      const [first, next, ...others] = queue
      if (next === undefined) {
        held.delete(chat)
        yield* mirrors.resumed(first.request.payload.envelope)
        yield* lanes.resume(chat)
      } else held.set(chat, [next, ...others])
      return first.request
    })

  const hold = (chat: string, item: Item<R>) =>
    Effect.gen(function* () {
      const queue = held.get(chat)
      if (queue === undefined) {
        held.set(chat, [item])
        yield* lanes.pause(chat)
      } else queue.push(item)
      heldCount++
      const { accountId, chatId } = item.request.payload.envelope
      if (guard.pauseOf(chat) > 0 && guard.isNews(chat)) {
        yield* Effect.logWarning(
          "a chat has more turns a minute than messages.loopGuard.maxPerMinute: it is paused, and its messages wait"
        ).pipe(Effect.annotateLogs({ account: accountId, chatId, resumesInMs: guard.pauseOf(chat) }))
      }
      if (heldCount === capacity) {
        yield* Effect.logWarning(
          "the messages of paused chats fill the session: what comes for its other chats waits in the store"
        )
      }
    })

  /** How long a message has to wait for its turn, in ms; 0 for not at all. It is weighed once. */
  const pauseOf = (item: Item<R>, mostMirrors: number) =>
    Effect.gen(function* () {
      const { payload } = item.request
      const { envelope, retry } = payload
      const limited = guard.pauseOf(chatOf(envelope))
      const paused = Math.max(limited, yield* mirrors.pauseOf(envelope))
      if (paused > 0 || item.isWeighed || retry !== undefined) return paused
      item.isWeighed = true
      return (yield* mirrors.weigh(payload, mostMirrors)) ? yield* mirrors.pauseOf(envelope) : 0
    })

  const next = Effect.gen(function* () {
    while (true) {
      const { maxPerMinute, mirrors: mostMirrors } = yield* settings
      guard.limit(maxPerMinute)
      let waitMs = LOOK_AGAIN_MS
      for (const [chat, [first]] of held) {
        const pausedMs = yield* pauseOf(first, mostMirrors)
        if (pausedMs > 0) {
          waitMs = Math.min(waitMs, pausedMs)
          continue
        }
        const released = yield* shift(chat)
        if (released !== undefined) return released
      }
      const item = taken.shift()
      if (item !== undefined) {
        const chat = chatOf(item.request.payload.envelope)
        if (!held.has(chat) && (yield* pauseOf(item, mostMirrors)) === 0) return item.request
        yield* hold(chat, item)
      } else if (held.size === 0) {
        yield* take
      } else {
        yield* Effect.timeoutOption(take, waitMs)
      }
    }
  })

  /** The message after those of a chat that were given out, without giving it out, if it comes within a time. */
  const peek = (chat: string, withinMs: number) =>
    Effect.gen(function* () {
      const queue: ReadonlyArray<Item<R>> = held.get(chat) ?? taken
      if (queue.length === 0) yield* Effect.timeoutOption(take, withinMs)
      return queue[0]?.request
    })

  return { next, peek, shift }
}

/**
 * The next batch: the first message that waits and, with a debounce, those of the same chat that follow it within
 * that time of each other; in a group those of one person. What else comes ends the batch and is the first of the next.
 *
 * A batch that can have several messages is written down before its agent is asked, and after a crash it is made of
 * the same messages again, whatever the debounce is then. A message whose turn is over takes no other with it: its turn
 * is known by its id, and they would be done with it unanswered. Nor does one that was stopped: what joins its batch was
 * there before the stop, and was stopped with it. Nor does one that an agent with tools was given before a crash: that
 * turn has failed, and what was not in it has not.
 */
export const makeNextBatch = <R extends Waiting>(options: BatchOptions<R>): Effect.Effect<NextBatch<R>> => {
  const { guard, stops, turnEnd, turnMembers } = options
  const { next, peek, shift } = makeQueues(options)
  const turnOf = (request: R) => stored(turnMembers.turnOf(keyOf(request)))
  const isStopped = ({ payload: { envelope, retry } }: R) => stored(stops.isStopped(envelope, retry?.attempt))

  const isNew = (request: R) => stored(turnEnd.isNew(turnRef(keyOf(request), request)))

  /** The messages that follow the first in its batch, where `before` is the turn that it was in before a crash. */
  const gather = (first: R, before: Option.Option<string>, withinMs: number) =>
    Effect.gen(function* () {
      const chat = chatOf(first.payload.envelope)
      const requests: Arr.NonEmptyArray<R> = [first]
      const belongs = (request: R) =>
        Effect.gen(function* () {
          if (request.payload.retry !== undefined || chatOf(request.payload.envelope) !== chat) return false
          if (!Equal.equals(yield* turnOf(request), before)) return false
          if (Option.isSome(before)) return true
          return fits(requests, request) && (yield* isNew(request))
        })
      while (requests.length < MAX_BATCH) {
        const following = yield* peek(chat, withinMs)
        if (following === undefined || (yield* isStopped(first)) || !(yield* belongs(following))) break
        yield* shift(chat)
        requests.push(following)
      }
      return requests
    })

  return Effect.gen(function* () {
    const first = yield* next
    if (yield* isStopped(first)) return NextBatch.Drop({ requests: Arr.of(first) })
    guard.onTurn(chatOf(first.payload.envelope))
    const { debounceMs } = yield* options.settings
    const alone = (turnId: string) => NextBatch.Ask({ ask: askOf(turnId, [first]), requests: Arr.of(first) })
    if (first.payload.retry !== undefined) return alone(keyOf(first))
    const before = yield* turnOf(first)
    const turnId = Option.getOrElse(before, () => keyOf(first))
    if (debounceMs === 0 && Option.isNone(before)) return alone(turnId)
    const isWhole = Option.isSome(before)
      ? stored(turnEnd.isOver(turnRef(turnId, first)))
      : Effect.negate(isNew(first))
    if (yield* isWhole) return alone(turnId)
    const requests = yield* gather(
      first,
      before,
      Option.isSome(before) ? Math.max(debounceMs, AGAIN_WITHIN_MS) : debounceMs
    )
    if (yield* isStopped(first)) return NextBatch.Drop({ requests })
    const begin = Option.isSome(before) ? turnMembers.beginAgain : turnMembers.begin
    yield* stored(begin(turnId, requests.map(keyOf)))
    return NextBatch.Ask({ ask: askOf(turnId, requests), requests })
  })
}
