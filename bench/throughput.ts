/** Turns a second over 50 sessions. */
import { Effect, Fiber, Ref, Schedule } from "effect"
import { ownProcesses, usageTogether } from "./idle.ts"
import type { SimulatorSubject } from "./simulator.ts"
import { CHATS, type MemorySubject } from "./subject.ts"

/** Each chat writes again as soon as it is answered, with two messages under way. */
const OUTSTANDING = 2 * CHATS
/** Rows that the simulator may have on the way: fewer than would make its watch overflow. */
const SIMULATOR_OUTSTANDING = 4 * CHATS
const WARM_UP_SECONDS = 1
const NEVER = 1_000_000_000

/** The most that a subject's own processes have resident while an effect runs, and the cpu time they use for it. */
const watchingUsage = <A, E, R>(subject: MemorySubject, effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const peak = yield* Ref.make(0)
    const pids = yield* ownProcesses(subject)
    const look = Effect.tap(usageTogether(pids), ({ residentMb }) =>
      Ref.update(peak, (most) => Math.max(most, residentMb))
    )
    const before = yield* look
    const watching = yield* Effect.fork(Effect.repeat(look, Schedule.spaced("250 millis")))
    const value = yield* effect
    yield* Fiber.interrupt(watching)
    const after = yield* look
    return { value, peakMb: yield* Ref.get(peak), cpuMs: after.cpuMs - before.cpuMs }
  })

/** Load for so many seconds after a second of warm-up; then every answer that is missing is waited for. */
export const measureSustained = (subject: MemorySubject, seconds: number) =>
  watchingUsage(
    subject,
    subject.control.carryOut({
      chats: CHATS,
      outstanding: OUTSTANDING,
      gapMs: 0,
      count: NEVER,
      seconds: seconds + WARM_UP_SECONDS,
      warmUpSeconds: WARM_UP_SECONDS,
      drainMs: 10_000
    })
  ).pipe(
    Effect.map(({ cpuMs, peakMb, value }) => ({
      ...value,
      peakMb,
      cpuMsPerTurn: cpuMs / value.answered,
      turnsPerSecond: (value.answeredAfterWarmUp * 1000) / value.countedMs
    })),
    subject.explaining
  )

/** `count` messages written as fast as the pipe takes them. */
export const measureFlood = (subject: MemorySubject, count: number) =>
  watchingUsage(
    subject,
    subject.control.carryOut({
      chats: CHATS,
      outstanding: NEVER,
      gapMs: 0,
      count,
      seconds: 15,
      warmUpSeconds: 0,
      drainMs: 15_000
    })
  ).pipe(
    Effect.map(({ cpuMs, peakMb, value }) => ({
      ...value,
      peakMb,
      cpuMsPerTurn: cpuMs / value.answered,
      turnsPerSecond: (value.answered * 1000) / value.elapsedMs
    })),
    subject.explaining
  )

/** Turns a second through the simulator, whose database and whose share of the cores are part of it. */
export const measureSustainedOnSimulator = (subject: SimulatorSubject, seconds: number) =>
  Effect.gen(function* () {
    const { chats } = subject
    let inserted = 0
    let answered = 0
    let newest = 0
    const look = Effect.gen(function* () {
      const sent = yield* chats.sent(newest)
      answered += sent.length
      newest = sent.at(-1)?.rowId ?? newest
    })
    const fill = Effect.suspend(() => {
      const messages = Array.from({ length: SIMULATOR_OUTSTANDING - (inserted - answered) }, (_, index) => ({
        chatId: 1 + ((inserted + index) % CHATS),
        sender: "+15555550123",
        text: `message ${inserted + index}`
      }))
      inserted += messages.length
      return messages.length === 0 ? Effect.void : Effect.asVoid(chats.insertMany(messages))
    })
    const feedFor = (millis: number) =>
      Effect.suspend(() => {
        const until = performance.now() + millis
        return fill.pipe(
          Effect.zipRight(Effect.delay(look, 10)),
          Effect.repeat({ while: () => performance.now() < until })
        )
      })
    yield* feedFor(WARM_UP_SECONDS * 1000)
    const before = { answered, at: performance.now() }
    yield* feedFor(seconds * 1000)
    const turnsPerSecond = ((answered - before.answered) * 1000) / (performance.now() - before.at)
    yield* Effect.delay(look, 10).pipe(
      Effect.repeat({ until: () => answered >= inserted }),
      Effect.timeoutOption("10 seconds")
    )
    return { turnsPerSecond, written: inserted, answered }
  }).pipe(subject.explaining)
