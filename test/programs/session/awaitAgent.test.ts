/** An agent that the config of a host does not have yet. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Logger, Option, Ref, Stream, SubscriptionRef, TestClock } from "effect"
import * as FairSemaphore from "../../../src/programs/effects/FairSemaphore.ts"
import { makeAwaitAgent } from "../../../src/programs/session/awaitAgent.ts"
import { makeRunTurn } from "../../../src/programs/session/runTurn.ts"
import { AgentFailed } from "../../../src/schemas/errors/agent.ts"
import { ConfigService } from "../../../src/services/ConfigService.ts"
import { type Cluster, Hosts } from "../../../src/services/Hosts.ts"
import { makeConfig } from "../../support/configs.ts"
import { makeEnvelope } from "../../support/envelopes.ts"
import { makeTurnServices } from "../../support/turnServices.ts"

const unexpected = Effect.dieMessage("nobody asks the hosts")
const CLUSTER: Cluster = {
  here: "spare",
  taken: Effect.never,
  all: unexpected,
  accounts: unexpected,
  hosted: Stream.never,
  runsHere: () => unexpected,
  hosting: () => (effect) => effect,
  listen: () => unexpected
}

const withAgents = (...ids: ReadonlyArray<string>) =>
  makeConfig({ agents: { list: ids.map((id) => ({ id })) } })

/** The wait, on a host whose config has the agent `main`, and the warnings of that host. */
const makeWorld = (hosts: Option.Option<Cluster> = Option.some(CLUSTER)) =>
  Effect.gen(function* () {
    const config = yield* SubscriptionRef.make(withAgents("main"))
    const warnings = yield* Ref.make<ReadonlyArray<string>>([])
    const logger = Logger.make<unknown, void>(({ message }) => {
      Effect.runSync(Ref.update(warnings, (all) => [...all, `${message}`]))
    })
    const awaitAgent = yield* makeAwaitAgent.pipe(
      Effect.provideService(Hosts, hosts),
      Effect.provide(
        Layer.mock(ConfigService, { current: SubscriptionRef.get(config), changes: config.changes })
      )
    )
    return {
      awaitAgent,
      reload: (...ids: ReadonlyArray<string>) => SubscriptionRef.set(config, withAgents(...ids)),
      warnings: Ref.get(warnings),
      /** Begins a wait. */
      begin: (agentId: string) =>
        awaitAgent(agentId).pipe(
          Effect.provide(Logger.replace(Logger.defaultLogger, logger)),
          Effect.fork,
          Effect.tap(TestClock.adjust(0))
        )
    }
  })

const isOver = (fiber: Fiber.RuntimeFiber<void>) => Effect.map(Fiber.poll(fiber), Option.isSome)

const WARNING = "the config of this host has no agent extra: what is for it waits here for 10 minutes"

describe("an agent that the config of a host does not have", () => {
  it.effect("is waited for until a change of the config brings it, with one warning", () =>
    Effect.gen(function* () {
      const { begin, reload, warnings } = yield* makeWorld()
      const one = yield* begin("extra")
      const other = yield* begin("extra")
      yield* reload("main", "another")
      yield* TestClock.adjust("9 minutes")
      expect([yield* isOver(one), yield* isOver(other)]).toEqual([false, false])
      yield* reload("main", "extra")
      yield* Effect.all([Fiber.join(one), Fiber.join(other)])
      expect(yield* warnings).toEqual([WARNING])
      expect(yield* isOver(yield* begin("extra"))).toBe(true)
      // Taken out and missed anew.
      yield* reload("main")
      expect(yield* isOver(yield* begin("extra"))).toBe(false)
      expect(yield* warnings).toEqual([WARNING, WARNING])
    })
  )

  it.effect("is waited for ten minutes, of all its messages together, and anew after a while", () =>
    Effect.gen(function* () {
      const { begin, warnings } = yield* makeWorld()
      const first = yield* begin("extra")
      yield* TestClock.adjust("6 minutes")
      const second = yield* begin("extra")
      yield* TestClock.adjust("4 minutes")
      expect([yield* isOver(first), yield* isOver(second)]).toEqual([true, true])
      expect(yield* isOver(yield* begin("extra"))).toBe(true)
      yield* TestClock.adjust("10 minutes")
      expect(yield* isOver(yield* begin("extra"))).toBe(false)
      expect(yield* warnings).toEqual([WARNING, WARNING])
    })
  )

  it.effect("is waited for no longer by a session that goes to another host", () =>
    Effect.gen(function* () {
      const { begin } = yield* makeWorld()
      const waiting = yield* begin("extra")
      yield* Fiber.interrupt(waiting)
      expect(yield* isOver(waiting)).toBe(true)
    })
  )

  it.effect("is not waited for where it is there, nor where one process carries the gateway", () =>
    Effect.gen(function* () {
      const several = yield* makeWorld()
      expect(yield* isOver(yield* several.begin("main"))).toBe(true)
      const alone = yield* makeWorld(Option.none())
      expect(yield* isOver(yield* alone.begin("extra"))).toBe(true)
      expect([...(yield* several.warnings), ...(yield* alone.warnings)]).toEqual([])
    })
  )
})

