/** Staging of an agent's files, on a real file system. */
import { Command, FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { agent, JPEG, makeStaging, PNG } from "./staging.ts"

const mode = (info: FileSystem.File.Info) => info.mode & 0o777

const test = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const staging = yield* makeStaging
  return { fs, path, ...staging, inRoot: (name: string) => path.join(staging.root, name) }
})

/** A test on a file system and a folder of its own. */
const scoped = <A, E>(
  body: (context: Effect.Effect.Success<typeof test>) => Effect.Effect<A, E, NodeContext.NodeContext>
) => Effect.flatMap(test, body).pipe(Effect.provide(NodeContext.layer))

describe("a file of an agent's folder", () => {
  it.scoped("is copied, readable by its owner only", () =>
    scoped(({ fs, inRoot, media, path, stage }) =>
      Effect.gen(function* () {
        yield* fs.writeFile(inRoot("photo.jpg"), JPEG)
        const copy = yield* stage({ source: inRoot("photo.jpg"), index: 3 })
        const slot = path.dirname(copy)
        expect(path.basename(copy)).toBe("photo.jpg")
        expect(path.basename(slot)).toBe("3")
        expect(path.dirname(path.dirname(slot))).toBe(media)
        expect(Uint8Array.from(yield* fs.readFile(copy))).toEqual(JPEG)
        expect(mode(yield* fs.stat(copy))).toBe(0o600)
        for (const folder of [slot, path.dirname(slot), media]) {
          expect(mode(yield* fs.stat(folder))).toBe(0o700)
        }
      })
    )
  )

  it.scoped("stays as it was when the original changes", () =>
    scoped(({ fs, inRoot, stage }) =>
      Effect.gen(function* () {
        yield* fs.writeFileString(inRoot("a.txt"), "before")
        const copy = yield* stage({ source: inRoot("a.txt") })
        yield* fs.writeFileString(inRoot("a.txt"), "after")
        expect(yield* fs.readFileString(copy)).toBe("before")
      })
    )
  )

  it.scoped("is named for its content", () =>
    scoped(({ fs, inRoot, path, stage }) =>
      Effect.gen(function* () {
        yield* fs.writeFile(inRoot("photo.txt"), JPEG)
        yield* fs.writeFileString(inRoot("picture.png"), "not a picture")
        expect(path.basename(yield* stage({ source: inRoot("photo.txt") }))).toBe("photo.jpg")
        expect(path.basename(yield* stage({ source: inRoot("picture.png") }))).toBe("picture.txt")
      })
    )
  )

  it.scoped("may be given as a file address", () =>
    scoped(({ fs, inRoot, path, refusal, stage }) =>
      Effect.gen(function* () {
        yield* fs.writeFileString(inRoot("a b.txt"), "text")
        const url = yield* path.toFileUrl(inRoot("a b.txt"))
        expect(yield* fs.readFileString(yield* stage({ source: url.href }))).toBe("text")
        expect(yield* refusal({ source: url.href.replace("file://", "file://example.com") })).toMatchObject({
          reason: "bad-address"
        })
        expect(yield* refusal({ source: "file:///etc/passwd" })).toMatchObject({ reason: "outside-roots" })
      })
    )
  )

  it.scoped("may be exactly as large as the limit, and no larger", () =>
    scoped(({ fs, inRoot, refusal, stage, staged }) =>
      Effect.gen(function* () {
        yield* fs.writeFile(inRoot("most.bin"), new Uint8Array(1024))
        yield* fs.writeFile(inRoot("more.bin"), new Uint8Array(1025))
        expect(yield* refusal({ source: inRoot("more.bin") })).toMatchObject({ reason: "too-large" })
        expect(yield* staged).toEqual([])
        const copy = yield* stage({ source: inRoot("most.bin") })
        expect((yield* fs.stat(copy)).size).toBe(1024n)
      })
    )
  )
})

