/** Files of people, given on another host than the one that has them. */
import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Context, Duration, Effect, Layer, Ref, Stream } from "effect"
import * as InboundFilesRemote from "../../../src/layers/cluster/InboundFilesRemote.ts"
import * as InboundFilesLive from "../../../src/layers/media/InboundFilesLive.ts"
import type { EnvelopeAttachment } from "../../../src/schemas/Envelope.ts"
import { AccountHosts, type FileOnItsWay } from "../../../src/services/AccountHosts.ts"
import { type AccountFiles, type FileReader, InboundFiles } from "../../../src/services/InboundFiles.ts"
import { Pictures } from "../../../src/services/Pictures.ts"
import { type FetchFailure, RemoteFiles } from "../../../src/services/RemoteFiles.ts"
import { configLayer } from "../../support/configs.ts"
import { makeCluster } from "../../support/twoHosts.ts"

const MEBIBYTE = 1024 * 1024

interface Options {
  /** What happens to a file on its way. */
  readonly onTheWay?: (file: FileOnItsWay) => FileOnItsWay
  /** What comes of a file that is fetched over SSH. */
  readonly overSsh?: FetchFailure
  /** How much is kept. */
  readonly cacheBytes?: number
}

/** The studio has files in a folder that is allowed; the server gives them to its agents. */
const makeWorld = ({
  cacheBytes,
  onTheWay = (file) => file,
  overSsh = "could not be fetched"
}: Options = {}) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const base = yield* Effect.flatMap(fs.makeTempDirectoryScoped(), fs.realPath)
    const folder = path.join(base, "Attachments")
    const stateDir = path.join(base, "state")
    yield* fs.makeDirectory(folder)
    const { server, studio } = yield* makeCluster(folder)
    const asked = yield* Ref.make(0)
    const hosts: AccountHosts["Type"] = {
      ...server.hosts,
      file: (wanted) =>
        Effect.zipRight(
          Ref.update(asked, (count) => count + 1),
          Effect.map(server.hosts.file(wanted), onTheWay)
        )
    }
    const files = yield* Layer.build(
      InboundFilesRemote.layer(stateDir, cacheBytes).pipe(
        Layer.provide(InboundFilesLive.layer),
        Layer.provide(
          Layer.mergeAll(
            Layer.succeed(AccountHosts, hosts),
            Layer.succeed(RemoteFiles, { fetch: () => Effect.fail(overSsh) }),
            Layer.mock(Pictures, {}),
            configLayer()
          )
        )
      )
    ).pipe(Effect.map(Context.get(InboundFiles)))

    const ofStudio = { id: "studio", attachmentRoots: [folder], mediaMaxMb: 1 }
    /** What becomes of one file: what it holds, else the reason. */
    const judge = (
      file: Partial<EnvelopeAttachment> & Pick<EnvelopeAttachment, "path">,
      account: Partial<AccountFiles> = {},
      reader?: FileReader
    ) =>
      Effect.gen(function* () {
        const attachment = { mimeType: "text/plain", name: "note.txt", ...file }
        const { attachments, withheld } = yield* files.examine(
          { ...ofStudio, ...account },
          [attachment],
          reader
        )
        const [given] = attachments
        return given === undefined ? withheld[0]?.reason : yield* fs.readFileString(given.path)
      })
    return {
      ...{ fs, path, base, folder, stateDir, studio, files, ofStudio, judge },
      asked: Ref.get(asked),
      write: (name: string, content: string | Uint8Array = "words") => {
        const file = path.join(folder, name)
        return Effect.as(
          typeof content === "string" ? fs.writeFileString(file, content) : fs.writeFile(file, content),
          file
        )
      },
      /** What is kept of files of other hosts. */
      copies: Effect.orElseSucceed(fs.readDirectory(path.join(stateDir, "host-files")), () => [])
    }
  })

type World = Effect.Effect.Success<ReturnType<typeof makeWorld>>

const inWorld = <A, E, R>(body: (world: World) => Effect.Effect<A, E, R>, options?: Options) =>
  Effect.flatMap(makeWorld(options), body).pipe(Effect.provide(NodeContext.layer))

