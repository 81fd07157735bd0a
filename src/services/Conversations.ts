/** What agents remember: one conversation of each person, each group or each session with each agent. */
import { Context, type Effect } from "effect"
import type {
  Asking,
  ConversationKey,
  Exchange,
  KnownConversation,
  OpenConversation,
  Remembered
} from "../schemas/Conversation.ts"
import type { ConversationNotFound } from "../schemas/errors/conversations.ts"
import type { StoreUnavailable } from "../schemas/errors/store.ts"

type Stored<A, E = never> = Effect.Effect<A, E | StoreUnavailable>

export class Conversations extends Context.Tag("imsg-gateway/Conversations")<
  Conversations,
  {
    /**
     * The conversation as it stands, with its newest exchanges; an empty one where there was none. That of a person in
     * which somebody spoke who is not them any more, by `people`, is over, and another one begins.
     */
    readonly open: (asking: Asking, options: { readonly maxExchanges: number }) => Stored<OpenConversation>
    /**
     * Adds what a turn with nothing to say brought, once for each turn. What a reply brings is written with it (see
     * `Outbox.accept`).
     */
    readonly remember: (remembered: Remembered) => Stored<void>
    /** Begins another conversation: nothing of the one before is kept. Answers whether anything was. */
    readonly beginAnother: (key: ConversationKey) => Stored<boolean>
    /**
     * The conversations of whoever has one of these handles are over, with every agent: their own, and those of sessions
     * that they wrote in. Answers how many; it is recorded who orders it. Who is let go by `PairingStore` is forgotten
     * there, in the same write.
     */
    readonly forget: (handles: ReadonlyArray<string>) => Stored<number>
    /** Those of which anything is kept, at most so many, those that were last spoken in first. */
    readonly list: (limit: number) => Stored<ReadonlyArray<KnownConversation>>
    /** What was said in one, oldest first. It is recorded who looks. */
    readonly show: (
      number: number
    ) => Stored<KnownConversation & { readonly said: ReadonlyArray<Exchange> }, ConversationNotFound>
    /** Ends one as `beginAnother` does, by order. It is recorded who orders it. */
    readonly clear: (number: number) => Stored<KnownConversation, ConversationNotFound>
  }
>() {}