describe("the agent's folders", () => {
  const layout = (context: Effect.Effect.Success<typeof test>) =>
    Effect.gen(function* () {
      const { base, fs, inRoot, path } = context
      const outside = path.join(base, "root-evil")
      yield* fs.makeDirectory(outside)
      yield* fs.writeFileString(path.join(outside, "secret.txt"), "secret")
      yield* fs.makeDirectory(inRoot("folder"))
      yield* fs.writeFileString(inRoot("folder/inner.txt"), "inner")
      yield* fs.writeFileString(inRoot("..dots.txt"), "dots")
      yield* fs.symlink(path.join(outside, "secret.txt"), inRoot("out.txt"))
      yield* fs.symlink(path.join(outside, "nothing.txt"), inRoot("dangling-out.txt"))
      yield* fs.symlink("../root-evil/nothing.txt", inRoot("dangling-relative.txt"))
      yield* fs.symlink("nothing.txt", inRoot("dangling-in.txt"))
      yield* fs.symlink(outside, inRoot("out"))
      yield* fs.symlink("folder/inner.txt", inRoot("in.txt"))
      yield* fs.symlink("loop.txt", inRoot("loop.txt"))
      yield* fs.symlink(inRoot("folder"), path.join(base, "way-in"))
      yield* Command.exitCode(Command.make("mkfifo", inRoot("pipe")))
    })

  it.scoped.each<readonly [path: string, expected: string]>([
    ["root/folder/inner.txt", "staged"],
    ["root/in.txt", "staged"],
    ["root/..dots.txt", "staged"],
    ["root/folder/../folder/inner.txt", "staged"],
    ["way-in/inner.txt", "staged"],
    ["root/out.txt", "outside-roots"],
    ["root/out/secret.txt", "outside-roots"],
    ["root/out/nothing.txt", "outside-roots"],
    ["root/dangling-out.txt", "outside-roots"],
    ["root/dangling-relative.txt", "outside-roots"],
    ["root/../root-evil/secret.txt", "outside-roots"],
    ["root-evil/secret.txt", "outside-roots"],
    ["root-evil/nothing.txt", "outside-roots"],
    ["nowhere/nothing.txt", "outside-roots"],
    ["root/nothing.txt", "missing"],
    ["root/nothing/nothing.txt", "missing"],
    ["root/folder/inner.txt/nothing", "missing"],
    ["root/dangling-in.txt", "missing"],
    ["root/loop.txt", "missing"],
    ["way-in/nothing.txt", "missing"],
    ["root", "not-a-file"],
    ["root/folder", "not-a-file"],
    ["root/pipe", "not-a-file"]
  ])("%s: %s", ([name, expected]) =>
    scoped((context) =>
      Effect.gen(function* () {
        yield* layout(context)
        const outcome = yield* context.stage({ source: `${context.base}/${name}` }).pipe(
          Effect.as("staged"),
          Effect.catchTag("MediaRejected", ({ reason }) => Effect.succeed(reason))
        )
        expect(outcome).toBe(expected)
        if (expected !== "staged") expect(yield* context.staged).toEqual([])
      })
    )
  )

  it.scoped("may be links themselves, and may be missing", () =>
    scoped((context) =>
      Effect.gen(function* () {
        const { base, refusal, stage } = context
        yield* layout(context)
        const source = `${base}/root/folder/inner.txt`
        yield* stage({ source, agent: agent({ mediaRoots: [`${base}/nowhere`, `${base}/way-in`] }) })
        for (const mediaRoots of [[], [`${base}/nowhere`], [`${base}/root/out`]]) {
          expect(yield* refusal({ source, agent: agent({ mediaRoots }) })).toMatchObject({
            reason: "outside-roots"
          })
        }
      })
    )
  )

  it.scoped("may have wildcards, each for the whole name of a folder", () =>
    scoped((context) =>
      Effect.gen(function* () {
        const { base, refusal, stage } = context
        yield* layout(context)
        const source = `${base}/root/folder/inner.txt`
        for (const mediaRoots of [[`${base}/*`], [`${base}/*/folder`], [`${base}/root/*`]]) {
          yield* stage({ source, agent: agent({ mediaRoots }) })
        }
        for (const mediaRoots of [[`${base}/*/nowhere`], [`${base}/root/*/inner.txt/*`], [`${base}/*/*/*`]]) {
          expect(yield* refusal({ source, agent: agent({ mediaRoots }) })).toMatchObject({
            reason: "outside-roots"
          })
        }
        // The link in the root leads out of what the wildcard stands for.
        const escaped = {
          source: `${base}/root/out/secret.txt`,
          agent: agent({ mediaRoots: [`${base}/root/*`] })
        }
        expect(yield* refusal(escaped)).toMatchObject({ reason: "outside-roots" })
      })
    )
  )

  it.scoped("are nothing without a whole path", () =>
    scoped(({ refusal }) =>
      Effect.gen(function* () {
        expect(yield* refusal({ source: "a.txt?secret" })).toMatchObject({
          reason: "bad-address",
          source: "a.txt"
        })
      })
    )
  )
})

