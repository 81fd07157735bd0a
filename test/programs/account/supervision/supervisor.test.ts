import { describe, expect, it } from "@effect/vitest"
import {
  Clock,
  type Duration,
  Effect,
  Fiber,
  Layer,
  Logger,
  LogLevel,
  Option,
  Random,
  TestClock
} from "effect"
import * as PositionsSql from "../../../../src/layers/inbox/PositionsSql.ts"
import * as PresenceLive from "../../../../src/layers/presence/PresenceLive.ts"
import * as DatabaseSqlite from "../../../../src/layers/sqlite/DatabaseSqlite.ts"
import * as AccountContext from "../../../../src/programs/account/AccountContext.ts"
import { supervise } from "../../../../src/programs/account/supervision/supervisor.ts"
import { ChildStuck, ImsgNotFound, PermissionDenied } from "../../../../src/schemas/errors/imsg.ts"
import { Methods } from "../../../../src/schemas/ImsgProtocol.ts"
import { Accounts } from "../../../../src/services/Accounts.ts"
import type { ImsgSession, OpenError } from "../../../../src/services/ImsgProcess.ts"
import { accountsOf } from "../../../support/accounts.ts"
import { makeAccount } from "../../../support/configs.ts"
import {
  type Answer,
  emptyDatabase,
  exited,
  makeChild,
  makeProgram,
  silent
} from "../../../support/fakeImsg.ts"

const BACKOFF = { baseMs: 1000, factor: 2, maxMs: 8000, resetAfterMs: 60_000 }
const SUPERVISION = {
  heartbeatMs: 30_000,
  requestTimeoutMs: 10_000,
  startTimeoutMs: 20_000,
  backoff: BACKOFF
}

const services = Layer.mergeAll(
  PresenceLive.layer,
  accountsOf({ imessage: { supervision: SUPERVISION } }),
  PositionsSql.layer.pipe(Layer.provide(DatabaseSqlite.memory))
)

/** The longest pause without jitter: `maxMs` is never exceeded, whatever the jitter. */
const LONGEST = Math.round(BACKOFF.maxMs / 1.2)

/** Random values that give delays without jitter. */
const NO_JITTER = 0.5

/** An intake that only subscribes. */
const intake = (session: ImsgSession) =>
  Effect.succeed({
    catchUp: Effect.void,
    subscribe: Effect.asVoid(session.request(Methods.watchSubscribe, {}, SUPERVISION.startTimeoutMs)),
    run: Effect.never
  })

/** Supervises a program in the background of a test. */
const supervised = (
  open: (start: number) => Effect.Effect<ImsgSession, OpenError>,
  random: number = NO_JITTER
) =>
  Effect.gen(function* () {
    const program = yield* makeProgram(open)
    const context = yield* AccountContext.make(makeAccount({ supervision: SUPERVISION }))
    const begun = yield* Clock.currentTimeMillis
    const fiber = yield* supervise(context, intake).pipe(
      Effect.provide(program.layer),
      Effect.withRandom(Random.fixed([random])),
      Effect.fork
    )
    return {
      context,
      fiber,
      /** When children were started, in milliseconds since the beginning. */
      starts: Effect.map(program.starts, (times) => times.map((time) => time - begun)),
      status: Effect.flatMap(Accounts, (accounts) => accounts.get("default")).pipe(
        Effect.map(Option.getOrThrow)
      )
    }
  })

const blocked = new ChildStuck({
  command: "/fake/imsg rpc",
  watch: "heartbeat",
  method: "send",
  afterMs: 60_000
})

const differences = (times: ReadonlyArray<number>) =>
  times.slice(1).map((time, index) => time - (times[index] ?? 0))

describe("the pauses between children", () => {
  it.effect("grow by the factor up to the longest", () =>
    Effect.gen(function* () {
      const { starts } = yield* supervised(() => Effect.fail(exited))
      yield* TestClock.adjust("40 seconds")
      expect(differences(yield* starts).slice(0, 6)).toEqual([1000, 2000, 4000, LONGEST, LONGEST, LONGEST])
    }).pipe(Effect.provide(services))
  )

  for (const [random, share] of [
    [0, 0.8],
    [1 - Number.EPSILON, 1.2]
  ] as const) {
    it.effect(
      `are spread to ${share} of their length at the extreme, and never longer than the longest`,
      () =>
        Effect.gen(function* () {
          const { starts } = yield* supervised(() => Effect.fail(exited), random)
          yield* TestClock.adjust("40 seconds")
          expect(differences(yield* starts).slice(0, 4)).toEqual(
            [1000, 2000, 4000, BACKOFF.maxMs / 1.2].map((ms) => Math.round(ms * share))
          )
        }).pipe(Effect.provide(services))
    )
  }

  it.effect("start over once a child has been healthy for long enough, and not before", () =>
    Effect.gen(function* () {
      // The third child lives a little too short, the fifth just long enough.
      const lives: Readonly<Record<number, number>> = { 2: 59_000, 4: 60_000 }
      const { starts } = yield* supervised((start) =>
        Effect.gen(function* () {
          const life = lives[start]
          if (life === undefined) return yield* exited
          const child = yield* makeChild()
          yield* Effect.forkDaemon(Effect.delay(child.end(exited), life))
          return child.session
        })
      )
      yield* TestClock.adjust("200 seconds")
      expect(differences(yield* starts).slice(0, 6)).toEqual([
        1000,
        2000,
        59_000 + 4000,
        LONGEST,
        60_000 + 1000,
        2000
      ])
    }).pipe(Effect.provide(services))
  )

  it.effect("are long where a person is needed, and the account says so until it runs", () =>
    Effect.gen(function* () {
      const missing = new ImsgNotFound({ cliPath: "/fake/imsg", detail: "there is no such program" })
      const { starts, status } = yield* supervised((start) =>
        start < 3 ? Effect.fail(missing) : Effect.map(makeChild(), ({ session }) => session)
      )
      yield* TestClock.adjust("3 seconds")
      const before = yield* status
      expect(before.state).toBe("degraded")
      expect(before.lastError).toEqual({ code: missing.code, message: missing.message, hint: missing.hint })
      yield* TestClock.adjust("10 seconds")
      expect(differences(yield* starts)).toEqual([2000, 2000, 2000])
      const after = yield* status
      expect(after.state).toBe("running")
      expect(after.lastError).toBeUndefined()
      // It waited: nothing was restarted.
      expect(after).toMatchObject({ restarts: 0, lastRestart: undefined })
    }).pipe(Effect.provide(services))
  )

  it.effect("count as restarts where they heal by themselves", () =>
    Effect.gen(function* () {
      const { status } = yield* supervised((start) =>
        start < 2 ? Effect.fail(exited) : Effect.map(makeChild(), ({ session }) => session)
      )
      yield* TestClock.adjust("10 seconds")
      expect(yield* status).toMatchObject({ restarts: 2, lastRestart: { reason: exited.code } })
    }).pipe(Effect.provide(services))
  )
})

