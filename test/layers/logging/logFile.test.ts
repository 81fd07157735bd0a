import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { FILES, open, rotated } from "../../../src/layers/logging/logFile.ts"

/** A log in a folder of its own, and the texts of its files: the current one first. */
const world = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const dir = yield* fs.makeTempDirectoryScoped()
  const file = path.join(dir, "logs", "gateway.log")
  const read = (name: string) => Effect.orElseSucceed(fs.readFileString(name), () => undefined)
  return {
    dir,
    fs,
    file,
    texts: Effect.forEach([file, ...rotated(file), `${file}.${FILES}`], read)
  }
})

const modeOf = (file: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.map(fs.stat(file), ({ mode }) => mode & 0o777))

describe("a log file", () => {
  it.scoped("has each line at once, for its owner only", () =>
    Effect.gen(function* () {
      const { dir, file, texts } = yield* world
      const log = yield* open(file)
      log.write("one", 0)
      log.write("two", 0)
      expect((yield* texts)[0]).toBe("one\ntwo\n")
      expect(yield* modeOf(file)).toBe(0o600)
      expect(yield* modeOf(`${dir}/logs`)).toBe(0o700)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("goes on where an earlier run stopped", () =>
    Effect.gen(function* () {
      const { file, texts } = yield* world
      yield* Effect.scoped(Effect.map(open(file), (log) => log.write("one", 0)))
      const log = yield* open(file)
      log.write("two", 0)
      expect((yield* texts)[0]).toBe("one\ntwo\n")
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("ends a line that a crash left unfinished", () =>
    Effect.gen(function* () {
      const { file, fs, texts } = yield* world
      yield* Effect.scoped(open(file))
      yield* fs.writeFileString(file, "hal")
      const log = yield* open(file)
      log.write("two", 0)
      expect((yield* texts)[0]).toBe("hal\ntwo\n")
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("is rotated before it grows beyond its size, and the oldest is dropped", () =>
    Effect.gen(function* () {
      const { file, texts } = yield* world
      const log = yield* open(file, { maxBytes: 10 })
      for (const line of [
        "aaaa",
        "bbbb",
        "cccc",
        "dddd",
        "eeee",
        "ffff",
        "gggg",
        "hhhh",
        "iiii",
        "jjjj",
        "kkkk"
      ])
        log.write(line, 0)
      expect(yield* texts).toEqual([
        "kkkk\n",
        "iiii\njjjj\n",
        "gggg\nhhhh\n",
        "eeee\nffff\n",
        "cccc\ndddd\n",
        undefined
      ])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("keeps a line that is longer than a file may be", () =>
    Effect.gen(function* () {
      const { file, texts } = yield* world
      const log = yield* open(file, { maxBytes: 10 })
      log.write("a", 0)
      log.write("bbbbbbbbbbbbbbbb", 0)
      expect((yield* texts).slice(0, 2)).toEqual(["bbbbbbbbbbbbbbbb\n", "a\n"])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("counts bytes, not characters", () =>
    Effect.gen(function* () {
      const { file, texts } = yield* world
      const log = yield* open(file, { maxBytes: 10 })
      log.write("éééé", 0)
      log.write("a", 0)
      expect((yield* texts).slice(0, 2)).toEqual(["a\n", "éééé\n"])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("is made anew after somebody moved it away", () =>
    Effect.gen(function* () {
      const { file, fs, texts } = yield* world
      const log = yield* open(file)
      log.write("one", 0)
      yield* fs.rename(file, `${file}.old`)
      log.write("two", 2000)
      expect((yield* texts)[0]).toBe("two\n")
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("says how many lines a full disk cost, once there is room", () =>
    Effect.gen(function* () {
      const { file, fs, texts } = yield* world
      yield* Effect.scoped(open(file))
      yield* fs.remove(file)
      yield* fs.symlink("/dev/full", file)
      const log = yield* open(file)
      log.write("one", 0)
      log.write("two", 500)
      log.write("three", 1500)
      yield* fs.remove(file)
      log.write("four", 3000)
      const [text = ""] = yield* texts
      const [lost = "", ...rest] = text.split("\n")
      expect(JSON.parse(lost)).toMatchObject({
        message: "3 lines of the log could not be written",
        logLevel: "WARN"
      })
      expect(rest).toEqual(["four", ""])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("is refused where its folder cannot be", () =>
    Effect.gen(function* () {
      const { dir, fs } = yield* world
      yield* fs.writeFileString(`${dir}/file`, "")
      const error = yield* Effect.flip(open(`${dir}/file/gateway.log`))
      expect(error._tag).toBe("LogFileUnusable")
      expect(error.message).toContain(`${dir}/file/gateway.log`)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("is refused where it is a folder", () =>
    Effect.gen(function* () {
      const { dir } = yield* world
      expect((yield* Effect.flip(open(dir))).code).toBe("log_file_unusable")
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("cuts off large output of earlier starts beside it, and leaves small", () =>
    Effect.gen(function* () {
      const { dir, file, fs } = yield* world
      const output = `${dir}/logs/service.log`
      yield* fs.makeDirectory(`${dir}/logs`)
      yield* fs.writeFileString(output, "x".repeat(1_000_000))
      yield* Effect.scoped(open(file))
      expect((yield* fs.stat(output)).size).toBe(1_000_000n)
      yield* fs.writeFileString(output, "x".repeat(1_000_001))
      yield* Effect.scoped(open(file))
      expect((yield* fs.stat(output)).size).toBe(0n)
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
