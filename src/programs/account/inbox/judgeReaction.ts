/** What becomes of a row that is a reaction: whose it is, to what, and whether that is known already. */
import { Effect } from "effect"
import { type Envelope, withReaction } from "../../../schemas/Envelope.ts"
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"
import type { ImsgMessage } from "../../../schemas/ImsgProtocol.ts"
import type { Reaction } from "../../../schemas/Reaction.ts"
import { Echoes } from "../../../services/Echoes.ts"
import { Outbox } from "../../../services/Outbox.ts"
import { type JudgeOptions, Router } from "../../../services/Router.ts"
import { type Judged, NOT_ANSWERED_YET } from "./judged.ts"
import type { Found } from "./reactedTo.ts"
import type { RowReader } from "./readRow.ts"

/** A row that is to be judged. `isLast`: it waits no longer. */
interface Asked {
  readonly row: ImsgMessage
  readonly envelope: Envelope
  readonly options: JudgeOptions
  readonly isLast: boolean
}

const toOwn = (reaction: Reaction): Reaction => ({ ...reaction, to: { ...reaction.to, isOwn: true } })

export const makeJudgeReaction = (reader: Pick<RowReader, "reactedTo">) =>
  Effect.gen(function* () {
    const router = yield* Router
    const echoes = yield* Echoes
    const outbox = yield* Outbox

    /**
     * Whether the gateway said what a reaction is to. A quick tapback comes before the send of what it is to is answered:
     * then the words tell it, or else, since these may be of another process, what becomes of the send.
     */
    const authorship = (envelope: Envelope, { reaction, target }: Found) =>
      Effect.gen(function* () {
        const { accountId } = envelope
        const { guid } = reaction.to
        if (guid === undefined) return "other"
        if (yield* outbox.isClaimed(accountId, guid)) return "own"
        // What it is to is older than all that is looked through, and was claimed long ago if it was the gateway's.
        if (target === undefined || !target.is_from_me) return "other"
        if (!(yield* outbox.mayBeClaimed(accountId, target.id))) return "other"
        const said = { ...envelope, text: target.text ?? "", attachments: [] }
        return (yield* echoes.givesBack(said)) ? "own" : "unknown"
      })

    /** A reaction whose target was looked for. */
    const settle = (
      { envelope, isLast, options }: Asked,
      found: Found
    ): Effect.Effect<Judged, StoreUnavailable> =>
      Effect.gen(function* () {
        const author = yield* authorship(envelope, found)
        if (author === "unknown" && !isLast) return NOT_ANSWERED_YET
        const whole = withReaction(envelope, author === "own" ? toOwn(found.reaction) : found.reaction)
        return { _tag: "Message", envelope: whole, verdict: yield* router.judge(whole, options) }
      })

    return {
      /** Of a row that says itself that it is one. */
      ofRow: (asked: Asked): Effect.Effect<Judged, StoreUnavailable> =>
        Effect.gen(function* () {
          const { envelope, options, row } = asked
          const { reaction } = envelope
          if (yield* echoes.isOneself(envelope)) return { _tag: "Fate", fate: "echo" }
          // Only of those who are let in, and are heard, a closer look is worth a question to the child.
          const hopeful = reaction === undefined ? envelope : withReaction(envelope, toOwn(reaction))
          const verdict = yield* router.judge(hopeful, options)
          if (reaction === undefined || verdict._tag === "Drop") return { _tag: "Message", envelope, verdict }
          return yield* settle(asked, yield* reader.reactedTo.ofRow(row, reaction))
        }),
      /** Of a message that is one in words: that of another account can come so too, where its chat has no iMessage. */
      ofText: (asked: Asked, found: Found): Effect.Effect<Judged, StoreUnavailable> =>
        Effect.if(echoes.isOneself(asked.envelope), {
          onTrue: () => Effect.succeed({ _tag: "Fate", fate: "echo" } as const),
          onFalse: () => settle(asked, found)
        })
    }
  })
