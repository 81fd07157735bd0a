/** What processes use, as the operating system counts it. */
import { Command, type CommandExecutor, FileSystem, type Error as PlatformErrors } from "@effect/platform"
import { Effect, Number as Num, Option, Schema } from "effect"

const IS_LINUX = process.platform === "linux"
/** The unit of cpu time in `/proc`, in milliseconds; it is the same on every Linux that Node runs on. */
const TICK_MS = 10

interface Usage {
  /** Resident memory in megabytes (10^6 bytes); pages shared with other processes count in each. */
  readonly residentMb: number
  /** Cpu time since the start of the process in milliseconds, user and system, in steps of 10. */
  readonly cpuMs: number
}

const Row = Schema.Struct({ pid: Schema.NumberFromString, parent: Schema.NumberFromString })
const decodeRow = Schema.decodeUnknownOption(Row)

/** The processes that a process has started itself and that still run. */
export const childrenOf = (pid: number) =>
  Command.lines(Command.make("ps", "-A", "-o", "pid=,ppid=")).pipe(
    Effect.map((lines) =>
      lines.flatMap((line) => {
        const [own, parent] = line.trim().split(/\s+/)
        const row = decodeRow({ pid: own, parent })
        return Option.isSome(row) && row.value.parent === pid ? [row.value.pid] : []
      })
    )
  )

const number = (text: string | undefined) =>
  Option.match(Num.parse(text ?? ""), {
    onNone: () => Effect.fail(new Error(`cannot read "${text}" as a number of a process's usage`)),
    onSome: Effect.succeed
  })

const fromProc = (pid: number) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const status = yield* fs.readFileString(`/proc/${pid}/status`)
    const stat = yield* fs.readFileString(`/proc/${pid}/stat`)
    const kibibytes = yield* number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1])
    // The second field is the name in parentheses, which may hold anything; the 14th and 15th are the ticks.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    const ticks = (yield* number(fields[11])) + (yield* number(fields[12]))
    return { residentMb: (kibibytes * 1024) / 1e6, cpuMs: ticks * TICK_MS } satisfies Usage
  })

/** `[dd-][hh:]mm:ss.cc` */
const fromPs = (pid: number) =>
  Effect.gen(function* () {
    const line = yield* Command.string(Command.make("ps", "-o", "rss=,time=", "-p", String(pid)))
    const [kibibytes, time = ""] = line.trim().split(/\s+/)
    const parts = yield* Effect.forEach(time.split(/[-:]/), number)
    const seconds = parts
      .reverse()
      .reduce((total, part, index) => total + part * ([1, 60, 3600, 86_400][index] ?? 0), 0)
    return {
      residentMb: ((yield* number(kibibytes)) * 1024) / 1e6,
      cpuMs: seconds * 1000
    } satisfies Usage
  })

/** What a process uses now; fails where there is none. */
export const usageOf: (
  pid: number
) => Effect.Effect<
  Usage,
  PlatformErrors.PlatformError | Error,
  FileSystem.FileSystem | CommandExecutor.CommandExecutor
> = IS_LINUX ? fromProc : fromPs
