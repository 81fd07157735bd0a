/** The files that people send, from what Messages says of them to what an agent is given. */
import { Context, type Effect } from "effect"
import type { AccountConfig } from "../schemas/Config.ts"
import type { EnvelopeAttachment } from "../schemas/Envelope.ts"
import type { TurnFiles } from "../schemas/Turn.ts"

/** What an account says of its files. One that says neither `id` nor `cliPath` has them on this machine. */
export type AccountFiles = Pick<AccountConfig, "attachmentRoots" | "mediaMaxMb"> &
  Partial<Pick<AccountConfig, "id" | "cliPath" | "env" | "passEnv" | "remoteHost" | "remoteAttachmentRoots">>

/** Who is given files: a model reads pictures of a few kinds and sizes only, a program whatever there is. */
export type FileReader = "model" | "program"

export class InboundFiles extends Context.Tag("imsg-gateway/InboundFiles")<
  InboundFiles,
  {
    /**
     * Looks at the files as they are now: a file that is there, small enough and inside the account's roots is given.
     * Where `imsg` runs on another Mac the file is fetched from there, and its copy is given. To a model pictures are
     * given as it can read them (see `Pictures`); without a word about it the reader is a program.
     */
    readonly examine: (
      account: AccountFiles,
      attachments: ReadonlyArray<EnvelopeAttachment>,
      reader?: FileReader
    ) => Effect.Effect<TurnFiles>
  }
>() {}
