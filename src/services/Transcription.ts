/** What is said in voice notes, as whoever the config names writes it down. */
import { Context, type Effect, type Option } from "effect"
import type { GivenFile } from "../schemas/Turn.ts"

export class Transcription extends Context.Tag("imsg-gateway/Transcription")<
  Transcription,
  {
    /**
     * What is said in an audio file, once for each file; none where nobody is asked, nothing is said, or it could not be
     * written down within the limits of `media.transcription`, which is logged.
     */
    readonly of: (file: GivenFile) => Effect.Effect<Option.Option<string>>
  }
>() {}
