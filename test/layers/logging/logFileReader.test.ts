import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Ref, Stream } from "effect"
import { open } from "../../../src/layers/logging/logFile.ts"
import { tail } from "../../../src/layers/logging/logFileReader.ts"
import { eventually } from "../../support/simulator.ts"

const QUICK = { maxBytes: 10 }

const logWith = (lines: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const file = `${yield* fs.makeTempDirectoryScoped()}/gateway.log`
    const log = yield* open(file, QUICK)
    for (const line of lines) log.write(line, 0)
    return { file, log, fs }
  })

const last = (file: string, lines: number) =>
  Effect.map(Stream.runCollect(tail(file, { lines, follow: false })), (found) => [...found])

/** Follows a file from its last line on; answers the lines that have come. */
const following = (file: string) =>
  Effect.gen(function* () {
    const seen = yield* Ref.make<ReadonlyArray<string>>([])
    yield* tail(file, { lines: 1, follow: true }).pipe(
      Stream.runForEach((line) => Ref.update(seen, (lines) => [...lines, line])),
      Effect.forkScoped
    )
    return (count: number) => eventually(`${count} lines`, Ref.get(seen), (lines) => lines.length >= count)
  })

describe("the last lines", () => {
  const cases: ReadonlyArray<readonly [string, number, ReadonlyArray<string>]> = [
    ["come from the current file", 1, ["five"]],
    ["come from rotated files too, oldest first", 3, ["three", "four", "five"]],
    ["are all there are, where more are asked for", 100, ["one", "two", "three", "four", "five"]],
    ["are none where none are asked for", 0, []]
  ]
  for (const [name, count, expected] of cases) {
    it.scoped(name, () =>
      Effect.gen(function* () {
        const { file } = yield* logWith(["one", "two", "three", "four", "five"])
        expect(yield* last(file, count)).toEqual(expected)
      }).pipe(Effect.provide(NodeContext.layer))
    )
  }

  it.scoped("leave out one that is being written", () =>
    Effect.gen(function* () {
      const { file, fs } = yield* logWith([])
      yield* fs.writeFileString(file, "one\ntw")
      expect(yield* last(file, 10)).toEqual(["one"])
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("following", () => {
  it.scopedLive("begins after what was read, and gives what comes", () =>
    Effect.gen(function* () {
      const { file, log } = yield* logWith(["one"])
      const lines = yield* following(file)
      yield* lines(1)
      log.write("two", 0)
      expect(yield* lines(2)).toEqual(["one", "two"])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("misses nothing and repeats nothing over rotations", () =>
    Effect.gen(function* () {
      const { file, log } = yield* logWith([])
      const lines = yield* following(file)
      const expected = Array.from({ length: 8 }, (_, index) => `line${index}`)
      for (const [index, line] of expected.entries()) {
        log.write(line, 0)
        yield* lines(index + 1)
      }
      expect(yield* lines(8)).toEqual(expected)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("reads the end of a file that was rotated since", () =>
    Effect.gen(function* () {
      const { file, log } = yield* logWith(["one"])
      const lines = yield* following(file)
      yield* lines(1)
      // Both within one look: the first fits into the old file, the second begins a new one.
      log.write("two", 0)
      log.write("three", 0)
      expect(yield* lines(3)).toEqual(["one", "two", "three"])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("waits for the rest of a line, also within a character", () =>
    Effect.gen(function* () {
      const { file, fs } = yield* logWith([])
      const lines = yield* following(file)
      const bytes = new TextEncoder().encode("né\nx\n")
      yield* fs.writeFile(file, bytes.subarray(0, 2), { flag: "a" })
      yield* Effect.sleep("400 millis")
      yield* fs.writeFile(file, bytes.subarray(2), { flag: "a" })
      expect(yield* lines(2)).toEqual(["né", "x"])
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
