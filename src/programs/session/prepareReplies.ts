/** From what an agent answers to what is delivered: clean texts with their prefix, within bounds, and copies of files. */
import { Array as Arr, Clock, Effect, Option } from "effect"
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
import { cleanText } from "./cleanText.ts"
import { asPlainText } from "./markdown/asPlainText.ts"
import { withPrefix } from "./responsePrefix.ts"

/** Files of one turn, and how long all of them may take together: an agent's place is held meanwhile. */
const MAX_FILES = 20
const FILES_WITHIN_MS = 60_000

const saysSomething = (reply: Reply): boolean =>
  (reply.text ?? "").trim() !== "" || (reply.media ?? []).length > 0

/** What is delivered of an agent's answer, and how many messages that makes. */
export interface Prepared {
  readonly replies: ReadonlyArray<DeliveredReply>
  readonly parts: number
}

/** The text as it is said: what was said in markdown is cleaned again, for entities can stand for anything. */
const saidBy = (agent: AgentConfig | undefined, text: string): Effect.Effect<string> => {
  const clean = cleanText(text)
  return agent?.markdown === "plain"
    ? Effect.map(asPlainText(clean, MAX_TURN_BYTES), cleanText)
    : Effect.succeed(clean)
}

/** The function that prepares the replies of a turn. Replies without content are left out. */
export const makePrepareReplies = Effect.gen(function* () {
  const config = yield* ConfigService
  const files = yield* OutboundFiles
  const chunker = yield* Chunker

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

  const bounded = (
    replies: ReadonlyArray<Reply>,
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
      const said = yield* Effect.forEach(replies, (reply) =>
        Effect.map(saidBy(agent, reply.text ?? ""), (text): Reply => ({ ...reply, text }))
      )
      // Without them nothing says which files may be sent; what is said waits until the account is back.
      if (agent === undefined || account === undefined) {
        const texts = said.map(({ text }): Reply => ({ text: text ?? "" })).filter(saysSomething)
        const kept = yield* bounded(texts, left(agent?.maxParts ?? agentsDefaults.maxParts), account)
        return { replies: kept.replies.map((reply) => delivered(reply, undefined)), parts: kept.parts }
      }
      const prefixed = said.map(
        (reply): Reply => ({
          ...reply,
          text: withPrefix(
            account.responsePrefix ?? messages.responsePrefix,
            agent,
            account,
            reply.text ?? ""
          )
        })
      )
      const kept = yield* bounded(prefixed.filter(saysSomething), left(agent.maxParts), account)
      const stage = yield* staging(turn, agent, bytesOfMb(account.mediaMaxMb))
      const last = Arr.lastNonEmpty(turn.envelopes).guid
      const staged = yield* Effect.forEach(kept.replies, ({ media = [], text = "", ...manner }) =>
        Effect.map(Effect.forEach(media, stage), (copies) =>
          delivered({ ...manner, text, media: copies.flatMap(Option.toArray) }, last)
        )
      )
      return { replies: staged.filter(saysSomething), parts: kept.parts }
    })
})
