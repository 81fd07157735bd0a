/** From what an agent answers to what is delivered: clean texts with their prefix, within bounds, and copies of files. */
import { Clock, Effect, Option } from "effect"
import type { Poll } from "../../schemas/Act.ts"
import { bytesOfMb } from "../../schemas/bytes.ts"
import type { AccountConfig, AgentConfig } from "../../schemas/Config.ts"
import { agentsDefaults } from "../../schemas/config/agents.ts"
import { accountDefaults } from "../../schemas/config/imessage.ts"
import type { DeliveredReply } from "../../schemas/Delivery.ts"
import { delivered } from "../../schemas/deliveredReply.ts"
import type { Reply, Turn } from "../../schemas/Turn.ts"
import { Chunker } from "../../services/Chunker.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { OutboundFiles } from "../../services/OutboundFiles.ts"
import { stored } from "../effects/stored.ts"
import { type BoundedReplies, boundedReplies, MAX_TURN_BYTES } from "./boundedReplies.ts"
import { makeNameableOf, warnOf } from "./nameable.ts"
import { guidOf, NOT_OF_CHAT } from "./namedMessages.ts"
import { bareText, saidText } from "./saidText.ts"

/** Files of one turn, and how long all of them may take together: an agent's place is held meanwhile. */
export const MAX_FILES = 20
const FILES_WITHIN_MS = 60_000

const saysSomething = ({ media = [], poll, text = "" }: DeliveredReply): boolean =>
  text.trim() !== "" || media.length > 0 || poll !== undefined

/** What is delivered of an agent's answer, and how many messages that makes. */
export interface Prepared {
  readonly replies: ReadonlyArray<DeliveredReply>
  readonly parts: number
}

/** A poll whose words are as an agent's words are said; none where too little is left of them. */
const saidPoll = (agent: AgentConfig, poll: Poll): Effect.Effect<Poll | undefined> =>
  Effect.gen(function* () {
    const question = (yield* bareText(agent, poll.question)).trim()
    const words = yield* Effect.forEach(poll.options, (option) => bareText(agent, option))
    const options = words.map((option) => option.trim()).filter((option) => option !== "")
    return question === "" || options.length < 2 ? undefined : { question, options }
  })

