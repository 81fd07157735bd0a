/** The warden of a gateway that has a lease, by itself: what it ends, and when. */
import { spawn } from "node:child_process"
import { chmodSync, writeFileSync } from "node:fs"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { WARDEN_UNDER_LEASE } from "../../../src/layers/process/warden.ts"
import { temporaryFolder } from "../../support/folder.ts"

/** A warden, on a machine whose time of day is what `setTime` says (Unix seconds), and a process that it is to end. */
const surroundings = Effect.gen(function* () {
  const dir = yield* temporaryFolder("imsg-warden-")
  const setTime = (seconds: number) => Effect.sync(() => writeFileSync(`${dir}/now`, `${seconds}\n`))
  yield* setTime(1_000_000)
  writeFileSync(`${dir}/date`, `#!/bin/sh\nexec cat ${dir}/now\n`)
  chmodSync(`${dir}/date`, 0o755)
  const start = (file: string, ...args: ReadonlyArray<string>) =>
    Effect.acquireRelease(
      Effect.sync(() =>
        spawn(file, args, {
          detached: true,
          env: { ...process.env, PATH: `${dir}:${process.env.PATH}` },
          stdio: ["pipe", "ignore", "ignore"]
        })
      ),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    )
  const warden = yield* start("/bin/sh", "-c", WARDEN_UNDER_LEASE)
  const child = yield* start("sleep", "1000")
  const ended = Effect.async<void>((resume) => {
    if (child.exitCode !== null || child.signalCode !== null) resume(Effect.void)
    else child.once("exit", () => resume(Effect.void))
  })
  const begun = yield* Clock.currentTimeMillis
  return {
    setTime,
    /** Says for how many seconds the child may live. */
    tell: (left: string) => Effect.sync(() => warden.stdin.write(`${left} ${child.pid}\n`)),
    isEnded: Effect.sync(() => child.signalCode !== null),
    /** When it ended, ms after all began. */
    endedAfter: Effect.flatMap(ended, () => Effect.map(Clock.currentTimeMillis, (now) => now - begun))
  }
}).pipe(Effect.provide(NodeContext.layer))

describe("what a gateway has started, which tells its warden nothing any more", () => {
  it.scopedLive("is ended when its lease is over", () =>
    Effect.gen(function* () {
      const { endedAfter, tell } = yield* surroundings
      yield* tell("1.500")
      const after = yield* endedAfter
      expect(after).toBeGreaterThanOrEqual(1490)
      expect(after).toBeLessThan(6000)
    })
  )

  it.scopedLive("lives on while the lease is renewed", () =>
    Effect.gen(function* () {
      const { isEnded, tell } = yield* surroundings
      for (let n = 0; n < 5; n++) {
        yield* tell("2.000")
        yield* Effect.sleep("500 millis")
      }
      expect(yield* isEnded).toBe(false)
    })
  )

  it.scopedLive("is ended as soon as its machine has slept for longer than that", () =>
    Effect.gen(function* () {
      const { endedAfter, setTime, tell } = yield* surroundings
      yield* tell("100.250")
      yield* Effect.sleep("500 millis")
      yield* setTime(1_000_000 + 3600)
      expect(yield* endedAfter).toBeLessThan(10_000)
    })
  )
})
