/** What groups said since an agent last replied there. */
import { Context } from "effect"
import type { Envelope } from "../schemas/Envelope.ts"
import type { Stored } from "../schemas/errors/store.ts"

/** What is kept of a group message. */
export type Remembered = Pick<Envelope, "guid" | "sender" | "senderName" | "text" | "attachments">

export class GroupHistory extends Context.Tag("imsg-gateway/GroupHistory")<
  GroupHistory,
  {
    /** Keeps a group message within the bounds of schemas/promptBounds.ts, and at most `limit` of its chat. */
    readonly remember: (envelope: Envelope & { readonly chatId: number }, limit: number) => Stored<void>
    /** The last `limit` messages kept of a chat from before a row, oldest first. */
    readonly lastBefore: (
      chat: { readonly accountId: string; readonly chatId: number; readonly beforeRowId: number },
      limit: number
    ) => Stored<ReadonlyArray<Remembered>>
    /** Forgets what was kept of a chat up to a row. */
    readonly forget: (chat: {
      readonly accountId: string
      readonly chatId: number
      readonly upToRowId: number
    }) => Stored<void>
  }
>() {}
