/** What an agent is given for a turn: a text, and the files that people sent. */
import { pathToFileURL } from "node:url"
import type { ContentBlock } from "@agentclientprotocol/sdk"
import type { FileSystem } from "@effect/platform"
import { Array as Arr, Effect, Option } from "effect"
import type { AgentConfig } from "../../../schemas/Config.ts"
import type { GivenFile, Turn } from "../../../schemas/Turn.ts"
import { MAX_PICTURES, pictureIn } from "../models/pictures.ts"
import { inOne, promptParts } from "../promptParts.ts"

const link = ({ bytes, mimeType, name, path }: GivenFile): ContentBlock => ({
  type: "resource_link",
  uri: pathToFileURL(path).href,
  name,
  mimeType,
  size: bytes
})

/** The files of a turn, each once: those of its history first. */
const filesOf = ({ envelopes, history }: Turn): ReadonlyArray<GivenFile> =>
  Arr.dedupeWith(
    [...history, ...envelopes].flatMap(({ attachments }) => attachments),
    (one, other) => one.path === other.path
  )

/**
 * The text comes first; in it files are named by their paths. Where the agent takes pictures, the newest that it can read
 * are in the prompt themselves; every other file is named to it once more, so that it can open it.
 */
export const contentOf = (
  agent: Pick<AgentConfig, "id" | "name" | "systemPrompt">,
  turn: Turn,
  { images }: { readonly images: boolean }
): Effect.Effect<Arr.NonEmptyReadonlyArray<ContentBlock>, never, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const text: ContentBlock = { type: "text", text: inOne(promptParts(agent, turn)) }
    const files = filesOf(turn)
    const pictured = new Set(
      images ? files.filter(({ mimeType }) => mimeType.startsWith("image/")).slice(-MAX_PICTURES) : []
    )
    const blocks = yield* Effect.forEach(files, (file) =>
      Effect.map(
        pictured.has(file) ? pictureIn(file) : Effect.succeedNone,
        Option.match({
          onNone: () => link(file),
          onSome: ({ base64, mimeType }): ContentBlock => ({
            type: "image",
            data: base64,
            mimeType,
            uri: pathToFileURL(file.path).href
          })
        })
      )
    )
    return [text, ...blocks]
  })
