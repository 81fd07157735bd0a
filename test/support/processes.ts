/** Real processes of a test: how they are written, and whether they are still there. */
import { Command } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Effect, Layer, Option, Stream } from "effect"
import * as CommandExecutorLive from "../../src/layers/process/CommandExecutorLive.ts"
import { layer } from "../../src/layers/process/ProcessGroupLive.ts"
import type { GroupLeader } from "../../src/services/ProcessGroup.ts"
import { processOf } from "./processTable.ts"
import { eventually, signal } from "./simulator.ts"

/** `ProcessGroup` and the platform's services, live, as the gateway has them. */
export const ProcessesLive = layer.pipe(
  Layer.provideMerge(CommandExecutorLive.layer),
  Layer.provideMerge(NodeContext.layer)
)

/** Variables of this process, for as long as the scope. */
export const withVariables = (variables: Readonly<Record<string, string>>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const before = Object.keys(variables).map((name) => [name, process.env[name]] as const)
      Object.assign(process.env, variables)
      return before
    }),
    (before) =>
      Effect.sync(() => {
        for (const [name, value] of before) {
          if (value === undefined) delete process.env[name]
          else process.env[name] = value
        }
      })
  )

/** A program of the shell. */
export const sh = (script: string): Command.Command => Command.make("/bin/sh", "-c", script)

/** A program of node. */
export const node = (script: string): Command.Command => Command.make(process.execPath, "-e", script)

/** The state of a process (see `ProcessEntry`), or nothing. */
const stateOf = (pid: number) =>
  Effect.map(processOf(pid), Option.match({ onNone: () => "", onSome: ({ state }) => state }))

/** Stops a process, and waits until it stands still. */
export const freeze = (pid: number) =>
  Effect.zipRight(
    signal(pid, "SIGSTOP"),
    eventually("a stopped process", stateOf(pid), (state) => state.startsWith("T"))
  )

const isRunning = (pid: number) => Effect.map(stateOf(pid), (state) => state !== "" && !state.startsWith("Z"))

/** Those of the processes that run. */
export const running = (pids: ReadonlyArray<number>) => Effect.filter(pids, isRunning)

/** The first line that a process prints. Its stdout is closed afterwards. */
export const firstLineOf = (process: GroupLeader) =>
  process.stdout.pipe(
    Stream.decodeText(),
    Stream.splitLines,
    Stream.runHead,
    Effect.map(Option.getOrElse(() => ""))
  )

/** The process ids that a process prints on its first line. */
export const pidsOf = (process: GroupLeader) =>
  Effect.map(firstLineOf(process), (line) => line.trim().split(" ").map(Number))
