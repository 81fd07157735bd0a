/** Voice notes, written down once each. What is said in them is in memory only, and in no log. */
import { FileSystem } from "@effect/platform"
import { Effect, Layer, Option } from "effect"
import { bytesOfMb } from "../../../schemas/bytes.ts"
import type { TranscriptionConfig } from "../../../schemas/Config.ts"
import { cutTo } from "../../../schemas/cut.ts"
import { TranscriptionFailed } from "../../../schemas/errors/media.ts"
import { TRANSCRIPT_BYTES } from "../../../schemas/promptBounds.ts"
import type { GivenFile } from "../../../schemas/Turn.ts"
import { ConfigService } from "../../../services/ConfigService.ts"
import { Transcription } from "../../../services/Transcription.ts"
import * as KeyedLocks from "../../remote/KeyedLocks.ts"
import { fileVersion } from "../fileVersion.ts"

/** Notes that are written down at a time, and those whose words are remembered. */
const AT_A_TIME = 2
const MOST_REMEMBERED = 200

const make = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const config = yield* ConfigService
  const files = KeyedLocks.make(1)
  const places = yield* Effect.makeSemaphore(AT_A_TIME)
  const remembered = new Map<string, string>()

  const remember = (key: string, text: string) =>
    Effect.sync(() => {
      const [oldest] = remembered.keys()
      if (oldest !== undefined && remembered.size >= MOST_REMEMBERED) remembered.delete(oldest)
      remembered.set(key, text)
    })

  const ask = (by: TranscriptionConfig, file: GivenFile, key: string) =>
    Effect.gen(function* () {
      if (file.bytes > bytesOfMb(by.maxMb)) {
        return yield* new TranscriptionFailed({ detail: `it has more than ${by.maxMb} MB` })
      }
      const { transcribe } = yield* Effect.promise(() => import("./transcribe.ts"))
      const said = yield* places.withPermits(1)(transcribe(by, file))
      const text = cutTo(said, TRANSCRIPT_BYTES)
      yield* remember(key, text)
      return text
    })

  const written = (by: TranscriptionConfig, file: GivenFile) =>
    Effect.flatMap(fileVersion(file), (key) =>
      Effect.suspend(() => {
        const known = remembered.get(key)
        return known === undefined ? ask(by, file, key) : Effect.succeed(known)
      }).pipe(files.withLock(key))
    ).pipe(
      Effect.map((text) => Option.filter(Option.some(text), (said) => said !== "")),
      Effect.catchTag("TranscriptionFailed", ({ code, hint, message }) =>
        Effect.as(Effect.annotateLogs(Effect.logWarning(message), { code, hint }), Option.none<string>())
      ),
      Effect.provideService(FileSystem.FileSystem, fs)
    )

  return Transcription.of({
    of: (file) =>
      Effect.flatMap(config.current, ({ media: { transcription } }) =>
        transcription === undefined ? Effect.succeedNone : written(transcription, file)
      )
  })
})

export const layer: Layer.Layer<Transcription, never, ConfigService | FileSystem.FileSystem> = Layer.effect(
  Transcription,
  make
)