describe("a file of an account that another host runs", () => {
  it.scopedLive("is given by a copy, under its own name and for this host's user only", () =>
    inWorld(({ files, fs, ofStudio, stateDir, write }) =>
      Effect.gen(function* () {
        const content = new Uint8Array(MEBIBYTE).fill(7)
        const path = yield* write("film.mov", content)
        const {
          attachments: [given],
          withheld
        } = yield* files.examine(ofStudio, [{ path, mimeType: "video/quicktime", name: "my film.mov" }])
        expect(withheld).toEqual([])
        expect(given).toMatchObject({ mimeType: "video/quicktime", name: "my film.mov", bytes: MEBIBYTE })
        expect(given?.path.startsWith(stateDir)).toBe(true)
        expect(Buffer.compare(yield* fs.readFile(given?.path ?? ""), content)).toBe(0)
        expect((yield* fs.stat(given?.path ?? "")).mode & 0o777).toBe(0o600)
      })
    )
  )

  it.scopedLive("is fetched once for as long as its copy is kept, and by one at a time", () =>
    inWorld(({ asked, judge, write }) =>
      Effect.gen(function* () {
        const path = yield* write("a.txt")
        const judged = Effect.all([judge({ path }), judge({ path }), judge({ path })], { concurrency: 3 })
        expect(yield* judged).toEqual(["words", "words", "words"])
        expect(yield* asked).toBe(1)
        // A copy is of the folders that were allowed then.
        expect(yield* judge({ path }, { attachmentRoots: ["/elsewhere"] })).toBe("words")
        expect(yield* asked).toBe(2)
      })
    )
  )

  it.scopedLive("is fetched again once its copy had to go for others", () =>
    inWorld(
      ({ asked, copies, judge, write }) =>
        Effect.gen(function* () {
          const [one, other] = [yield* write("one", "1".repeat(600)), yield* write("other", "2".repeat(600))]
          for (const path of [one, other, one, one]) expect(yield* judge({ path })).toHaveLength(600)
          expect(yield* asked).toBe(3)
          expect(yield* copies).toHaveLength(1)
        }),
      { cacheBytes: 1000 }
    )
  )

  it.scopedLive("is judged by its host", () =>
    inWorld(({ base, copies, folder, fs, judge, path, write }) =>
      Effect.gen(function* () {
        const secret = path.join(base, "secret.txt")
        yield* fs.writeFileString(secret, "secret")
        yield* fs.symlink(secret, path.join(folder, "link"))
        for (const [file, expected] of [
          [secret, "outside the allowed folders"],
          [path.join(folder, "link"), "outside the allowed folders"],
          [path.join(folder, "nothing"), "missing"],
          [yield* write("large", new Uint8Array(MEBIBYTE + 1)), "too large"]
        ] as const) {
          // Whatever the config of this host allows.
          expect(yield* judge({ path: file }, { attachmentRoots: ["/"] })).toBe(expected)
        }
        yield* fs.makeDirectory(path.join(folder, "folder"))
        expect(yield* judge({ path: path.join(folder, "folder") })).toBe("not a file")
        expect(yield* copies).toEqual([])
      })
    )
  )

  it.scopedLive("is not taken where it is larger than this host allows, nor from its copies", () =>
    inWorld(({ copies, judge, write }) =>
      Effect.gen(function* () {
        const path = yield* write("a", new Uint8Array(1000))
        expect(yield* judge({ path }, { mediaMaxMb: 999 / MEBIBYTE })).toBe("too large")
        expect(yield* copies).toEqual([])
        expect(yield* judge({ path })).toHaveLength(1000)
        expect(yield* judge({ path }, { mediaMaxMb: 999 / MEBIBYTE })).toBe("too large")
      })
    )
  )

  it.scopedLive("is not taken by halves where it breaks off on the way", () =>
    inWorld(
      ({ copies, judge, write }) =>
        Effect.gen(function* () {
          const path = yield* write("a", new Uint8Array(MEBIBYTE))
          expect(yield* judge({ path })).toBe("could not be fetched")
          expect(yield* copies).toEqual([])
        }),
      {
        onTheWay: (file) => ({
          ...file,
          contents: Stream.concat(Stream.take(file.contents, 2), Stream.fail("could not be fetched"))
        })
      }
    )
  )

  it.scopedLive("comes with the copy of a voice note that more can read", () =>
    inWorld(({ base, files, fs, ofStudio, path }) =>
      Effect.gen(function* () {
        const messages = path.join(base, "Attachments", "Library", "Messages")
        const copies = path.join(base, "Attachments", "Library", "Caches", "imsg", "converted-attachments")
        yield* fs.makeDirectory(messages, { recursive: true })
        yield* fs.makeDirectory(copies, { recursive: true })
        yield* fs.writeFileString(path.join(messages, "a.caf"), "Apple's own")
        yield* fs.writeFileString(path.join(copies, "a.m4a"), "everybody's")
        const { attachments } = yield* files.examine(ofStudio, [
          {
            ...{ path: path.join(messages, "a.caf"), mimeType: "audio/x-caf", name: "Audio Message.caf" },
            converted: { path: path.join(copies, "a.m4a"), mimeType: "audio/mp4" }
          }
        ])
        expect(attachments).toMatchObject([{ mimeType: "audio/mp4", name: "Audio Message.m4a" }])
        expect(yield* fs.readFileString(attachments[0]?.path ?? "")).toBe("everybody's")
      })
    )
  )

  it.scopedLive("is not waited for long where its host is away, and then for a while not at all", () =>
    inWorld(({ asked, files, judge, ofStudio, studio, write }) =>
      Effect.gen(function* () {
        const kept = yield* write("kept.txt")
        expect(yield* judge({ path: kept })).toBe("words")
        yield* studio.cut
        const path = yield* write("a.txt")
        const [first, reason] = yield* Effect.timed(judge({ path }))
        expect(reason).toBe("could not be fetched")
        expect(Duration.toSeconds(first)).toBeLessThan(10)
        const [others, all] = yield* Effect.timed(
          files.examine(
            ofStudio,
            Array.from({ length: 20 }, (_, at) => ({
              path: `${path}-${at}`,
              mimeType: "image/png",
              name: "a.png"
            }))
          )
        )
        expect(all.withheld).toHaveLength(20)
        expect(Duration.toSeconds(others)).toBeLessThan(2)
        expect(yield* asked).toBe(1)
        // What was fetched before is there.
        expect(yield* judge({ path: kept })).toBe("words")
      })
    )
  )
})

