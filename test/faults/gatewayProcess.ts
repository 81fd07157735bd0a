/** The gateway of a round: one process at a time, each with a log of its own. */
import { Command, FileSystem } from "@effect/platform"
import { Duration, Effect, Ref } from "effect"
import { signal } from "../support/simulator.ts"

/** An end of the gateway. */
export interface GatewayEnd {
  /** None after a signal. */
  readonly code: number | undefined
  /** The signal that it was told to end with; none where it ended by itself. */
  readonly told: NodeJS.Signals | undefined
  /** It did not end in time, and was killed. */
  readonly stuck: boolean
}

interface Running {
  readonly pid: number
  readonly log: string
  readonly told: Ref.Ref<NodeJS.Signals | undefined>
  readonly ended: Effect.Effect<number | undefined>
}

/** How long an end may take; more than `shutdownMs` and what closing the children takes. */
const END_WITHIN = Duration.seconds(30)

/** What there is to say of a gateway beside others. */
interface Beside {
  /** Its logs are called so. */
  readonly name: string
  /** Whether one that has not come up yet may have ended for want of something that was taken from it. */
  readonly mayBeRefused: Effect.Effect<boolean>
}

const ALONE: Beside = { name: "gateway", mayBeRefused: Effect.succeed(false) }

/** `main` is the built program; logs are written into `folder`. What still runs at the end of the scope is killed. */
export const makeGatewayProcess = (
  main: string,
  configFile: string,
  folder: string,
  { mayBeRefused, name }: Beside = ALONE
) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const one = yield* Effect.makeSemaphore(1)
    const running = yield* Ref.make<Running | undefined>(undefined)
    const ends = yield* Ref.make<ReadonlyArray<GatewayEnd>>([])
    const logs = yield* Ref.make<ReadonlyArray<string>>([])
    const count = yield* Ref.make(0)

    const ended = (current: Running, stuck: boolean) =>
      Effect.gen(function* () {
        const code = yield* current.ended
        const told = yield* Ref.get(current.told)
        const log = yield* Effect.orElseSucceed(fs.readFileString(current.log), () => "")
        const isRefused = told === undefined && !log.includes("the gateway is up") && (yield* mayBeRefused)
        if (isRefused) yield* Ref.update(logs, (all) => all.filter((file) => file !== current.log))
        else yield* Ref.update(ends, (all) => [...all, { code, told, stuck }])
        yield* Ref.set(running, undefined)
      })

    const awaitEnd = Effect.gen(function* () {
      const current = yield* Ref.get(running)
      if (current === undefined) return
      const inTime = yield* Effect.timeoutOption(Effect.interruptible(current.ended), END_WITHIN)
      if (inTime._tag === "None") yield* signal(current.pid, "SIGKILL")
      yield* ended(current, inTime._tag === "None")
    })

    const spawn = Effect.gen(function* () {
      const log = `${folder}/${name}-${yield* Ref.updateAndGet(count, (before) => before + 1)}.log`
      yield* Ref.update(logs, (all) => [...all, log])
      const process = yield* Command.start(
        Command.make(
          "/bin/sh",
          "-c",
          'exec node "$1" --config "$2" --log-level debug > /dev/null 2> "$0"',
          log,
          main,
          configFile
        ).pipe(Command.env({ HOME: folder }))
      )
      const current: Running = {
        pid: process.pid,
        log,
        told: yield* Ref.make<NodeJS.Signals | undefined>(undefined),
        ended: process.exitCode.pipe(
          Effect.map(Number),
          Effect.orElseSucceed(() => undefined)
        )
      }
      yield* Ref.set(running, current)
    })

    yield* Effect.addFinalizer(() =>
      Effect.flatMap(Ref.get(running), (current) =>
        current === undefined ? Effect.void : signal(current.pid, "SIGKILL")
      )
    )
    return {
      /** Starts it unless it runs; where it has been told to end, after its end. */
      start: Effect.gen(function* () {
        const current = yield* Ref.get(running)
        const told = current === undefined ? undefined : yield* Ref.get(current.told)
        if (current !== undefined) {
          const isOver = told !== undefined || (yield* Effect.timeoutOption(current.ended, 0))._tag === "Some"
          if (!isOver) return
          yield* awaitEnd
        }
        yield* spawn
      }).pipe(one.withPermits(1)),
      /** Sends it a signal; nothing where it does not run. */
      end: (name: "SIGKILL" | "SIGTERM") =>
        Effect.gen(function* () {
          const current = yield* Ref.get(running)
          if (current === undefined) return
          yield* Ref.set(current.told, name)
          yield* signal(current.pid, name)
        }),
      /** Sends it a signal that does not end it; nothing where it does not run. */
      signal: (name: "SIGSTOP" | "SIGCONT") =>
        Effect.flatMap(Ref.get(running), (current) =>
          current === undefined ? Effect.void : signal(current.pid, name)
        ),
      /** Waits until it has ended. */
      awaitEnd: one.withPermits(1)(awaitEnd),
      ends: Ref.get(ends),
      /** The lines of all logs; what a killed process left of its last line is no line. */
      logLines: Effect.flatMap(Ref.get(logs), (files) =>
        Effect.forEach(files, (file) =>
          fs.readFileString(file).pipe(
            Effect.orElseSucceed(() => ""),
            Effect.map((text) => text.split("\n").slice(0, -1))
          )
        )
      ).pipe(Effect.map((all) => all.flat())),
      logs: Ref.get(logs)
    }
  })
