/** What becomes of the files that people send, on a real disk. */
import { Command, FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, layer as withLayer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { layer } from "../../../src/layers/media/InboundFilesLive.ts"
import type { WithheldFile } from "../../../src/schemas/Turn.ts"
import { InboundFiles } from "../../../src/services/InboundFiles.ts"
import { Pictures } from "../../../src/services/Pictures.ts"
import { RemoteFiles } from "../../../src/services/RemoteFiles.ts"

const MEBIBYTE = 1024 * 1024

/** Two folders beside each other: `roots` is allowed, `roots-evil` is not. Paths are free of links. */
const makeDisk = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { examine } = yield* InboundFiles
  const home = yield* Effect.flatMap(fs.makeTempDirectoryScoped(), fs.realPath)
  const at = (...parts: ReadonlyArray<string>) => path.join(home, ...parts)
  yield* fs.makeDirectory(at("roots", "inside"), { recursive: true })
  yield* fs.makeDirectory(at("roots-evil"))

  /** Writes a file of so many bytes. */
  const write = (parts: ReadonlyArray<string>, bytes = 3) =>
    Effect.gen(function* () {
      const file = at(...parts)
      yield* fs.writeFileString(file, "")
      yield* fs.truncate(file, bytes)
      return file
    })

  /** What becomes of one file: its size where it is given, else the reason. */
  const judge = (
    file: string,
    account: { readonly roots?: ReadonlyArray<string>; readonly mediaMaxMb?: number } = {}
  ) =>
    Effect.map(
      examine({ attachmentRoots: account.roots ?? [at("roots")], mediaMaxMb: account.mediaMaxMb ?? 1 }, [
        { path: file, mimeType: "image/jpeg", name: "photo.jpg" }
      ]),
      ({ attachments: [given], withheld: [withheld] }) => given ?? withheld?.reason
    )

  const given = (file: string, bytes = 3) => ({
    path: file,
    mimeType: "image/jpeg",
    name: "photo.jpg",
    bytes
  })
  return { fs, at, write, judge, given, examine }
})

/** No file of this machine is asked for over SSH. */
const NoRemoteFiles = Layer.succeed(RemoteFiles, { fetch: () => Effect.dieMessage("a file was fetched") })

/** HEIC is made JPEG, all but what is broken. */
const FakePictures = Layer.succeed(Pictures, {
  readable: (file) => {
    if (file.path.endsWith("broken.heic")) return Effect.fail("cannot be converted" as const)
    return Effect.succeed(
      file.path.endsWith(".heic") ? { ...file, mimeType: "image/jpeg", name: "made.jpg" } : file
    )
  }
})

