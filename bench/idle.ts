/** What a subject uses while nothing happens. */
import { Effect } from "effect"
import { childrenOf, usageOf } from "./processes.ts"
import { median, sum } from "./statistics.ts"
import type { MemorySubject } from "./subject.ts"

/** V8 gives back what the start has left over half a minute after it; idle is what comes then. */
const SETTLE = "30 seconds"
const SECONDS = 10

/** The subject's own processes: itself and what it has started, but for the child. */
export const ownProcesses = ({ childPid, pid }: MemorySubject) =>
  Effect.map(childrenOf(pid), (children) => [pid, ...children.filter((child) => child !== childPid)])

/** What processes use together. */
export const usageTogether = (pids: ReadonlyArray<number>) =>
  Effect.map(Effect.forEach(pids, usageOf), (usages) => ({
    residentMb: sum(usages.map(({ residentMb }) => residentMb)),
    cpuMs: sum(usages.map(({ cpuMs }) => cpuMs))
  }))

/** Takes 40 seconds. Memory is the median of one look a second, cpu a percentage of one core over ten seconds. */
export const measureIdle = (subject: MemorySubject) =>
  Effect.gen(function* () {
    yield* Effect.sleep(SETTLE)
    const pids = yield* ownProcesses(subject)
    const before = yield* usageTogether(pids)
    const looks = yield* Effect.forEach(Array.from({ length: SECONDS }), () =>
      Effect.delay(Effect.all({ all: usageTogether(pids), main: usageOf(subject.pid) }), "1 second")
    )
    const after = yield* usageTogether(pids)
    return {
      residentMb: median(looks.map(({ all }) => all.residentMb)),
      mainResidentMb: median(looks.map(({ main }) => main.residentMb)),
      cpuPercent: (after.cpuMs - before.cpuMs) / (SECONDS * 10)
    }
  })
