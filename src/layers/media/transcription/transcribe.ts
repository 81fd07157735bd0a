/** Asks a server with OpenAI's `/audio/transcriptions`. Loaded with the first voice note. */
import { FileSystem, HttpClient, HttpClientRequest, type HttpClientResponse } from "@effect/platform"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Chunk, Effect, Schema, Stream } from "effect"
import type { TranscriptionConfig } from "../../../schemas/Config.ts"
import { TranscriptionFailed } from "../../../schemas/errors/media.ts"
import type { GivenFile } from "../../../schemas/Turn.ts"

/** No voice note has more words. */
const MAX_ANSWER_BYTES = 1024 * 1024

const decodeAnswer = Schema.decodeUnknown(Schema.parseJson(Schema.Struct({ text: Schema.String })))

const failed = (detail: string) => new TranscriptionFailed({ detail })

/** Servers go by the extension; what a note is called is nobody's business. */
const fileName = ({ name }: GivenFile): string => {
  const extension = /\.([a-z0-9]{1,5})$/iu.exec(name)?.[1]?.toLowerCase()
  return extension === undefined ? "voice" : `voice.${extension}`
}

const form = ({ language, model }: TranscriptionConfig, file: GivenFile, bytes: Uint8Array): FormData => {
  const data = new FormData()
  data.set("model", model)
  data.set("response_format", "json")
  if (language !== undefined) data.set("language", language)
  data.set("file", new Blob([Uint8Array.from(bytes)], { type: file.mimeType }), fileName(file))
  return data
}

const textOf = (response: HttpClientResponse.HttpClientResponse) =>
  response.stream.pipe(
    Stream.mapError(() => failed("the server's answer breaks off")),
    Stream.runFoldEffect({ bytes: 0, chunks: Chunk.empty<Uint8Array>() }, ({ bytes, chunks }, chunk) =>
      bytes + chunk.length > MAX_ANSWER_BYTES
        ? failed(`the server's answer has more than ${MAX_ANSWER_BYTES} bytes`)
        : Effect.succeed({ bytes: bytes + chunk.length, chunks: Chunk.append(chunks, chunk) })
    ),
    Effect.map(({ chunks }) => Buffer.concat(Chunk.toReadonlyArray(chunks)).toString("utf8"))
  )

/** What is said in the file; empty where that is nothing. Nothing of what the server answers is in an error. */
export const transcribe = (
  config: TranscriptionConfig,
  file: GivenFile
): Effect.Effect<string, TranscriptionFailed, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const http = yield* HttpClient.HttpClient
    const bytes = yield* Effect.mapError(fs.readFile(file.path), () => failed("its file cannot be read"))
    const request = HttpClientRequest.post(`${config.baseUrl}/audio/transcriptions`).pipe(
      HttpClientRequest.acceptJson,
      HttpClientRequest.bodyFormData(form(config, file, bytes)),
      (request) =>
        config.apiKey === undefined ? request : HttpClientRequest.bearerToken(request, config.apiKey)
    )
    const response = yield* Effect.mapError(http.execute(request), ({ reason }) =>
      failed(`the server cannot be asked (${reason})`)
    )
    if (response.status !== 200) return yield* failed(`the server answers ${response.status}`)
    const answer = yield* textOf(response)
    const { text } = yield* Effect.mapError(decodeAnswer(answer), () =>
      failed('the server\'s answer is not {"text": "…"}')
    )
    return text.trim()
  }).pipe(
    Effect.scoped,
    Effect.timeoutFail({
      duration: config.timeoutMs,
      onTimeout: () => failed(`the server has not answered within ${config.timeoutMs} ms`)
    }),
    Effect.provide(NodeHttpClient.layer)
  )
