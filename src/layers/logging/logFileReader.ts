/** Reads the lines of a log file that rotates: the last ones, and those that come. */
import { FileSystem } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Chunk, Effect, Exit, Option, Ref, Scope, Stream } from "effect"
import { platformWords } from "../../schemas/errors/platformWords.ts"
import { LogUnreadable } from "../../schemas/errors/service.ts"
import { rotated } from "./logFile.ts"

/** How often it is looked for new lines: quick for a person, nothing for a disk. */
const EVERY = "250 millis"
/** Read at a time, in bytes. */
const BLOCK = 65_536

const NEWLINE = 10

const unreadable = (file: string) => (error: PlatformError) =>
  new LogUnreadable({ file, detail: platformWords(error) })

/** The lines of a file that have ended, and how many bytes they take. */
const ended = (bytes: Uint8Array) => {
  const size = bytes.lastIndexOf(NEWLINE) + 1
  const lines = Buffer.from(bytes.subarray(0, size)).toString("utf8").split("\n").slice(0, -1)
  return { lines, size }
}

interface Reading {
  readonly scope: Scope.CloseableScope
  readonly handle: FileSystem.File
  readonly ino: Option.Option<number>
}

const open = (file: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const scope = yield* Scope.make()
    const handle = yield* Scope.extend(fs.open(file, { flag: "r" }), scope)
    const { ino } = yield* handle.stat
    const reading: Reading = { scope, handle, ino }
    return reading
  })

/** What can be read now. */
const drain = ({ handle }: Reading) =>
  handle.readAlloc(FileSystem.Size(BLOCK)).pipe(
    Effect.map((block) => Option.map(block, (bytes) => [Chunk.of(bytes), Option.some(undefined)] as const)),
    Effect.map(Option.getOrElse(() => [Chunk.empty<Uint8Array>(), Option.none<undefined>()] as const))
  )

const blocks = (reading: Reading) => Stream.paginateChunkEffect(undefined, () => drain(reading))

/** The last lines of an open file, out of rotated ones too where it has not enough; it stands behind them then. */
const lastLines = ({ handle }: Reading, file: string, count: number) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { size } = yield* handle.stat
    const bytes = yield* handle.readAlloc(size)
    const current = ended(Option.getOrElse(bytes, () => new Uint8Array()))
    yield* handle.seek(FileSystem.Size(current.size), "start")
    let lines: ReadonlyArray<string> = current.lines
    for (const older of rotated(file)) {
      if (lines.length >= count || !(yield* fs.exists(older))) break
      lines = [...ended(yield* fs.readFile(older)).lines, ...lines]
    }
    return count <= 0 ? [] : lines.slice(-count)
  })

/** What comes, for ever. A file that is rotated is read to its end before the new one is begun. */
const coming = (current: Ref.Ref<Reading>, file: string) => {
  const isMoved = Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const there = yield* Effect.option(fs.stat(file))
    const { ino } = yield* Ref.get(current)
    return Option.exists(there, (info) => Option.getOrUndefined(info.ino) !== Option.getOrUndefined(ino))
  })
  const next = Effect.gen(function* () {
    const reading = yield* open(file)
    const { scope } = yield* Ref.getAndSet(current, reading)
    yield* Scope.close(scope, Exit.void)
  })
  const rest = Stream.unwrap(Effect.map(Ref.get(current), blocks))
  const silently = <E, R>(effect: Effect.Effect<void, E, R>) => Stream.drain(Stream.fromEffect(effect))
  // What was written between the last read and the rotation is still in the old file.
  const change = Stream.concat(rest, Stream.concat(silently(next), rest))
  return rest.pipe(
    Stream.concat(Stream.unwrap(Effect.map(isMoved, (moved) => (moved ? change : Stream.empty)))),
    Stream.concat(silently(Effect.sleep(EVERY))),
    Stream.forever,
    Stream.decodeText(),
    Stream.splitLines
  )
}

/**
 * The last `lines` lines, oldest first, out of rotated files too where the current one has not enough; with `follow`
 * then those that are written, for ever, over rotations.
 */
export const tail = (
  file: string,
  { follow, lines }: { readonly follow: boolean; readonly lines: number }
): Stream.Stream<string, LogUnreadable, FileSystem.FileSystem> =>
  Stream.unwrapScoped(
    Effect.gen(function* () {
      const current = yield* Effect.acquireRelease(Effect.flatMap(open(file), Ref.make), (reading) =>
        Effect.flatMap(Ref.get(reading), ({ scope }) => Scope.close(scope, Exit.void))
      )
      const last = Stream.fromIterable(yield* lastLines(yield* Ref.get(current), file, lines))
      return follow ? Stream.concat(last, coming(current, file)) : last
    })
  ).pipe(Stream.mapError(unreadable(file)))
