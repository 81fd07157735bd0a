/** What the gateway said, known again where Messages shows it as something that was said to it. */
import { Context } from "effect"
import type { Delivery, PartRecord, PartState } from "../schemas/Delivery.ts"
import type { Envelope } from "../schemas/Envelope.ts"
import type { Stored } from "../schemas/errors/store.ts"
import type { ImsgChat, ImsgMessage } from "../schemas/ImsgProtocol.ts"

export class Echoes extends Context.Tag("imsg-gateway/Echoes")<
  Echoes,
  {
    /**
     * Follows a part on its way out, and is called with each state before it is acted on: what is being sent may come
     * back once, what provably was not sent may not.
     */
    readonly follow: (
      delivery: Pick<Delivery, "id" | "accountId" | "target">,
      record: Pick<PartRecord, "index" | "part">,
      state: PartState
    ) => Stored<void>
    /**
     * Learns from a row which handles are the account's own: the one that it went out or came in by, and that of the
     * other side where both rows of one message are seen. To be told of all rows, before anything else is asked of them.
     */
    readonly learn: (accountId: string, row: ImsgMessage) => Stored<void>
    /** Learns from chats which handles are the account's own, for a day: an old chat can be of an account before. */
    readonly learnFromChats: (accountId: string, chats: ReadonlyArray<ImsgChat>) => Stored<void>
    /**
     * Whether an incoming row is what the gateway said. A row that was one stays one however often it is shown, and
     * each part makes at most one. To be asked about all incoming rows, in their order.
     */
    readonly isEcho: (envelope: Envelope) => Stored<boolean>
    /**
     * Whether whoever reacted is the account itself, or another one of the gateway, whose agent it may have been: in a chat
     * with oneself Messages shows a tapback twice, and nothing in any row says whether the gateway or its owner put it there.
     */
    readonly isOneself: (envelope: Envelope) => Stored<boolean>
    /**
     * Whether a message says what the gateway said last in its chat, whoever wrote it, also with little around it. One
     * such message can be a person's; what it is of in a row is the caller's to judge. What was said is known on the host
     * of the account alone: to be asked there.
     */
    readonly givesBack: (envelope: Envelope) => Stored<boolean>
  }
>() {}
