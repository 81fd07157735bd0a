/** What is said in the voice notes of a message that is to be answered. */
import { Effect, Option } from "effect"
import type { Envelope } from "../../schemas/Envelope.ts"
import type { GivenFile, TurnFiles } from "../../schemas/Turn.ts"
import { Transcription } from "../../services/Transcription.ts"

/** How many notes of one message are written down. */
const MOST = 5

const isAudio = ({ mimeType, name }: GivenFile): boolean =>
  /^audio\//iu.test(mimeType) || /\.(?:amr|caf|m4a)$/iu.test(name)

/**
 * The function that adds to the files of a message what is said in them. Where a message has words they are Messages' own
 * transcript of its voice note, or about a file that is none.
 */
export const makeWithTranscripts = Effect.map(
  Transcription,
  (transcription) =>
    ({ text }: Pick<Envelope, "text">, files: TurnFiles): Effect.Effect<TurnFiles> => {
      const notes = text.trim() === "" ? files.attachments.filter(isAudio).slice(0, MOST) : []
      return Effect.map(
        Effect.forEach(
          files.attachments,
          (file) =>
            notes.includes(file)
              ? Effect.map(
                  transcription.of(file),
                  Option.match({ onNone: () => file, onSome: (transcript) => ({ ...file, transcript }) })
                )
              : Effect.succeed(file),
          { concurrency: 2 }
        ),
        (attachments) => ({ ...files, attachments })
      )
    }
)
