/** The files that people send, from what Messages says of them to what an agent is given. */
import { Context, type Effect } from "effect"
import type { AccountConfig } from "../schemas/Config.ts"
import type { EnvelopeAttachment } from "../schemas/Envelope.ts"
import type { TurnFiles } from "../schemas/Turn.ts"

export class InboundFiles extends Context.Tag("imsg-gateway/InboundFiles")<
  InboundFiles,
  {
    /** Looks at the files as they are now: a file that is there, small enough and inside the account's roots is given. */
    readonly examine: (
      account: Pick<AccountConfig, "attachmentRoots" | "mediaMaxMb">,
      attachments: ReadonlyArray<EnvelopeAttachment>
    ) => Effect.Effect<TurnFiles>
  }
>() {}
