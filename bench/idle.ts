/** What a subject uses while nothing happens. */
import { Effect } from "effect"
import { childrenOf, usageOf } from "./processes.ts"
import { median, sum } from "./statistics.ts"
import type { MemorySubject } from "./subject.ts"

const SETTLE = "5 seconds"
const SECONDS = 10

/** The subject's own processes: itself and what it has started, but for the child. */
export const ownProcesses = ({ childPid, pid }: MemorySubject) =>
  Effect.map(childrenOf(pid), (children) => [pid, ...children.filter((child) => child !== childPid)])

/** The resident memory of processes together, in megabytes. */
export const residentMb = (pids: ReadonlyArray<number>) =>
  Effect.map(Effect.forEach(pids, usageOf), (usages) => sum(usages.map((usage) => usage.residentMb)))

/** Takes 15 seconds. Memory is the median of one look a second, cpu a percentage of one core over ten seconds. */
export const measureIdle = (subject: MemorySubject) =>
  Effect.gen(function* () {
    yield* Effect.sleep(SETTLE)
    const pids = yield* ownProcesses(subject)
    const cpuMs = Effect.map(Effect.forEach(pids, usageOf), (usages) =>
      sum(usages.map((usage) => usage.cpuMs))
    )
    const before = yield* cpuMs
    const looks = yield* Effect.forEach(Array.from({ length: SECONDS }), () =>
      Effect.zipRight(Effect.sleep("1 second"), Effect.forEach(pids, usageOf))
    )
    const after = yield* cpuMs
    return {
      processes: pids.length,
      residentMb: median(looks.map((usages) => sum(usages.map((usage) => usage.residentMb)))),
      mainResidentMb: median(looks.map(([main]) => main?.residentMb ?? Number.NaN)),
      cpuPercent: (after - before) / (SECONDS * 10)
    }
  })