withLayer(Layer.provideMerge(layer, Layer.mergeAll(NodeContext.layer, NoRemoteFiles, FakePictures)), {
  excludeTestServices: true
})((it) => {
  describe("a file is given", () => {
    it.scoped("with its path, type, name and size", () =>
      Effect.gen(function* () {
        const { given, judge, write } = yield* makeDisk
        const file = yield* write(["roots", "inside", "a.jpg"], 12)
        expect(yield* judge(file)).toStrictEqual(given(file, 12))
      })
    )

    it.scoped("whatever its name begins with", () =>
      Effect.gen(function* () {
        const { given, judge, write } = yield* makeDisk
        const file = yield* write(["roots", "..a.jpg"])
        expect(yield* judge(file)).toEqual(given(file))
      })
    )

    it.scoped("where a wildcard of the root stands for the name of its folder", () =>
      Effect.gen(function* () {
        const { at, fs, given, judge, write } = yield* makeDisk
        yield* fs.makeDirectory(at("users", "bot", "Messages", "ab"), { recursive: true })
        yield* fs.makeDirectory(at("users", "bot", "Other"))
        yield* fs.symlink(at("users"), at("people"))
        const inside = yield* write(["users", "bot", "Messages", "ab", "a.jpg"])
        const beside = yield* write(["users", "bot", "Other", "a.jpg"])
        const above = yield* write(["users", "bot", "a.jpg"])
        for (const folder of ["users", "people"]) {
          const roots = [at(folder, "*", "Messages")]
          expect(yield* judge(inside, { roots })).toEqual(given(inside))
          expect(yield* judge(beside, { roots })).toBe("outside the allowed folders")
          expect(yield* judge(above, { roots })).toBe("outside the allowed folders")
        }
        const several = [at("*", "*", "Messages", "ab")]
        expect(yield* judge(inside, { roots: several })).toEqual(given(inside))
        // One name each, and never more.
        const tooFew = [at("*", "Messages")]
        expect(yield* judge(inside, { roots: tooFew })).toBe("outside the allowed folders")
      })
    )

    it.scoped("never where a link below a wildcard leads", () =>
      Effect.gen(function* () {
        const { at, fs, judge, write } = yield* makeDisk
        yield* fs.makeDirectory(at("users", "eve"), { recursive: true })
        const secret = yield* write(["roots-evil", "secret.jpg"])
        // Eve has her own folder in place of what the root asks for.
        yield* fs.symlink(at("roots-evil"), at("users", "eve", "Messages"))
        const roots = [at("users", "*", "Messages")]
        for (const file of [secret, at("users", "eve", "Messages", "secret.jpg")]) {
          expect(yield* judge(file, { roots })).toBe("outside the allowed folders")
        }
      })
    )

    it.scoped("by the path that a link inside leads to", () =>
      Effect.gen(function* () {
        const { at, fs, given, judge, write } = yield* makeDisk
        const file = yield* write(["roots", "inside", "a.jpg"])
        yield* fs.symlink(file, at("roots", "link.jpg"))
        expect(yield* judge(at("roots", "link.jpg"))).toEqual(given(file))
      })
    )

    it.scoped("where a link outside leads to it", () =>
      Effect.gen(function* () {
        const { at, fs, given, judge, write } = yield* makeDisk
        const file = yield* write(["roots", "a.jpg"])
        yield* fs.symlink(file, at("roots-evil", "link.jpg"))
        expect(yield* judge(at("roots-evil", "link.jpg"))).toEqual(given(file))
      })
    )

    it.scoped("where the root is a link, by either path", () =>
      Effect.gen(function* () {
        const { at, fs, given, judge, write } = yield* makeDisk
        const file = yield* write(["roots", "a.jpg"])
        yield* fs.symlink(at("roots"), at("link"))
        for (const path of [file, at("link", "a.jpg")]) {
          expect(yield* judge(path, { roots: [at("link")] })).toEqual(given(file))
        }
      })
    )

    it.scoped("where `..` in its path stays inside", () =>
      Effect.gen(function* () {
        const { at, given, judge, write } = yield* makeDisk
        const file = yield* write(["roots", "a.jpg"])
        expect(yield* judge(`${at("roots", "inside")}/../a.jpg`)).toEqual(given(file))
      })
    )

    it.scoped("where one of several roots holds it, also where another does not exist", () =>
      Effect.gen(function* () {
        const { at, given, judge, write } = yield* makeDisk
        const file = yield* write(["roots", "a.jpg"])
        const roots = [at("nowhere"), at("roots-evil"), at("roots")]
        expect(yield* judge(file, { roots })).toEqual(given(file))
      })
    )
  })

  describe("a file is withheld", () => {
    const outside: ReadonlyArray<{ readonly what: string; readonly file: ReadonlyArray<string> }> = [
      { what: "above the roots", file: ["a.jpg"] },
      { what: "in a folder whose name begins like a root", file: ["roots-evil", "a.jpg"] }
    ]
    for (const { file, what } of outside) {
      it.scoped(what, () =>
        Effect.gen(function* () {
          const { judge, write } = yield* makeDisk
          expect(yield* judge(yield* write(file))).toBe("outside the allowed folders")
        })
      )
    }

    it.scoped("where a link inside leads out", () =>
      Effect.gen(function* () {
        const { at, fs, judge, write } = yield* makeDisk
        yield* fs.symlink(yield* write(["roots-evil", "a.jpg"]), at("roots", "link.jpg"))
        expect(yield* judge(at("roots", "link.jpg"))).toBe("outside the allowed folders")
      })
    )

    it.scoped("where a folder inside is a link that leads out", () =>
      Effect.gen(function* () {
        const { at, fs, judge, write } = yield* makeDisk
        yield* write(["roots-evil", "a.jpg"])
        yield* fs.symlink(at("roots-evil"), at("roots", "link"))
        expect(yield* judge(at("roots", "link", "a.jpg"))).toBe("outside the allowed folders")
      })
    )

    it.scoped("where `..` in its path leads out", () =>
      Effect.gen(function* () {
        const { at, judge, write } = yield* makeDisk
        yield* write(["roots-evil", "a.jpg"])
        expect(yield* judge(`${at("roots")}/../roots-evil/a.jpg`)).toBe("outside the allowed folders")
      })
    )

    it.scoped("where the only root does not exist, or there is none", () =>
      Effect.gen(function* () {
        const { at, judge, write } = yield* makeDisk
        const file = yield* write(["roots", "a.jpg"])
        for (const roots of [[at("nowhere")], []]) {
          expect(yield* judge(file, { roots })).toBe("outside the allowed folders")
        }
      })
    )

    it.scoped("where it is not there", () =>
      Effect.gen(function* () {
        const { at, judge } = yield* makeDisk
        expect(yield* judge(at("roots", "gone.jpg"))).toBe("missing")
      })
    )

    it.scoped("where a link leads nowhere", () =>
      Effect.gen(function* () {
        const { at, fs, judge } = yield* makeDisk
        yield* fs.symlink(at("roots", "gone.jpg"), at("roots", "link.jpg"))
        expect(yield* judge(at("roots", "link.jpg"))).toBe("missing")
      })
    )

    for (const path of ["", "package.json", "./package.json", "~/package.json"]) {
      it.scoped(`where its path is no absolute one: '${path}'`, () =>
        Effect.gen(function* () {
          const { judge } = yield* makeDisk
          expect(yield* judge(path, { roots: ["/"] })).toBe("missing")
        })
      )
    }

    it.scoped("where it is a folder", () =>
      Effect.gen(function* () {
        const { at, judge } = yield* makeDisk
        expect(yield* judge(at("roots", "inside"))).toBe("not a file")
      })
    )

    it.scoped("where it is a pipe, which is not opened: that would wait for ever", () =>
      Effect.gen(function* () {
        const { at, judge } = yield* makeDisk
        yield* Command.exitCode(Command.make("mkfifo", at("roots", "pipe")))
        expect(yield* Effect.timeout(judge(at("roots", "pipe")), "10 seconds")).toBe("not a file")
      })
    )
  })

  describe("the largest file", () => {
    it.scoped.each([
      { mediaMaxMb: 1, bytes: MEBIBYTE },
      { mediaMaxMb: 0.5, bytes: MEBIBYTE / 2 },
      { mediaMaxMb: 0.1, bytes: 104_857 },
      { mediaMaxMb: 16, bytes: 16 * MEBIBYTE }
    ])("of $mediaMaxMb MB has $bytes bytes", ({ bytes, mediaMaxMb }) =>
      Effect.gen(function* () {
        const { given, judge, write } = yield* makeDisk
        const fits = yield* write(["roots", "fits.jpg"], bytes)
        const larger = yield* write(["roots", "larger.jpg"], bytes + 1)
        expect(yield* judge(fits, { mediaMaxMb })).toEqual(given(fits, bytes))
        expect(yield* judge(larger, { mediaMaxMb })).toBe("too large")
      })
    )
  })

  describe("several files", () => {
    const kinds: ReadonlyArray<{ readonly mimeType: string; readonly kind: WithheldFile["kind"] }> = [
      { mimeType: "image/heic", kind: "image" },
      { mimeType: "VIDEO/mp4", kind: "video" },
      { mimeType: "audio/x-caf", kind: "audio" },
      { mimeType: "application/pdf", kind: "file" },
      { mimeType: "imagery/jpeg", kind: "file" },
      { mimeType: "", kind: "file" }
    ]

    it.scoped("are judged each by itself, and told of by their kind, in their order", () =>
      Effect.gen(function* () {
        const { at, examine, write } = yield* makeDisk
        const paths = [yield* write(["roots", "a.jpg"]), yield* write(["roots", "b.jpg"])]
        const gone = kinds.map(({ mimeType }) => ({ path: at("roots", "gone"), mimeType, name: "" }))
        const there = paths.map((path) => ({ path, mimeType: "image/jpeg", name: "a" }))
        const { attachments, withheld } = yield* examine({ attachmentRoots: [at("roots")], mediaMaxMb: 1 }, [
          ...there.slice(0, 1),
          ...gone,
          ...there.slice(1)
        ])
        expect(attachments.map(({ path }) => path)).toEqual(paths)
        expect(withheld).toEqual(kinds.map(({ kind }) => ({ kind, reason: "missing" })))
      })
    )

    it.scoped("may be none", () =>
      Effect.gen(function* () {
        const { at, examine } = yield* makeDisk
        expect(yield* examine({ attachmentRoots: [at("roots")], mediaMaxMb: 1 }, [])).toEqual({
          attachments: [],
          withheld: []
        })
      })
    )
  })

  describe("a picture", () => {
    it.scoped("is given to a model as it can read it, to a program as it is, each in its place", () =>
      Effect.gen(function* () {
        const { at, examine, write } = yield* makeDisk
        const account = { attachmentRoots: [at("roots")], mediaMaxMb: 1 }
        const files = yield* Effect.forEach(["a.heic", "broken.heic", "b.jpg"], (name) =>
          Effect.map(write(["roots", name]), (path) => ({ path, name, mimeType: "image/heic" }))
        )
        expect(yield* examine(account, files, "model")).toMatchObject({
          attachments: [{ mimeType: "image/jpeg", name: "made.jpg" }, { name: "b.jpg" }],
          withheld: [{ kind: "image", reason: "cannot be converted" }]
        })
        for (const reader of ["program", undefined] as const) {
          expect(yield* examine(account, files, reader)).toMatchObject({ attachments: files, withheld: [] })
        }
      })
    )
  })

  describe("a voice note that imsg has converted", () => {
    const world = Effect.gen(function* () {
      const { at, examine, fs, write } = yield* makeDisk
      const attachments = at("home", "Library", "Messages", "Attachments")
      const copies = at("home", "Library", "Caches", "imsg", "converted-attachments")
      yield* fs.makeDirectory(attachments, { recursive: true })
      yield* fs.makeDirectory(copies, { recursive: true })
      const path = yield* write(["home", "Library", "Messages", "Attachments", "a.caf"])
      const given = (converted: string, roots = [attachments]) =>
        examine({ attachmentRoots: roots, mediaMaxMb: 1 }, [
          {
            path,
            mimeType: "audio/x-caf",
            name: "Audio Message.caf",
            converted: { path: converted, mimeType: "audio/mp4" }
          }
        ])
      return { at, copies, fs, given, path, write }
    })

    it.scoped("is given as its copy", () =>
      Effect.gen(function* () {
        const { given, write } = yield* world
        const copy = yield* write(["home", "Library", "Caches", "imsg", "converted-attachments", "a.m4a"], 7)
        expect((yield* given(copy)).attachments).toEqual([
          { path: copy, mimeType: "audio/mp4", name: "Audio Message.m4a", bytes: 7 }
        ])
      })
    )

    it.scoped("is given itself where the copy is not there, or elsewhere, or leads elsewhere", () =>
      Effect.gen(function* () {
        const { at, copies, fs, given, path, write } = yield* world
        const elsewhere = yield* write(["home", "Library", "b.m4a"])
        yield* fs.symlink(elsewhere, `${copies}/link.m4a`)
        for (const copy of [`${copies}/none.m4a`, elsewhere, `${copies}/link.m4a`, at("roots")]) {
          expect((yield* given(copy)).attachments).toMatchObject([
            { path, mimeType: "audio/x-caf", bytes: 3 }
          ])
        }
      })
    )

    it.scoped("is withheld, whatever its copy, where it may not be given itself", () =>
      Effect.gen(function* () {
        const { at, given, write } = yield* world
        const copy = yield* write(["home", "Library", "Caches", "imsg", "converted-attachments", "a.m4a"])
        expect(yield* given(copy, [at("roots")])).toEqual({
          attachments: [],
          withheld: [{ kind: "audio", reason: "outside the allowed folders" }]
        })
      })
    )
  })
})
