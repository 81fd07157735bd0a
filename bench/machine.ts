/** What else the machine is doing: a figure taken on a busy one says less. */
import { arch, cpus, loadavg, platform, release, totalmem } from "node:os"
import { Effect } from "effect"
import { sum } from "./statistics.ts"

/** Above this share of all cores in use by others, the output of the bench says that the machine was busy. */
const BUSY_SHARE = 0.15

const cpuTimes = Effect.sync(() => {
  const times = cpus().map((cpu) => cpu.times)
  const idle = sum(times.map((time) => time.idle))
  return { idle, all: sum(times.map(({ idle, irq, nice, sys, user }) => idle + irq + nice + sys + user)) }
})

/** The share (0 to 1) of all cores that was in use while `effect` ran. */
export const busyShareDuring = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const before = yield* cpuTimes
    const value = yield* effect
    const after = yield* cpuTimes
    const passed = after.all - before.all
    return { value, share: passed === 0 ? 0 : 1 - (after.idle - before.idle) / passed }
  })

export interface Machine {
  readonly platform: string
  readonly node: string
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  /** The load average of the last minute, from before the bench. */
  readonly load: number
  /** The share of the cores in use in the two seconds before the bench. */
  readonly busyShare: number
}

/** Whether other work was in the way, by the shares of the cores that it used when the bench itself used none. */
export const isBusy = ({ cores, load }: Machine, shares: ReadonlyArray<number>): boolean =>
  load > cores / 2 || shares.some((share) => share > BUSY_SHARE)

/** Looks at the machine for two seconds. */
export const lookAtMachine: Effect.Effect<Machine> = Effect.gen(function* () {
  const { share } = yield* busyShareDuring(Effect.sleep("2 seconds"))
  const [load = 0] = loadavg()
  return {
    platform: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1e9),
    load,
    busyShare: share
  }
})