/** The function that prepares the replies of a turn. Replies without content are left out. */
export const makePrepareReplies = Effect.gen(function* () {
  const config = yield* ConfigService
  const files = yield* OutboundFiles
  const chunker = yield* Chunker
  const nameableOf = yield* makeNameableOf

  const leaveOut = (message: string, annotations: Readonly<Record<string, string>> = {}) =>
    Effect.as(Effect.logWarning(message).pipe(Effect.annotateLogs(annotations)), Option.none<string>())

  /** The function that copies the files of a turn, one after the other. */
  const staging = (turn: Turn, agent: AgentConfig, maxBytes: number) =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      const deadline = now + FILES_WITHIN_MS
      let index = 0

      const stageNext = (source: string, place: number) =>
        Effect.gen(function* () {
          const left = deadline - (yield* Clock.currentTimeMillis)
          if (place >= MAX_FILES || left <= 0) {
            return yield* leaveOut(
              `a file of the reply is left out: a turn may have ${MAX_FILES} files, within ${FILES_WITHIN_MS} ms`
            )
          }
          return yield* files.stage({ deliveryId: turn.id, index: place, source, agent, maxBytes }).pipe(
            Effect.asSome,
            Effect.catchTag("MediaRejected", ({ code, hint, message }) => leaveOut(message, { code, hint })),
            stored,
            Effect.timeoutOption(left),
            Effect.flatMap(
              Option.match({
                onNone: () => leaveOut("a file of the reply is left out: it took too long"),
                onSome: Effect.succeed
              })
            )
          )
        })

      return (source: string) => stageNext(source, index++)
    })

  /** Replies that say which message they answer say it by its guid, or not at all. */
  const addressed = (turn: Turn, replies: ReadonlyArray<Reply>) =>
    Effect.gen(function* () {
      if (replies.every(({ replyTo }) => replyTo === undefined)) {
        return replies.map((reply) => delivered(reply, undefined))
      }
      const nameable = yield* nameableOf(turn)
      return yield* Effect.forEach(replies, ({ replyTo: named, ...reply }) =>
        Effect.gen(function* () {
          if (named === undefined) return reply
          const guid = guidOf(named, nameable)
          if (guid === undefined) yield* warnOf("the replyTo", { named, why: NOT_OF_CHAT })
          return guid === undefined ? reply : delivered({ ...reply, replyTo: guid }, undefined)
        })
      )
    })

  /** The words of a reply as they are said. */
  const worded = (
    reply: DeliveredReply,
    agent: AgentConfig,
    account: AccountConfig,
    prefix: string | undefined
  ) =>
    Effect.gen(function* () {
      const { poll: asked, ...rest } = reply
      const said = yield* saidText(agent, account, prefix, reply.text ?? "")
      const poll = asked === undefined ? undefined : yield* saidPoll(agent, asked)
      if (asked !== undefined && poll === undefined) {
        yield* Effect.logWarning("a poll of the answer is left out: too little is left of its words")
      }
      return { ...rest, ...said, ...(poll === undefined ? {} : { poll }) } satisfies DeliveredReply
    })

  const bounded = (
    replies: ReadonlyArray<DeliveredReply>,
    maxParts: number,
    account: AccountConfig | undefined
  ): Effect.Effect<Omit<BoundedReplies, "isCut">> => {
    // The mark that more is left out stands there already.
    if (maxParts < 0) return Effect.succeed({ replies: [], parts: 0 })
    const { chunkMode, textChunkLimit } = account ?? accountDefaults
    const options = { limit: textChunkLimit, mode: chunkMode }
    const kept = boundedReplies(replies, { maxParts, chunk: (text) => chunker.chunk(text, options) })
    return kept.isCut
      ? Effect.as(
          Effect.logWarning(
            "the agent's answer is cut: it has more messages than agents.list[].maxParts, or too long a text"
          ).pipe(Effect.annotateLogs({ maxParts, maxBytes: MAX_TURN_BYTES })),
          kept
        )
      : Effect.succeed(kept)
  }

  /** `partsBefore` is how many messages the turn was sent in so far. */
  return (turn: Turn, replies: ReadonlyArray<Reply>, partsBefore = 0): Effect.Effect<Prepared> =>
    Effect.gen(function* () {
      const { accounts, agents, messages } = yield* config.current
      const left = (maxParts: number) => maxParts - partsBefore
      const agent = agents.list.find(({ id }) => id === turn.agentId)
      const account = accounts.find(({ id }) => id === turn.envelopes[0].accountId)
      // Without them nothing says which files may be sent; what is said waits until the account is back.
      if (agent === undefined || account === undefined) {
        const texts = yield* Effect.forEach(replies, ({ text = "" }) =>
          Effect.map(bareText(agent, text), (said): DeliveredReply => ({ text: said }))
        )
        const maxParts = agent?.maxParts ?? agentsDefaults.maxParts
        return yield* bounded(texts.filter(saysSomething), left(maxParts), account)
      }
      const said = yield* Effect.forEach(yield* addressed(turn, replies), (reply) =>
        worded(reply, agent, account, messages.responsePrefix)
      )
      const kept = yield* bounded(said.filter(saysSomething), left(agent.maxParts), account)
      const stage = yield* staging(turn, agent, bytesOfMb(account.mediaMaxMb))
      const staged = yield* Effect.forEach(kept.replies, ({ media = [], text = "", ...manner }) =>
        Effect.map(
          Effect.forEach(media, stage),
          (copies): DeliveredReply => ({ ...manner, text, media: copies.flatMap(Option.toArray) })
        )
      )
      return { replies: staged.filter(saysSomething), parts: kept.parts }
    })
})