describe("a delivery's files", () => {
  it.scoped("are replaced by what is staged again, and kept when that fails", () =>
    scoped(({ fs, inRoot, path, refusal, stage }) =>
      Effect.gen(function* () {
        yield* fs.writeFile(inRoot("first.jpg"), JPEG)
        yield* fs.writeFile(inRoot("second.png"), PNG)
        const first = yield* stage({ source: inRoot("first.jpg") })
        const other = yield* stage({ source: inRoot("first.jpg"), index: 1 })
        yield* refusal({ source: inRoot("nothing.jpg") })
        expect(yield* fs.exists(first)).toBe(true)
        const second = yield* stage({ source: inRoot("second.png") })
        expect(path.dirname(second)).toBe(path.dirname(first))
        expect(yield* fs.readDirectory(path.dirname(second))).toEqual(["second.png"])
        expect(yield* fs.exists(other)).toBe(true)
      })
    )
  )

  it.scoped("are released together, and no others", () =>
    scoped(({ fs, inRoot, release, stage, staged }) =>
      Effect.gen(function* () {
        yield* fs.writeFile(inRoot("a.jpg"), JPEG)
        yield* stage({ source: inRoot("a.jpg"), deliveryId: "one", index: 0 })
        yield* stage({ source: inRoot("a.jpg"), deliveryId: "one", index: 1 })
        const kept = yield* stage({ source: inRoot("a.jpg"), deliveryId: "../two" })
        yield* release("one")
        yield* release("never staged")
        expect((yield* staged).filter((name) => name.endsWith(".jpg"))).toHaveLength(1)
        expect(yield* fs.exists(kept)).toBe(true)
      })
    )
  )

  it.scoped("are released where they are old and not among those to be kept", () =>
    scoped(({ fs, inRoot, path, releaseOthers, stage }) =>
      Effect.gen(function* () {
        yield* fs.writeFile(inRoot("a.jpg"), JPEG)
        const files = yield* Effect.forEach(["old", "kept", "young"], (deliveryId) =>
          stage({ source: inRoot("a.jpg"), deliveryId })
        )
        const [old = "", kept = ""] = files.map((file) => path.dirname(path.dirname(file)))
        for (const folder of [old, kept]) yield* fs.utimes(folder, new Date(1000), new Date(1000))
        expect(yield* releaseOthers(["kept"], 2000)).toBe(1)
        expect(yield* Effect.forEach(files, (file) => fs.exists(file))).toEqual([false, true, true])
        expect(yield* releaseOthers(["kept"], 2000)).toBe(0)
      })
    )
  )

  it.scoped("cannot be staged where the state folder cannot be written", () =>
    scoped(({ fs, inRoot, media, refusal, release, stateDir }) =>
      Effect.gen(function* () {
        yield* fs.writeFile(inRoot("a.jpg"), JPEG)
        yield* fs.writeFileString(stateDir, "a file in the folder's place")
        expect(yield* refusal({ source: inRoot("a.jpg") })).toMatchObject({
          _tag: "StoreUnavailable",
          file: media
        })
        yield* release("turn:1/agent:main")
      })
    )
  )

  it.scoped("do not hold what a killed gateway had begun", () =>
    scoped(({ fs, inRoot, media, stage, staged }) =>
      Effect.gen(function* () {
        yield* fs.makeDirectory(`${media}/incoming-killed/new`, { recursive: true })
        yield* fs.writeFile(`${media}/incoming-killed/content`, JPEG)
        yield* fs.writeFile(inRoot("a.jpg"), JPEG)
        yield* stage({ source: inRoot("a.jpg") })
        expect((yield* staged).filter((name) => name.startsWith("incoming-"))).toEqual([])
      })
    )
  )
})
