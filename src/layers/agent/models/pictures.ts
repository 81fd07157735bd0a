/** The pictures of a turn, as a model can be given them. */
import { FileSystem } from "@effect/platform"
import { Array as Arr, Effect, Option, Stream } from "effect"
import type { GivenFile, Turn, TurnMessage, WithheldFile } from "../../../schemas/Turn.ts"
import type { Picture } from "./Dialect.ts"

/** Of one as it is sent, in base64: what Anthropic takes at most. In bytes. */
const MAX_SENT = 5 * 1024 * 1024
const MAX_BYTES = Math.floor(MAX_SENT / 4) * 3
export const MAX_PICTURES = 8

const TYPES = ["image/jpeg", "image/png", "image/gif", "image/webp"]

const begins = (bytes: Uint8Array, text: string, at = 0): boolean =>
  Buffer.from(bytes.subarray(at, at + text.length)).toString("latin1") === text

/** What a picture is by its content: Messages believes its name, and a server refuses a whole question for one lie. */
const typeOf = (bytes: Uint8Array): string | undefined => {
  if (begins(bytes, "\xff\xd8\xff")) return "image/jpeg"
  if (begins(bytes, "\x89PNG\r\n")) return "image/png"
  if (begins(bytes, "GIF8")) return "image/gif"
  return begins(bytes, "RIFF") && begins(bytes, "WEBP", 8) ? "image/webp" : undefined
}

/** A file of a message: it stays named in the text, is sent as well, or is withheld after all. */
type Fate =
  | { readonly _tag: "Named"; readonly file: GivenFile }
  | { readonly _tag: "Sent"; readonly file: GivenFile; readonly picture: Picture }
  | { readonly _tag: "Withheld"; readonly reason: WithheldFile["reason"] }

const read = (file: GivenFile) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    // One that has grown meanwhile is not read to its end.
    fs.stream(file.path, { bytesToRead: MAX_BYTES + 1 }).pipe(
      Stream.runCollect,
      Effect.map((chunks): Fate => {
        const bytes = Buffer.concat(Arr.fromIterable(chunks))
        if (bytes.length > MAX_BYTES) return { _tag: "Withheld", reason: "too large" }
        const mimeType = typeOf(bytes)
        return mimeType === undefined
          ? { _tag: "Named", file }
          : { _tag: "Sent", file, picture: { mimeType, base64: bytes.toString("base64") } }
      }),
      Effect.orElseSucceed((): Fate => ({ _tag: "Withheld", reason: "missing" }))
    )
  )

const fateOf = (file: GivenFile, isWithin: boolean): Effect.Effect<Fate, never, FileSystem.FileSystem> => {
  if (!TYPES.includes(file.mimeType.toLowerCase())) return Effect.succeed({ _tag: "Named", file })
  if (!isWithin) return Effect.succeed({ _tag: "Withheld", reason: "too many" })
  return file.bytes > MAX_BYTES ? Effect.succeed({ _tag: "Withheld", reason: "too large" }) : read(file)
}

/** The picture that a file is, where a model can be sent it. */
export const pictureIn = (
  file: GivenFile
): Effect.Effect<Option.Option<Picture>, never, FileSystem.FileSystem> =>
  Effect.map(fateOf(file, true), (fate) => (fate._tag === "Sent" ? Option.some(fate.picture) : Option.none()))

const withFates = (message: TurnMessage, fates: ReadonlyArray<Fate>): TurnMessage => ({
  ...message,
  attachments: fates.flatMap((fate) => (fate._tag === "Withheld" ? [] : [fate.file])),
  withheld: [
    ...message.withheld,
    ...fates.flatMap((fate) =>
      fate._tag === "Withheld" ? [{ kind: "image" as const, reason: fate.reason }] : []
    )
  ]
})

/** The newest pictures of a turn's messages, in their order, and the turn as it is told with them. */
export const withPictures = (
  turn: Turn
): Effect.Effect<
  { readonly turn: Turn; readonly pictures: ReadonlyArray<Picture> },
  never,
  FileSystem.FileSystem
> =>
  Effect.gen(function* () {
    const all = turn.envelopes.flatMap(({ attachments }) => attachments)
    const wanted = new Set(
      all.filter(({ mimeType }) => TYPES.includes(mimeType.toLowerCase())).slice(-MAX_PICTURES)
    )
    const looked = yield* Effect.forEach(turn.envelopes, (message) =>
      Effect.map(
        Effect.forEach(message.attachments, (file) => fateOf(file, wanted.has(file))),
        (fates) => ({ message: withFates(message, fates), fates })
      )
    )
    return {
      turn: { ...turn, envelopes: Arr.map(looked, ({ message }) => message) },
      pictures: looked.flatMap(({ fates }) =>
        fates.flatMap((fate) => (fate._tag === "Sent" ? [fate.picture] : []))
      )
    }
  })
