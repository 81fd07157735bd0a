/** What the operating system says of processes: from `/proc` on Linux, where `ps` need not be, and from `ps` elsewhere. */
import { readdirSync, readFileSync } from "node:fs"
import { Command } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Effect, Option } from "effect"

export interface ProcessEntry {
  readonly pid: number
  readonly parent: number
  /** Begins with `T` where it is stopped, with `Z` where it has ended and nobody has asked about it. */
  readonly state: string
  readonly residentKib: number
  /** Its program and arguments, with spaces between them. */
  readonly command: string
}

const STATUS = {
  parent: /^PPid:\s+(\d+)$/mu,
  state: /^State:\s+(\S)/mu,
  residentKib: /^VmRSS:\s+(\d+) kB$/mu
}

const fromProc = (pid: number): Option.Option<ProcessEntry> =>
  Option.liftThrowable(() => {
    const status = readFileSync(`/proc/${pid}/status`, "utf8")
    const field = (pattern: RegExp) => pattern.exec(status)?.[1] ?? ""
    return {
      pid,
      parent: Number(field(STATUS.parent)),
      state: field(STATUS.state),
      residentKib: Number(field(STATUS.residentKib)),
      command: readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ").trim()
    }
  })()

const allFromProc = Effect.sync(() =>
  readdirSync("/proc").flatMap((name) => (/^\d+$/u.test(name) ? Option.toArray(fromProc(Number(name))) : []))
)

const ROW = /^\s*(?<pid>\d+)\s+(?<parent>\d+)\s+(?<state>\S+)\s+(?<resident>\d+)\s+(?<command>.*)$/u

/** Fails with an exit code other than 0 where it finds none, so only its lines count. */
const fromPs = (...which: ReadonlyArray<string>) =>
  Command.lines(Command.make("ps", ...which, "-o", "pid=,ppid=,stat=,rss=,args=")).pipe(
    Effect.map((lines) =>
      lines.flatMap((line): ReadonlyArray<ProcessEntry> => {
        const { command = "", parent, pid, resident, state = "" } = ROW.exec(line)?.groups ?? {}
        return pid === undefined
          ? []
          : [{ pid: Number(pid), parent: Number(parent), state, residentKib: Number(resident), command }]
      })
    ),
    Effect.provide(NodeContext.layer),
    Effect.orDie
  )

const IS_LINUX = process.platform === "linux"

/** A process, if there is one. */
export const processOf = (pid: number): Effect.Effect<Option.Option<ProcessEntry>> =>
  IS_LINUX
    ? Effect.sync(() => fromProc(pid))
    : Effect.map(fromPs("-p", String(pid)), (entries) => Option.fromNullable(entries[0]))

/** Those that a process has started and that are still its own. */
export const childrenOf = (pid: number): Effect.Effect<ReadonlyArray<ProcessEntry>> =>
  Effect.map(IS_LINUX ? allFromProc : fromPs("-A"), (all) => all.filter(({ parent }) => parent === pid))