describe("a file of an account that is reached over SSH", () => {
  const overSsh = { cliPath: "/usr/bin/ssh mac imsg", passEnv: [], env: {} }

  it.scopedLive("is asked for from the account's host where this one has no way to the Mac", () =>
    inWorld(({ asked, judge, write }) =>
      Effect.gen(function* () {
        const path = yield* write("a.txt")
        expect(yield* judge({ path }, overSsh)).toBe("words")
        expect(yield* asked).toBe(1)
      })
    )
  )

  it.scopedLive("is what the Mac says of it where there is a way", () =>
    inWorld(
      ({ asked, judge, write }) =>
        Effect.gen(function* () {
          const path = yield* write("a.txt")
          expect(yield* judge({ path }, overSsh)).toBe("missing")
          expect(yield* asked).toBe(0)
        }),
      { overSsh: "missing" }
    )
  )
})

describe("a file of an account that runs here, or of none", () => {
  it.scopedLive("is given from where it lies", () =>
    inWorld(({ asked, copies, files, ofStudio, write }) =>
      Effect.gen(function* () {
        const path = yield* write("a.txt")
        const file = { path, mimeType: "text/plain", name: "a.txt" }
        const { id: _, ...ofNone } = ofStudio
        for (const account of [{ ...ofStudio, id: "server" }, ofNone]) {
          const { attachments } = yield* files.examine(account, [file])
          expect(attachments).toMatchObject([{ path }])
        }
        expect(yield* asked).toBe(0)
        expect(yield* copies).toEqual([])
      })
    )
  )
})
