/** What was said in chats since an agent last replied there: in groups what was not for it, everywhere reactions. */
import { Context } from "effect"
import type { Envelope } from "../schemas/Envelope.ts"
import type { Stored } from "../schemas/errors/store.ts"

/** What is kept of a group message, or of a reaction. */
export type Remembered = Pick<
  Envelope,
  "guid" | "sender" | "senderName" | "text" | "attachments" | "reaction"
>

export class GroupHistory extends Context.Tag("imsg-gateway/GroupHistory")<
  GroupHistory,
  {
    /**
     * Keeps a group message within the bounds of schemas/promptBounds.ts, and at most `limit` of its chat; or a reaction,
     * of which a chat has a bound of its own. A reaction that was told once is not kept again, however often its row comes.
     */
    readonly remember: (envelope: Envelope & { readonly chatId: number }, limit: number) => Stored<void>
    /** The last `limit` messages kept of a chat from before a row, and the reactions, oldest first. */
    readonly lastBefore: (
      chat: { readonly accountId: string; readonly chatId: number; readonly beforeRowId: number },
      limit: number
    ) => Stored<ReadonlyArray<Remembered>>
    /** Forgets what was kept of a chat up to a row; of reactions that they were told stays known. */
    readonly forget: (chat: {
      readonly accountId: string
      readonly chatId: number
      readonly upToRowId: number
    }) => Stored<void>
  }
>() {}
