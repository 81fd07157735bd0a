/** Pictures made readable by real processes: programs of the tests that say how they were asked, and real converters. */
import { FileSystem, Path } from "@effect/platform"
import { describe, expect, layer as withLayer } from "@effect/vitest"
import { Context, Effect, Either, Layer } from "effect"
import { look } from "../../../../src/layers/media/pictures/look.ts"
import { layer, type Options } from "../../../../src/layers/media/pictures/PicturesLive.ts"
import { Pictures } from "../../../../src/services/Pictures.ts"
import { configLayer } from "../../../support/configs.ts"
import { bitmap, heic, jpeg, png } from "../../../support/pictures.ts"
import { ProcessesLive } from "../../../support/processes.ts"
import { program } from "../../../support/programs.ts"
import { eventually } from "../../../support/simulator.ts"

/** What a converter of the tests does; `$made` is a JPEG of 1568 by 1176. */
const WORKS = 'cp "$made" result.jpg'
const SLEEPS = "sleep 60"

const SIPS = "sips -s format jpeg -Z 1568 source.heic --out result.jpg"

const makeWorld = (converters: Readonly<Record<string, string>>, options: Options = {}) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { join } = yield* Path.Path
    const base = yield* Effect.flatMap(fs.makeTempDirectoryScoped(), fs.realPath)
    const bin = join(base, "bin")
    const log = join(base, "calls")
    const made = join(base, "made.jpg")
    const stateDir = join(base, "state")
    yield* fs.makeDirectory(bin)
    yield* fs.writeFile(made, jpeg(1568, 1176))
    for (const [name, does] of Object.entries(converters)) {
      const script = `#!/bin/sh\nmade='${made}'\nprintf '%s\\n' "${name} $*" >>'${log}'\n${does}\n`
      yield* fs.writeFileString(join(bin, name), script, { mode: 0o755 })
    }
    /** The service of a gateway that has just started. */
    const start = Layer.build(
      Layer.fresh(Layer.provide(layer(stateDir, { folders: [bin], ...options }), configLayer()))
    ).pipe(Effect.map(Context.get(Pictures)))
    const pictures = yield* start
    /** What becomes of a file that is there; else why it is withheld. */
    const read = (name: string, mimeType = "image/heic", by = pictures) =>
      Effect.gen(function* () {
        const file = join(base, name)
        const { size } = yield* fs.stat(file)
        const given = { path: file, name, mimeType, bytes: Number(size) }
        return yield* Effect.map(Effect.either(by.readable(given)), Either.merge)
      })
    const give = (name: string, content: Uint8Array, mimeType?: string) =>
      Effect.zipRight(fs.writeFile(join(base, name), content), read(name, mimeType))
    const calls = Effect.map(
      Effect.orElseSucceed(fs.readFileString(log), () => ""),
      (text) => text.split("\n").filter((line) => line !== "")
    )
    return { base, calls, fs, give, join, read, start, stateDir }
  })

