/** A gateway's folder and an agent's folder to stage files from. */
import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import * as OutboundFilesLive from "../../../src/layers/media/OutboundFilesLive.ts"
import type { AgentConfig } from "../../../src/schemas/Config.ts"
import { OutboundFiles, type StageRequest } from "../../../src/services/OutboundFiles.ts"

/** Enough of a picture to know it. */
export const JPEG = Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 0x10, 0x4a, 0x46, 0x49, 0x46, 0, 1])
/** A picture of one pixel. */
export const PNG = Uint8Array.from(
  Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64"
  )
)

export const agent = (options: Partial<AgentConfig>): AgentConfig => ({
  id: "main",
  isDefault: true,
  runtime: { type: "echo" },
  markdown: "keep",
  mediaRoots: [],
  mediaHosts: [],
  onReaction: "context",
  maxParts: 30,
  groupActions: false,
  ...options
})

const makeStagingWith = (afterStat: (file: string) => Effect.Effect<void>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const hooked: FileSystem.FileSystem = {
      ...fs,
      stat: (file) => Effect.tap(fs.stat(file), () => afterStat(file))
    }
    const base = yield* fs.realPath(yield* fs.makeTempDirectoryScoped())
    const stateDir = path.join(base, "state")
    const root = path.join(base, "root")
    yield* fs.makeDirectory(root)
    const media = path.join(stateDir, "media")
    const withLayer = Effect.provide(
      OutboundFilesLive.layer(stateDir).pipe(Layer.provide(Layer.succeed(FileSystem.FileSystem, hooked)))
    )

    const stage = (request: Partial<StageRequest> & { readonly source: string }) =>
      Effect.flatMap(OutboundFiles, (files) =>
        files.stage({
          deliveryId: "turn:1/agent:main",
          index: 0,
          agent: agent({ mediaRoots: [root] }),
          maxBytes: 1024,
          ...request
        })
      ).pipe(withLayer)

    return {
      base,
      root,
      stateDir,
      media,
      stage,
      /** Why a source is refused, as `reason` and `detail`. */
      refusal: (request: Partial<StageRequest> & { readonly source: string }) => Effect.flip(stage(request)),
      release: (deliveryId: string) =>
        Effect.flatMap(OutboundFiles, (files) => files.release(deliveryId)).pipe(withLayer),
      releaseOthers: (keep: ReadonlyArray<string>, before: number) =>
        Effect.flatMap(OutboundFiles, (files) => files.releaseOthers(new Set(keep), before)).pipe(withLayer),
      /** Every file and folder below the media folder. */
      staged: Effect.orElseSucceed(fs.readDirectory(media, { recursive: true }), () => [])
    }
  }).pipe(Effect.provide(NodeContext.layer))

/** A real layer on a folder of its own; `root` is an agent's folder beside it. */
export const makeStaging = makeStagingWith(() => Effect.void)

/** The same, in a world where something happens once, just after a file was looked at. */
export const makeStagingWhere = (happens: Effect.Effect<void>) =>
  Effect.flatMap(Effect.once(happens), (once) => makeStagingWith(() => once))
