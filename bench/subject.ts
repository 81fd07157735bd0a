/** What is measured: the gateway or the floor, each with a child of its own, in a folder of its own. */
import { Command, FileSystem, Path } from "@effect/platform"
import { Effect, Ref, Stream } from "effect"
import { messageOf } from "../src/schemas/errors/messageOf.ts"
import { makeControl } from "./control.ts"
import { MAIN, type Programs } from "./programs.ts"

export type SubjectKind = "floor" | "gateway"

/** Which of the two, and what it is run from. */
export interface SubjectOf {
  readonly kind: SubjectKind
  readonly programs: Programs
}

/** Chats that the loads go to; each is a group, and so a session of its own. */
export const CHATS = 50
const STDERR_CHARS = 4000
/** A subject that does not end by itself is killed. */
const STOP_MS = 5000

/** The gateway's config for all measurements: groups without a mention, an agent that echoes, no loop guard. */
const config = (folder: string, cliPath: string, dbPath: string, imessage: object) => ({
  stateDir: `${folder}/state`,
  imessage: {
    ...imessage,
    cliPath,
    dbPath,
    groups: { "*": { requireMention: false } },
    // Every death of a child counts as its first, so that the tries of the recovery are alike.
    supervision: { backoff: { resetAfterMs: 1 } }
  },
  agents: { maxConcurrent: 16, list: [{ id: "main", runtime: { type: "echo" } }] },
  messages: { loopGuard: { maxPerMinute: 0 }, budget: false }
})

/**
 * Starts a subject on an `imsg`; it is ended with the scope. `startedAt` is from just before the spawn, `imessage` what
 * else the gateway's config says of the account.
 */
export const startSubject = (
  { kind, programs }: SubjectOf,
  folder: string,
  cliPath: string,
  dbPath: string,
  imessage: object = {}
) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const configFile = path.join(folder, "config.json5")
    yield* fs.writeFileString(configFile, JSON.stringify(config(folder, cliPath, dbPath, imessage)))
    const command =
      kind === "gateway"
        ? Command.make(process.execPath, MAIN, "--config", configFile)
        : Command.make(process.execPath, programs.floor, cliPath, dbPath)
    const said = yield* Ref.make("")
    const startedAt = process.hrtime.bigint()
    const startedAtUnixMs = Date.now()
    const running = yield* Command.start(command)
    yield* Effect.addFinalizer(() =>
      running.kill("SIGTERM").pipe(
        Effect.interruptible,
        Effect.timeout(STOP_MS),
        Effect.catchAll(() => Effect.ignore(running.kill("SIGKILL")))
      )
    )
    yield* running.stderr.pipe(
      Stream.decodeText(),
      Stream.runForEach((text) => Ref.update(said, (before) => (before + text).slice(-STDERR_CHARS))),
      Effect.ignore,
      Effect.forkScoped
    )
    /** Adds what the subject has said to an error of a measurement. */
    const explaining = <A, E, R>(measurement: Effect.Effect<A, E, R>) =>
      Effect.catchAll(measurement, (error) =>
        Effect.flatMap(Ref.get(said), (stderr) =>
          Effect.fail(new Error(`${kind}: ${messageOf(error)}\n${stderr}`))
        )
      )
    return { kind, pid: running.pid, startedAt, startedAtUnixMs, explaining }
  })

/** A new folder, removed with the scope. */
export const makeFolder = Effect.flatMap(FileSystem.FileSystem, (fs) =>
  fs.makeTempDirectoryScoped({ prefix: "imsg-bench-" })
)

/** An executable `imsg` in a folder. */
export const writeCli = (folder: string, script: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const file = `${folder}/imsg`
    yield* fs.writeFileString(file, `#!/bin/sh\nexec ${script}\n`, { mode: 0o755 })
    return file
  })

/** A subject with a child in memory, subscribed. */
export const startOnMemory = (of: SubjectOf) =>
  Effect.gen(function* () {
    const folder = yield* makeFolder
    const control = yield* makeControl(`${folder}/control.sock`)
    const cliPath = yield* writeCli(folder, `"${process.execPath}" "${of.programs.child}" "${control.path}"`)
    const subject = yield* startSubject(of, folder, cliPath, `${folder}/none.db`)
    const first = yield* subject.explaining(control.next("Subscribed"))
    const greeted = yield* subject.explaining(control.next("Greeted"))
    return { ...subject, control, childPid: first.pid, subscribedAt: first.at, greetedAt: greeted.at }
  })

/** What `startOnMemory` gives. */
export type MemorySubject = Effect.Effect.Success<ReturnType<typeof startOnMemory>>
