import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it, vi } from "@effect/vitest"
import { Effect, Option } from "effect"
import * as NotifySystemd from "../../../src/layers/process/NotifySystemd.ts"
import { Notify } from "../../../src/services/Notify.ts"
import { readLines } from "../../support/files.ts"

/** Sets variables for the scope. */
const withVariables = (variables: Readonly<Record<string, string>>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
    }),
    () => Effect.sync(() => vi.unstubAllEnvs())
  )

/** What is told to a `systemd-notify` that writes it down, with its socket, and ends with `exitCode`. */
const world = (variables: Readonly<Record<string, string>>, exitCode = 0) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const dir = yield* fs.makeTempDirectoryScoped()
    yield* fs.writeFileString(
      `${dir}/systemd-notify`,
      `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >> "${dir}/told"\nexit ${exitCode}\n`,
      { mode: 0o755 }
    )
    yield* withVariables({ PATH: `${dir}:${process.env.PATH}`, ...variables })
    const notify = yield* Effect.provide(Notify, NotifySystemd.layer)
    return { notify, told: readLines(`${dir}/told`) }
  })

const SOCKET = { NOTIFY_SOCKET: "/run/user/1000/systemd/notify" }

describe("systemd's notifications", () => {
  it.scopedLive("are sent where systemd asks for them", () =>
    Effect.gen(function* () {
      const { notify, told } = yield* world(SOCKET)
      yield* notify.ready
      yield* notify.alive
      yield* notify.stopping
      expect(yield* told).toEqual([
        `${SOCKET.NOTIFY_SOCKET} READY=1`,
        `${SOCKET.NOTIFY_SOCKET} WATCHDOG=1`,
        `${SOCKET.NOTIFY_SOCKET} STOPPING=1`
      ])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("are not for children: they do not learn where systemd listens", () =>
    Effect.gen(function* () {
      yield* world({ ...SOCKET, WATCHDOG_USEC: "1000000", WATCHDOG_PID: String(process.pid) })
      expect(Object.keys(process.env).filter((name) => /NOTIFY|WATCHDOG/u.test(name))).toEqual([])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("go nowhere without systemd", () =>
    Effect.gen(function* () {
      const { notify, told } = yield* world({})
      yield* notify.ready
      expect(yield* told).toEqual([])
      expect(notify.watchdogMs).toEqual(Option.none())
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("that fail are no failure of the gateway", () =>
    Effect.gen(function* () {
      const { notify, told } = yield* world(SOCKET, 1)
      yield* notify.ready
      expect((yield* told).length).toBe(1)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  const watchdogs: ReadonlyArray<readonly [string, Readonly<Record<string, string>>, Option.Option<number>]> =
    [
      ["is there where it is asked for", { WATCHDOG_USEC: "60000000" }, Option.some(60_000)],
      [
        "is there for this process",
        { WATCHDOG_USEC: "500000", WATCHDOG_PID: String(process.pid) },
        Option.some(500)
      ],
      ["is not there for another process", { WATCHDOG_USEC: "500000", WATCHDOG_PID: "1" }, Option.none()],
      ["is not there for a time that is none", { WATCHDOG_USEC: "0" }, Option.none()],
      ["is not there for a time that is no number", { WATCHDOG_USEC: "soon" }, Option.none()]
    ]
  for (const [name, variables, expected] of watchdogs) {
    it.scopedLive(`the watchdog ${name}`, () =>
      Effect.gen(function* () {
        const { notify } = yield* world({ ...SOCKET, ...variables })
        expect(notify.watchdogMs).toEqual(expected)
      }).pipe(Effect.provide(NodeContext.layer))
    )
  }
})
