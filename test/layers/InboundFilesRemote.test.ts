/** Files of an account whose imsg runs on another Mac: all that this machine knows of them is what it fetches. */
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Ref } from "effect"
import { layer } from "../../src/layers/media/InboundFilesLive.ts"
import { type FileReader, InboundFiles } from "../../src/services/InboundFiles.ts"
import { Pictures } from "../../src/services/Pictures.ts"
import { type FetchFailure, type FetchRequest, RemoteFiles } from "../../src/services/RemoteFiles.ts"
import { type ConfigFileContent, makeAccount } from "../support/configs.ts"

const photo = (path: string) => ({ path, mimeType: "image/jpeg", name: "photo.jpg" })

/** What becomes of files, and what was fetched for that. */
const examine = (
  account: ConfigFileContent,
  paths: ReadonlyArray<string>,
  fetched: Effect.Effect<{ readonly path: string; readonly bytes: number }, FetchFailure>,
  reader?: FileReader
) =>
  Effect.gen(function* () {
    const requests = yield* Ref.make<ReadonlyArray<FetchRequest>>([])
    const remote = Layer.succeed(RemoteFiles, {
      fetch: (request) =>
        Effect.zipRight(
          Ref.update(requests, (all) => [...all, request]),
          fetched
        )
    })
    const pictures = Layer.succeed(Pictures, {
      readable: (file) => Effect.succeed({ ...file, name: `${file.name} for a model` })
    })
    const found = yield* Effect.flatMap(InboundFiles, (files) =>
      files.examine(makeAccount(account), paths.map(photo), reader)
    ).pipe(Effect.provide(Layer.provide(layer, Layer.mergeAll(remote, pictures, NodeContext.layer))))
    return { found, requests: yield* Ref.get(requests) }
  })

const COPY = { path: "/state/remote-files/a/photo.jpg", bytes: 3 }

describe("a file of another Mac", () => {
  it.live("is asked for with the account's limits, and its home folder stays the Mac's", () =>
    Effect.gen(function* () {
      const { found, requests } = yield* examine(
        { cliPath: "ssh -p 22 mac-mini imsg", attachmentRoots: ["~/a", "/b"], mediaMaxMb: 1 },
        ["/Users/me/a/x.jpg"],
        Effect.succeed(COPY)
      )
      expect(requests).toMatchObject([
        {
          host: { program: "ssh", options: ["-p", "22"], destination: "mac-mini" },
          path: "/Users/me/a/x.jpg",
          roots: ["~/a", "/b"],
          maxBytes: 1024 * 1024
        }
      ])
      expect(requests[0]?.withinMs).toBeGreaterThan(0)
      expect(found).toEqual({
        attachments: [{ ...COPY, mimeType: "image/jpeg", name: "photo.jpg" }],
        withheld: []
      })
    })
  )

  it.live("is withheld for the reason that it could not be had", () =>
    Effect.gen(function* () {
      const { found } = yield* examine(
        { remoteHost: "me@mac-mini" },
        ["/a", "/b"],
        Effect.fail("could not be fetched" as const)
      )
      expect(found).toEqual({
        attachments: [],
        withheld: [
          { kind: "image", reason: "could not be fetched" },
          { kind: "image", reason: "could not be fetched" }
        ]
      })
    })
  )

  it.live("is not asked for without a full path, nor where imsg runs on this machine", () =>
    Effect.gen(function* () {
      const relative = yield* examine({ remoteHost: "mac-mini" }, ["x.jpg", ""], Effect.succeed(COPY))
      const local = yield* examine({ cliPath: "/opt/imsg" }, ["/nowhere/x.jpg"], Effect.succeed(COPY))
      expect([...relative.requests, ...local.requests]).toEqual([])
      expect([...relative.found.withheld, ...local.found.withheld].map(({ reason }) => reason)).toEqual([
        "missing",
        "missing",
        "missing"
      ])
    })
  )

  it.live("is asked for as a picture where a model reads it, and looked at once it is here", () =>
    Effect.gen(function* () {
      const asked = (reader: FileReader) =>
        examine({ remoteHost: "mac-mini" }, ["/a/photo.jpg"], Effect.succeed(COPY), reader)
      const model = yield* asked("model")
      expect(model.requests).toMatchObject([{ asPicture: true }])
      expect(model.found.attachments).toMatchObject([{ name: "photo.jpg for a model" }])
      const program = yield* asked("program")
      expect(program.requests).toMatchObject([{ asPicture: false }])
      expect(program.found.attachments).toMatchObject([{ name: "photo.jpg" }])
    })
  )
})
