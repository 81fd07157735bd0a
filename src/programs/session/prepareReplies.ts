/** From what an agent answers to what is delivered: clean texts with their prefix, within bounds, and copies of files. */
import { Effect, Option } from "effect"
import { bytesOfMb } from "../../schemas/bytes.ts"
import type { AccountConfig } from "../../schemas/Config.ts"
import { agentsDefaults } from "../../schemas/config/agents.ts"
import { accountDefaults } from "../../schemas/config/imessage.ts"
import type { DeliveredReply } from "../../schemas/Delivery.ts"
import type { Reply, Turn } from "../../schemas/Turn.ts"
import { Chunker } from "../../services/Chunker.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { type BoundedReplies, boundedReplies, MAX_TURN_BYTES } from "./boundedReplies.ts"
import { makeAddressed } from "./nameable.ts"
import { bareText, saidReply } from "./saidText.ts"
import { makeStaging } from "./staging.ts"

const saysSomething = ({ media = [], poll, text = "" }: DeliveredReply): boolean =>
  text.trim() !== "" || media.length > 0 || poll !== undefined

/** What is delivered of an agent's answer, and how many messages that makes. */
export interface Prepared {
  readonly replies: ReadonlyArray<DeliveredReply>
  readonly parts: number
}

/** The function that keeps as many replies as may be sent, and says where that is not all of them. */
const makeBounded = Effect.map(Chunker, (chunker) => {
  return (
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
})

/** The function that prepares the replies of a turn. Replies without content are left out. */
export const makePrepareReplies = Effect.gen(function* () {
  const config = yield* ConfigService
  const addressed = yield* makeAddressed
  const bounded = yield* makeBounded
  const staging = yield* makeStaging

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
        saidReply(agent, account, messages.responsePrefix, reply)
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
