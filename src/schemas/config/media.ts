/** The section `media`: what is made of files that people send. */
import { Schema } from "effect"
import { Address, foreign, option, Positive, required, Secret, Text, timerMs } from "./values.ts"

/** What may be said of who writes down voice notes. */
export const transcriptionKeys = {
  apiKey: option(Secret, "The key that the server wants. Better taken from the environment."),
  language: option(Text, "The language that is spoken, such as `en`. Else the server finds out."),
  timeoutMs: option(
    timerMs(1),
    "How long a voice note may take, in ms; then the agent gets the file alone.",
    60_000
  ),
  maxMb: option(
    Positive,
    "How large a voice note may be, in MB; of a larger one the agent gets the file alone.",
    25
  )
}

/** The section `media`, which other gateways have as well, with keys of theirs. */
export const MediaSection = Schema.Struct(
  {
    transcription: option(
      Schema.Struct({
        baseUrl: required(Address, "Where the server is, with its `/v1`."),
        model: required(Text, "The name of the model, such as `whisper-1`."),
        ...transcriptionKeys
      }).annotations({ identifier: "Transcription" }),
      "Who writes down what is said in voice notes that have no transcript of Messages' own: a server with OpenAI's `/audio/transcriptions`."
    )
  },
  foreign
).annotations({ identifier: "Media" })
export type MediaSection = typeof MediaSection.Type
