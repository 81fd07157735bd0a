/** Lets a schedule happen to a world, then lets everything come to rest. */
import { Clock, type Duration, Effect, FiberSet, Ref, Schedule as Retry } from "effect"
import type { Recorded } from "../../src/programs/simulator/Recorded.ts"
import { signal } from "../support/simulator.ts"
import { outstanding } from "./checks.ts"
import type { EndMoment } from "./kinds.ts"
import { type Message, textOf } from "./messages.ts"
import { saidOf, unsentOf, type Written } from "./observed.ts"
import type { AccountId, Schedule, Step } from "./schedule.ts"
import { type AccountWorld, childrenOf, relieve, senderOf, type World } from "./world.ts"

/** How long everything may take to come to rest once no fault is left; in a cluster something may have to be taken over. */
const SETTLES_WITHIN_MS = 60_000
const CLUSTER_SETTLES_WITHIN_MS = 120_000
const LOOK_EVERY = "100 millis"
/** How long an end of the gateway waits for its moment. */
const MOMENT_WITHIN_MS = 2000
/** Nothing may be said for that long, which is longer than any retry that is under way, before a round is over. */
const QUIET_MS = 1500

/**
 * A child that is stopped in the middle of a write keeps its database locked until its account has replaced it, or
 * until it runs on: whoever writes there meanwhile has to wait, as people's messages do.
 */