/** A turn of an agent that the config of its host does not have; of an agent that answers if it is asked. */
const beginTurn = Effect.gen(function* () {
  const world = yield* makeWorld()
  const unknown = new AgentFailed({ agentId: "extra", detail: "the config has no agent of this id any more" })
  const has = yield* Ref.make(false)
  const played = yield* makeTurnServices(() =>
    Effect.if(Ref.get(has), {
      onTrue: () => Effect.succeed({ replies: [{ text: "hello" }] }),
      onFalse: () => unknown
    })
  )
  const turnEnd = {
    isAnswered: () => Effect.succeed(false),
    failures: () => Effect.succeed(0),
    isOver: () => Effect.succeed(false),
    isNew: () => Effect.succeed(true),
    stateOf: () => Effect.succeed("unbegun" as const)
  }
  const turns = FairSemaphore.make(1)
  const runTurn = yield* Effect.provide(
    makeRunTurn("agent:extra:main", { turns, awaitAgent: world.awaitAgent }, turnEnd),
    played.services
  )
  const envelope = makeEnvelope({ text: "hello" })
  const fiber = yield* Effect.fork(
    runTurn({ id: "turn-1", attempt: 0, batch: [{ agentId: "extra", isGroup: false, envelope }] })
  )
  yield* TestClock.adjust("5 minutes")
  expect(yield* played.asked).toBe(0)
  const outcomes = Effect.map(played.ends, (all) => all.map(({ outcome }) => outcome))
  return {
    ...played,
    outcomes,
    end: Fiber.join(fiber),
    reload: Effect.zipRight(Ref.set(has, true), world.reload("main", "extra"))
  }
})

describe("a turn of such an agent", () => {
  it.effect("is answered once the agent is there, and has been tried by then no time", () =>
    Effect.gen(function* () {
      const { asked, end, letters, outcomes, reload } = yield* beginTurn
      yield* reload
      yield* end
      expect(yield* asked).toBe(1)
      expect(yield* outcomes).toEqual(["answered"])
      expect(yield* letters).toEqual([])
    })
  )

  it.effect("is over at a stop in its chat", () =>
    Effect.gen(function* () {
      const { asked, deliveries, end, outcomes, stop } = yield* beginTurn
      yield* stop
      yield* end
      expect(yield* asked).toBe(0)
      expect(yield* outcomes).toEqual(["stopped"])
      expect(yield* deliveries).toEqual([])
    })
  )

  it.effect("fails as any other where the agent never comes", () =>
    Effect.gen(function* () {
      const { asked, end, letters } = yield* beginTurn
      yield* TestClock.adjust("10 minutes")
      yield* end
      expect(yield* asked).toBe(3)
      expect(yield* letters).toMatchObject([
        { message: "agent extra failed: the config has no agent of this id any more (asked 3 times)" }
      ])
    })
  )
})
