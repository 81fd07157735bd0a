/**
 * What a turn says, piece by piece. The first piece is accepted for delivery under the turn's own id, so that the turn is
 * not asked again after it, whatever happens; the others are numbered.
 */
import { Clock, Effect, Ref } from "effect"
import type { AskedActs } from "../../schemas/AgentOutput.ts"
import { replyTarget } from "../../schemas/Envelope.ts"
import { partInWords } from "../../schemas/partWords.ts"
import type { Reply, Turn } from "../../schemas/Turn.ts"
import type { Answer } from "../../services/Agent.ts"
import { Conversations } from "../../services/Conversations.ts"
import { Outbox } from "../../services/Outbox.ts"
import { stored } from "../effects/stored.ts"
import type { TurnMemory } from "./memory.ts"
import { makePrepareActs } from "./prepareActs.ts"
import { makePrepareReplies } from "./prepareReplies.ts"
import { makeSpending } from "./spending.ts"

export interface Speech {
  /** Says something before the end. */
  readonly say: (reply: Reply) => Effect.Effect<void>
  /** Says and does what is left of it. Answers whether the turn has said or done anything by then. */
  readonly end: (answer: Answer) => Effect.Effect<boolean>
  /** Whether it has said anything. */
  readonly hasBegun: Effect.Effect<boolean>
}

interface Spoken {
  readonly pieces: number
  /** How many messages they are sent in. */
  readonly parts: number
  readonly texts: ReadonlyArray<string>
}

/** What is remembered of a reply; of a file and an act nothing is. */
const wordsOf = ({ poll, text = "" }: Reply): ReadonlyArray<string> => [
  ...(text.trim() === "" ? [] : [text]),
  ...(poll === undefined ? [] : [partInWords({ _tag: "Poll", ...poll })])
]

const SILENT: Spoken = { pieces: 0, parts: 0, texts: [] }

/** The function that begins the speech of a turn, with what its agent remembers. */
export const makeSpeech = Effect.gen(function* () {
  const prepareReplies = yield* makePrepareReplies
  const prepareActs = yield* makePrepareActs
  const { answeredIn } = yield* makeSpending
  const outbox = yield* Outbox
  const conversations = yield* Conversations

  return (turn: Turn, memory: TurnMemory | undefined): Effect.Effect<Speech> =>
    Effect.gen(function* () {
      const spoken = yield* Ref.make(SILENT)
      const [{ accountId }] = turn.envelopes

      const remembered = (texts: ReadonlyArray<string>, reference: string | undefined) =>
        Effect.map(Clock.currentTimeMillis, (at) =>
          memory === undefined
            ? undefined
            : {
                conversation: memory.conversation,
                maxExchanges: memory.maxExchanges,
                exchange: { turnId: turn.id, asked: memory.asked, answered: texts.join("\n\n"), at },
                ...(reference === undefined ? {} : { reference })
              }
        )

      const sayAll = (replies: ReadonlyArray<Reply>, asked?: AskedActs, reference?: string) =>
        Effect.gen(function* () {
          const before = yield* Ref.get(spoken)
          const id = before.pieces === 0 ? turn.id : `${turn.id}/${before.pieces + 1}`
          const prepared = yield* prepareReplies({ ...turn, id }, replies, before.parts)
          const acts = asked === undefined ? [] : yield* prepareActs({ ...turn, id }, asked)
          if (prepared.replies.length === 0 && acts.length === 0) return
          const now: Spoken = {
            pieces: before.pieces + 1,
            parts: before.parts + prepared.parts,
            texts: [...before.texts, ...replies.flatMap(wordsOf)]
          }
          // An Apple ID that does too much is noticed as one that says too much is.
          yield* answeredIn(turn.id, now.parts + acts.length)
          const kept = yield* remembered(now.texts, reference)
          yield* stored(
            outbox.accept(
              {
                ...{ id, accountId, target: replyTarget(turn.envelopes[0]), replies: prepared.replies },
                ...(acts.length === 0 ? {} : { acts })
              },
              kept === undefined ? {} : { remembered: kept }
            )
          )
          yield* Ref.set(spoken, now)
        })

      return {
        say: (reply) => sayAll([reply]),
        end: ({ acts, reference, replies }) =>
          Effect.gen(function* () {
            const before = yield* Ref.get(spoken)
            yield* sayAll(replies, acts, reference)
            const { pieces, texts } = yield* Ref.get(spoken)
            if (pieces === before.pieces) {
              // No reply brought what is to be remembered with it.
              const kept = yield* remembered(texts, reference)
              if (kept !== undefined) yield* stored(conversations.remember(kept))
            }
            return pieces > 0
          }),
        hasBegun: Effect.map(Ref.get(spoken), ({ pieces }) => pieces > 0)
      }
    })
})