withLayer(ProcessesLive, { excludeTestServices: true })((it) => {
  describe("a picture of a phone", () => {
    it.scoped("is a JPEG with its name, made in a private folder, once", () =>
      Effect.gen(function* () {
        const { base, calls, fs, give, join, read, start, stateDir } = yield* makeWorld({ sips: WORKS })
        const name = "IMG [1] %d.HEIC"
        const given = yield* give(name, heic(4032, 3024))
        expect(given).toMatchObject({ mimeType: "image/jpeg", name: "IMG [1] %d.jpg" })
        const { bytes = 0, path = "" } = typeof given === "string" ? {} : given
        expect(Uint8Array.from(yield* fs.readFile(path))).toEqual(jpeg(1568, 1176))
        expect(bytes).toBe(jpeg(1568, 1176).length)
        expect(path.startsWith(stateDir)).toBe(true)
        expect((yield* fs.stat(join(stateDir, "pictures"))).mode & 0o777).toBe(0o700)
        expect(yield* read(name, "application/octet-stream")).toEqual(given)
        // Also by the next gateway.
        expect(yield* read(name, "image/heic", yield* start)).toEqual(given)
        expect(yield* calls).toEqual([SIPS])
        // One that was changed is another.
        yield* fs.utimes(join(base, name), 1, 1)
        expect(yield* read(name)).not.toMatchObject({ path })
        expect(yield* calls).toEqual([SIPS, SIPS])
      })
    )

    it.scoped.each([
      [["sips", "magick", "convert", "ffmpeg"], "sips"],
      [["convert", "magick", "ffmpeg"], "magick"],
      [["ffmpeg", "convert"], "convert"],
      [["ffmpeg"], "ffmpeg"]
    ] as const)("is converted by the first of what is there: %j", ([names, first]) =>
      Effect.gen(function* () {
        const { calls, give } = yield* makeWorld(Object.fromEntries(names.map((name) => [name, WORKS])))
        expect(yield* give("a.heic", heic(4032, 3024))).toMatchObject({ mimeType: "image/jpeg" })
        expect((yield* calls).map((line) => line.split(" ")[0])).toEqual([first])
      })
    )

    it.scoped("is converted by the next where one fails, or makes a tile of it", () =>
      Effect.gen(function* () {
        const { calls, give } = yield* makeWorld({
          sips: "echo no such delegate >&2; exit 1",
          magick: "exit 0",
          convert: "head -c 20 <source.heic >result.jpg",
          ffmpeg: WORKS
        })
        expect(yield* give("a.heic", heic(4032, 3024))).toMatchObject({ mimeType: "image/jpeg" })
        expect((yield* calls).map((line) => line.split(" ")[0])).toEqual([
          "sips",
          "magick",
          "convert",
          "ffmpeg"
        ])
      })
    )

    it.scoped("that is small is not enlarged", () =>
      Effect.gen(function* () {
        const { calls, give } = yield* makeWorld({ sips: WORKS })
        yield* give("a.heic", heic(640, 480))
        expect(yield* calls).toEqual(["sips -s format jpeg source.heic --out result.jpg"])
      })
    )
  })

  describe("a picture that a model can read", () => {
    it.scoped("stays as it is, and its type is that of its content", () =>
      Effect.gen(function* () {
        const { base, calls, give, join } = yield* makeWorld({ sips: WORKS })
        expect(yield* give("a.heic", jpeg(1568, 100))).toMatchObject({
          path: join(base, "a.heic"),
          mimeType: "image/jpeg"
        })
        expect(yield* give("b.png", png(100, 1568), "image/png")).toMatchObject({ mimeType: "image/png" })
        expect(yield* give("c.txt", Buffer.from("text"), "text/plain")).toMatchObject({ name: "c.txt" })
        expect(yield* calls).toEqual([])
      })
    )

    it.scoped("is made smaller where it is large", () =>
      Effect.gen(function* () {
        const { calls, give } = yield* makeWorld({ magick: WORKS })
        expect(yield* give("a.png", png(4000, 3000), "image/png")).toMatchObject({
          mimeType: "image/jpeg",
          name: "a.jpg"
        })
        expect(yield* calls).toEqual([
          "magick -limit time 20 png:source.png[0] -auto-orient -background white -alpha remove -resize 1568x1568> -quality 85 jpeg:result.jpg"
        ])
      })
    )
  })

  describe("a picture is withheld", () => {
    const refused = "cannot be converted"

    it.scoped("where nothing can convert it", () =>
      Effect.gen(function* () {
        const { give } = yield* makeWorld({})
        expect(yield* give("a.heic", heic(4032, 3024))).toBe(refused)
      })
    )

    it.scoped("where it is none, and no converter hears of it", () =>
      Effect.gen(function* () {
        const { calls, give } = yield* makeWorld({ sips: WORKS, magick: WORKS })
        for (const content of [
          "<svg xmlns='http://www.w3.org/2000/svg'/>",
          "push graphic-context",
          "%!PS",
          ""
        ]) {
          expect(yield* give("a.jpg", Buffer.from(content), "image/jpeg")).toBe(refused)
        }
        expect(yield* calls).toEqual([])
      })
    )

    it.scoped("where all fail, and that is not tried again at once", () =>
      Effect.gen(function* () {
        const { calls, give, read } = yield* makeWorld({ sips: "exit 1", ffmpeg: "kill -9 $$" })
        expect(yield* give("a.heic", heic(4032, 3024))).toBe(refused)
        expect(yield* read("a.heic")).toBe(refused)
        expect(yield* calls).toHaveLength(2)
      })
    )

    it.scoped("where it takes too long; the converter is ended, and others had their turn meanwhile", () =>
      Effect.gen(function* () {
        const { base, calls, fs, give, join, stateDir } = yield* makeWorld(
          { sips: `case $(cat source.heic) in *slow*) ${SLEEPS} ;; *) ${WORKS} ;; esac` },
          { withinMs: 1500 }
        )
        const slow = Uint8Array.from([...heic(4032, 3024), ...Buffer.from("slow")])
        const all = yield* Effect.all(
          [give("slow.heic", slow), give("1.heic", heic(4032, 3024)), give("2.heic", heic(4032, 3024))],
          { concurrency: 3 }
        )
        expect(all[0]).toBe(refused)
        expect(all.slice(1)).toMatchObject([{ name: "1.jpg" }, { name: "2.jpg" }])
        expect(yield* calls).toHaveLength(3)
        yield* eventually(
          "nothing that is begun",
          Effect.map(fs.readDirectory(join(stateDir, "pictures")), (names) =>
            names.filter((name) => name.startsWith("incoming"))
          ),
          (names) => names.length === 0
        )
        expect(yield* fs.exists(join(base, "slow.heic"))).toBe(true)
      })
    )
  })

  describe("a real converter", () => {
    it.scoped("makes a picture smaller: ImageMagick", () =>
      Effect.gen(function* () {
        // Other programs are called `convert` as well.
        yield* program("identify")
        const tool = yield* program("convert")
        const { base, fs, give, join } = yield* makeWorld({ convert: `exec '${tool}' "$@"` })
        const given = yield* give("wide.bmp", bitmap(3000, 1000), "image/bmp")
        if (typeof given === "string") throw new Error(given)
        expect(yield* look(given.path)).toMatchObject({
          extension: "jpg",
          size: { width: 1568, height: 523 }
        })
        expect(yield* fs.exists(join(base, "wide.bmp"))).toBe(true)
      })
    )
  })
})
