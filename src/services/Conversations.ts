/** What agents remember: one conversation of each person, each group or each session with each agent. */
import { Context, type Effect } from "effect"
import type { ConversationKey, Exchange, OpenConversation, Remembered } from "../schemas/Conversation.ts"
import type { StoreUnavailable } from "../schemas/errors/store.ts"

/** A conversation as an owner sees it. Times are Unix ms. */
export interface KnownConversation {
  readonly key: ConversationKey
  readonly exchanges: number
  readonly beganAt: number
  readonly lastAt: number
}

type Stored<A> = Effect.Effect<A, StoreUnavailable>

export class Conversations extends Context.Tag("imsg-gateway/Conversations")<
  Conversations,
  {
    /** The conversation as it stands; an empty one where there was none. */
    readonly open: (key: ConversationKey) => Stored<OpenConversation>
    /**
     * Adds what a turn with nothing to say brought, once for each turn. What a reply brings is written with it (see
     * `Outbox.accept`).
     */
    readonly remember: (remembered: Remembered) => Stored<void>
    /** Begins another conversation: nothing of the one before is kept. Answers whether there was one. */
    readonly beginAnother: (key: ConversationKey) => Stored<boolean>
    /** The conversations of whoever is called so, with every agent, are over: somebody was let go. */
    readonly forget: (who: Pick<ConversationKey, "kind" | "of">) => Stored<void>
    /** At most so many, those that were last spoken in first. */
    readonly list: (limit: number) => Stored<ReadonlyArray<KnownConversation>>
    /** What was said in one, oldest first. */
    readonly show: (key: ConversationKey) => Stored<ReadonlyArray<Exchange>>
  }
>() {}