describe("the log of an account", () => {
  const missing = new ImsgNotFound({ cliPath: "/fake/imsg", detail: "there is no such program" })

  /** What is logged above debug, with its level, while a program is supervised for so long. */
  const loggedWhile = (
    open: (start: number) => Effect.Effect<ImsgSession, OpenError>,
    time: Duration.DurationInput
  ) =>
    Effect.gen(function* () {
      const lines: Array<readonly [level: string, message: string]> = []
      const logger = Logger.make(({ logLevel, message }) => {
        if (LogLevel.greaterThan(logLevel, LogLevel.Debug)) lines.push([logLevel.label, String(message)])
      })
      yield* supervised(open).pipe(
        Effect.zipRight(TestClock.adjust(time)),
        Effect.provide(Logger.replace(Logger.defaultLogger, logger))
      )
      return lines
    }).pipe(Effect.provide(services))

  it.effect("says what waits for a person once, and then every ten minutes for how long", () =>
    Effect.gen(function* () {
      expect(yield* loggedWhile(() => Effect.fail(missing), "25 minutes")).toEqual([
        ["ERROR", missing.message],
        ["ERROR", `for 10m now: ${missing.message}`],
        ["ERROR", `for 20m now: ${missing.message}`]
      ])
    })
  )

  it.effect("says another problem at once, and the same anew once it was gone", () =>
    Effect.gen(function* () {
      const denied = new PermissionDenied({ permission: "FullDiskAccess", detail: "denied" })
      const lines = yield* loggedWhile(
        (start) => (start === 4 ? Effect.fail(exited) : Effect.fail(start < 2 ? missing : denied)),
        "30 seconds"
      )
      expect(lines).toEqual([
        ["ERROR", missing.message],
        ["ERROR", denied.message],
        ["WARN", exited.message],
        ["ERROR", denied.message]
      ])
    })
  )
})

describe("a child is given up", () => {
  const silentOn =
    (method: string): Answer =>
    (asked) =>
      (asked.method === method ? silent : emptyDatabase)(asked)

  it.effect("when it does not answer the subscription within the start timeout", () =>
    Effect.gen(function* () {
      const { status } = yield* supervised(() =>
        Effect.map(makeChild({ answer: silentOn("watch.subscribe") }), ({ session }) => session)
      )
      yield* TestClock.adjust("20 seconds")
      const { lastError, state } = yield* status
      expect(state).toBe("backoff")
      expect(lastError?.code).toBe("child_stuck")
      expect(lastError?.message).toContain("`watch.subscribe` within 20000 ms")
    }).pipe(Effect.provide(services))
  )

  it.effect("when it misses a heartbeat", () =>
    Effect.gen(function* () {
      const { starts, status } = yield* supervised(() =>
        Effect.map(makeChild({ answer: silentOn("status") }), ({ session }) => session)
      )
      // It is asked at once; of a child that has answered nothing yet it is not known how quick it can be.
      yield* TestClock.adjust("9 seconds")
      expect((yield* status).state).toBe("running")
      yield* TestClock.adjust("1 seconds")
      expect((yield* status).lastError?.code).toBe("child_stuck")
      yield* TestClock.adjust("1 seconds")
      expect((yield* starts).length).toBe(2)
    }).pipe(Effect.provide(services))
  )

  it.effect("when a delivery condemns it, and only while it is the current one", () =>
    Effect.gen(function* () {
      const children = yield* Effect.all([makeChild(), makeChild()])
      const { context, starts } = yield* supervised((start) =>
        Effect.succeed(children[start === 0 ? 0 : 1].session)
      )
      yield* TestClock.adjust("1 millis")
      const first = yield* context.link.current
      yield* context.link.condemn(first, blocked)
      yield* TestClock.adjust("2 seconds")
      expect((yield* starts).length).toBe(2)
      yield* context.link.condemn(first, blocked)
      yield* TestClock.adjust("10 seconds")
      expect((yield* starts).length).toBe(2)
    }).pipe(Effect.provide(services))
  )
})

describe("the supervision", () => {
  it.effect("outlives a defect in a child's run", () =>
    Effect.gen(function* () {
      const { fiber, starts } = yield* supervised((start) =>
        start === 0 ? Effect.dieMessage("a bug") : Effect.map(makeChild(), ({ session }) => session)
      )
      yield* TestClock.adjust("10 seconds")
      expect((yield* starts).length).toBe(2)
      expect(Option.isNone(yield* Fiber.poll(fiber))).toBe(true)
    }).pipe(Effect.provide(services))
  )
})