const patiently = <A, E extends { readonly message: string }, R>(
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Effect.retry(effect, {
    while: ({ message }) => message.includes("locked"),
    schedule: Retry.spaced(LOOK_EVERY).pipe(Retry.upTo("30 seconds"))
  })

/** Whether an account is subscribed since the last start of its child. */
const isSubscribed = ({ imsg }: AccountWorld) =>
  Effect.map(imsg.chats.recorded(), (events) =>
    events.some(({ event }) => event._tag === "request" && event.method === "watch.subscribe")
  )

const waitUntil = <E, R>(
  look: Effect.Effect<boolean, E, R>,
  withinMs: number,
  every: Duration.DurationInput = LOOK_EVERY
) =>
  Effect.gen(function* () {
    const deadline = (yield* Clock.currentTimeMillis) + withinMs
    while (!(yield* look)) {
      if ((yield* Clock.currentTimeMillis) > deadline) return false
      yield* Effect.sleep(every)
    }
    return true
  })

const write = ({ account }: World, id: AccountId, messages: ReadonlyArray<Message>) =>
  Effect.gen(function* () {
    const { chats, imsg } = yield* account(id)
    const at = yield* Clock.currentTimeMillis
    const drafts = messages.map((message) => ({
      chatId: chats[message.chat].id,
      sender: senderOf(message.chat),
      text: textOf(message)
    }))
    const [only] = drafts
    // Only a message by itself is mirrored.
    const inserted =
      only !== undefined && drafts.length === 1
        ? [yield* patiently(imsg.chats.receive(only))]
        : yield* patiently(imsg.chats.insertMany(drafts))
    return messages.flatMap((message, index): ReadonlyArray<Written> => {
      const row = inserted[index]
      return row === undefined ? [] : [{ ...message, account: id, rowId: row.rowId, at }]
    })
  })

const isMoment = (when: EndMoment, { event }: Recorded): boolean =>
  when === "send" ? event._tag === "request" && event.method.startsWith("send") : event._tag === when

/** Waits until the next such event is in the record of an account, or for long enough. */
const moment = ({ accounts }: World, when: EndMoment) =>
  Effect.gen(function* () {
    if (when === "now") return
    const before = yield* Effect.forEach(accounts, ({ imsg }) =>
      Effect.map(imsg.chats.recorded(), (events) => events.at(-1)?.id ?? 0)
    )
    const look = Effect.forEach(accounts, ({ imsg }, index) =>
      Effect.map(imsg.chats.recorded(before[index] ?? 0), (events) =>
        events.some((event) => isMoment(when, event))
      )
    )
    yield* waitUntil(
      Effect.map(look, (all) => all.some(Boolean)),
      MOMENT_WITHIN_MS,
      "2 millis"
    )
  })

const restart = (world: World, { downMs, signal, when }: Extract<Step, { readonly _tag: "Restart" }>) =>
  Effect.gen(function* () {
    yield* moment(world, when)
    yield* world.gateway.end(signal)
    yield* Effect.sleep(downMs)
    yield* world.gateway.start
  })

const perform = (
  world: World,
  schedule: Schedule,
  restarts: FiberSet.FiberSet<void, unknown>,
  step: Exclude<Step, { readonly _tag: "Write" }>
) =>
  Effect.gen(function* () {
    switch (step._tag) {
      case "Fault":
        return yield* patiently((yield* world.account(step.account)).imsg.chats.fault(step.fault))
      case "Bridge": {
        const { imsg } = yield* world.account(step.account)
        return yield* patiently(imsg.chats.setBridge({ state: step.state }))
      }
      case "Relieve":
        return yield* patiently(relieve(yield* world.account(step.account), schedule.mirror))
      case "Signal": {
        const children = yield* childrenOf(yield* world.account(step.account))
        return yield* Effect.forEach(children, (pid) => signal(pid, step.signal), { discard: true })
      }
      case "Restart":
        // Beside the other steps: its moment may be long in coming.
        return yield* Effect.asVoid(FiberSet.run(restarts, restart(world, step)))
      case "HostEnds":
      case "HostPauses":
        return yield* Effect.asVoid(
          FiberSet.run(restarts, Effect.zipRight(moment(world, step.when), world.suffer(step)))
        )
      case "CutOff":
      case "DatabaseEnds":
        return yield* Effect.asVoid(FiberSet.run(restarts, world.suffer(step)))
    }
  })

/**
 * Starts the gateway for the first time, and waits until it reads every account. Where it does not, the round goes on:
 * nothing will be answered, and the checks say so.
 */
const begin = (world: World) =>
  Effect.zipRight(
    world.gateway.start,
    waitUntil(
      Effect.map(Effect.forEach(world.accounts, isSubscribed), (all) => all.every(Boolean)),
      SETTLES_WITHIN_MS
    )
  )

const settle = (world: World, schedule: Schedule, written: ReadonlyArray<Written>) =>
  Effect.gen(function* () {
    yield* Effect.forEach(world.accounts, (account) => patiently(relieve(account, schedule.mirror)))
    yield* world.gateway.start
    const look = Effect.gen(function* () {
      const said = yield* saidOf(world)
      const unsent = yield* Effect.orElseSucceed(unsentOf(world), () => [])
      return outstanding({ written, said, unsent }).length === 0
    })
    yield* waitUntil(look, schedule.cluster ? CLUSTER_SETTLES_WITHIN_MS : SETTLES_WITHIN_MS, "250 millis")
    let count = -1
    const isQuiet = Effect.gen(function* () {
      const before = count
      count = (yield* saidOf(world)).length
      yield* Effect.sleep(QUIET_MS)
      return before === count
    })
    yield* waitUntil(isQuiet, SETTLES_WITHIN_MS)
    yield* world.gateway.end("SIGTERM")
    yield* world.gateway.awaitEnd
  })

/**
 * Drives a round from the first start of the gateway to its last end; answers what people wrote. What is not
 * settled in time is left to the checks.
 */
export const drive = (world: World, schedule: Schedule) =>
  Effect.gen(function* () {
    yield* begin(world)
    const written = yield* Ref.make<ReadonlyArray<Written>>([])
    const restarts = yield* FiberSet.make<void, unknown>()
    const startedAt = yield* Clock.currentTimeMillis
    for (const { at, step } of schedule.steps) {
      const now = yield* Clock.currentTimeMillis
      yield* Effect.sleep(Math.max(0, startedAt + at - now))
      if (step._tag === "Write") {
        const rows = yield* write(world, step.account, step.messages)
        yield* Ref.update(written, (all) => [...all, ...rows])
      } else {
        yield* perform(world, schedule, restarts, step)
      }
    }
    yield* FiberSet.awaitEmpty(restarts)
    const all = yield* Ref.get(written)
    yield* settle(world, schedule, all)
    return all
  })
