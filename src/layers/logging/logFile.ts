/**
 * A log file that rotates. Every line is written at once, by a synchronous call: what was logged before a crash or
 * `process.exit` is in the file, there is no buffer to bound or to flush, and a line costs about a microsecond.
 */
import fs from "node:fs"
import { FileSystem, Path } from "@effect/platform"
import { Effect, Either, type Scope } from "effect"
import { messageOf } from "../../schemas/errors/messageOf.ts"
import { failureWords } from "../../schemas/errors/platformWords.ts"
import { LogFileUnusable } from "../../schemas/errors/service.ts"

/** The size in bytes above which a file is rotated. */
const MAX_BYTES = 5_000_000
/** How many files there are at most: the current one, then `.1` (newer) to `.4` (older). */
export const FILES = 5
/** How often, in ms, it is looked whether the file is still where it was, and a file that failed is tried again. */
const LOOK_EVERY = 1000

/** The folder of the service's logs inside the state folder. */
export const LOG_DIR = "logs"
/** The name of the log inside that folder. */
export const LOG_FILE = "gateway.log"

/** What a service manager keeps of stdout and stderr, in the same folder. It is not rotated, so little goes there. */
export const OUTPUT_FILE = "service.log"
/** The size in bytes above which the output of earlier starts is cut off: a start that fails says so every time. */
const MAX_OUTPUT_BYTES = 1_000_000

/** The rotated files of a log, the newest first; each of them may be missing. */
export const rotated = (file: string): ReadonlyArray<string> =>
  Array.from({ length: FILES - 1 }, (_, index) => `${file}.${index + 1}`)

/** An open log. `write` takes one line without its end, and the time in ms; it never throws. */
export interface LogFile {
  readonly write: (line: string, now: number) => void
}

interface Open {
  readonly fd: number
  readonly ino: number
  size: number
}

const attempt = <A>(run: () => A): Either.Either<A, string> => Either.try({ try: run, catch: messageOf })

/** Opens the file for appending. A line that a crash left unfinished is ended first. */
const openFile = (file: string): Open => {
  const fd = fs.openSync(file, "a+", 0o600)
  const { ino, size } = fs.fstatSync(fd)
  const last = Buffer.alloc(1)
  if (size > 0) fs.readSync(fd, last, 0, 1, size - 1)
  const isTorn = size > 0 && last.toString() !== "\n"
  return { fd, ino, size: size + (isTorn ? fs.writeSync(fd, "\n") : 0) }
}

const rotate = (file: string): void => {
  const files = [file, ...rotated(file)]
  for (let older = files.length - 1; older > 0; older--) {
    const from = files[older - 1]
    const to = files[older]
    if (from !== undefined && to !== undefined && fs.existsSync(from)) fs.renameSync(from, to)
  }
}

const lostLine = (count: number, now: number): string =>
  JSON.stringify({
    message: `${count} lines of the log could not be written`,
    logLevel: "WARN",
    timestamp: new Date(now).toISOString(),
    annotations: {},
    spans: {},
    fiberId: ""
  })

class RotatingFile implements LogFile {
  private lost = 0
  private lookedAt = 0

  constructor(
    private readonly file: string,
    private readonly maxBytes: number,
    private open: Open | undefined
  ) {}

  write(line: string, now: number): void {
    const text = `${this.lost > 0 ? `${lostLine(this.lost, now)}\n` : ""}${line}\n`
    const bytes = Buffer.from(text)
    const written = attempt(() => {
      const open = this.opened(bytes.length, now)
      if (open === undefined) return false
      const count = fs.writeSync(open.fd, bytes)
      open.size += count
      if (count === bytes.length) return true
      // A disk that is almost full takes a part: the next try opens the file anew, and ends that part.
      this.close()
      return false
    })
    if (Either.isLeft(written)) this.close()
    this.lost = Either.getOrElse(written, () => false) ? 0 : this.lost + 1
  }

  close(): void {
    const { open } = this
    this.open = undefined
    if (open !== undefined) attempt(() => fs.closeSync(open.fd))
  }

  /** The file to write to: rotated if it is full, and opened anew if somebody moved it away or it failed before. */
  private opened(more: number, now: number): Open | undefined {
    if (now - this.lookedAt >= LOOK_EVERY || now < this.lookedAt) {
      this.lookedAt = now
      const there = fs.statSync(this.file, { throwIfNoEntry: false })
      if (there?.ino !== this.open?.ino) this.close()
      this.open ??= openFile(this.file)
    }
    const { open } = this
    if (open === undefined || open.size === 0 || open.size + more <= this.maxBytes) return open
    this.close()
    rotate(this.file)
    this.open = openFile(this.file)
    return this.open
  }
}

const cutOutput = (file: string) =>
  Effect.gen(function* () {
    const platform = yield* FileSystem.FileSystem
    const { size } = yield* platform.stat(file)
    if (size > MAX_OUTPUT_BYTES) yield* platform.truncate(file, FileSystem.Size(0))
  }).pipe(Effect.ignore)

/**
 * Opens a log file (mode 0600, its folder 0700) for as long as the scope. Lines that cannot be written later on are
 * counted, and the count stands in the log once it can be written again. Above `maxBytes` the file is rotated. The
 * output beside it is cut where it has grown large.
 */
export const open = (
  file: string,
  { maxBytes = MAX_BYTES }: { readonly maxBytes?: number } = {}
): Effect.Effect<LogFile, LogFileUnusable, FileSystem.FileSystem | Path.Path | Scope.Scope> =>
  Effect.gen(function* () {
    const platform = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    yield* platform
      .makeDirectory(path.dirname(file), { recursive: true, mode: 0o700 })
      .pipe(Effect.mapError((error) => new LogFileUnusable({ file, detail: failureWords(error) })))
    yield* cutOutput(path.join(path.dirname(file), OUTPUT_FILE))
    return yield* Effect.acquireRelease(
      Effect.try({
        try: () => new RotatingFile(file, maxBytes, openFile(file)),
        catch: (error) => new LogFileUnusable({ file, detail: failureWords(error) })
      }),
      (log) => Effect.sync(() => log.close())
    )
  })
