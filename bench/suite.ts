/** All measurements, floor and gateway in turn, so that both see the same machine. */
import { Clock, Console, Effect } from "effect"
import { measureArrival } from "./arrival.ts"
import { measureIdle } from "./idle.ts"
import { each, inTurn } from "./inTurn.ts"
import { measureLatency } from "./latency.ts"
import { busyShareDuring, lookAtMachine } from "./machine.ts"
import { bundlePrograms, type Programs, RESULTS } from "./programs.ts"
import type { LoadResult } from "./protocol.ts"
import { measureRecovery, measureRecoveryOnSimulator } from "./recovery.ts"
import { type Figure, publish } from "./report.ts"
import { startOnSimulator } from "./simulator.ts"
import { measureStart, measureStartOnSimulator } from "./start.ts"
import { percentile, sum } from "./statistics.ts"
import { CHATS, type SubjectKind, startOnMemory } from "./subject.ts"
import { measureFlood, measureSustained, measureSustainedOnSimulator } from "./throughput.ts"

const STARTS = 5
const STARTS_ON_SIMULATOR = 3
const LATENCY_ROUNDS = 3
const LATENCIES = 100
const LOAD_ROUNDS = 3
/** The floor needs no more to show what it does. */
const SUSTAINED_SECONDS = { floor: 1, gateway: 4 }
const FLOOD = 500
const SIMULATOR_SECONDS = 3
const ARRIVALS = { floor: 5, gateway: 100, slow: 20 }
const RECOVERIES = 5
const RECOVERIES_ON_SIMULATOR = 3
/** The whole bench; it takes three minutes on a machine that others use half of. */
const DEADLINE = "6 minutes"

const starts = (programs: Programs) =>
  Effect.gen(function* () {
    yield* Console.error("start …")
    const memory = yield* inTurn(STARTS, (kind) => measureStart({ kind, programs }))
    const simulator = yield* inTurn(STARTS_ON_SIMULATOR, (kind) =>
      measureStartOnSimulator({ kind, programs })
    )
    return [
      {
        name: "start to subscribed",
        unit: "ms",
        digits: 0,
        target: { most: 600 },
        ...each(memory, ({ subscribedMs }) => subscribedMs)
      },
      {
        name: "start to first answer",
        unit: "ms",
        digits: 0,
        ...each(memory, ({ answeredMs }) => answeredMs)
      },
      {
        name: "start to subscribed, simulator",
        unit: "ms",
        digits: 0,
        target: { most: 600 },
        ...simulator
      }
    ] satisfies ReadonlyArray<Figure>
  })

/** Idle, latency and load: of the same two processes, so that the memory under load compares with that at rest. */
const running = (programs: Programs) =>
  Effect.gen(function* () {
    const subjects = {
      floor: yield* startOnMemory({ kind: "floor", programs }),
      gateway: yield* startOnMemory({ kind: "gateway", programs })
    }
    yield* Console.error("idle …")
    const { share: busyShareAtIdle, value: idle } = yield* busyShareDuring(
      Effect.all(
        { floor: measureIdle(subjects.floor), gateway: measureIdle(subjects.gateway) },
        { concurrency: 2 }
      )
    )
    yield* Console.error("latency …")
    yield* inTurn(1, (kind) => measureLatency(subjects[kind], CHATS))
    const latency = yield* inTurn(LATENCY_ROUNDS, (kind) => measureLatency(subjects[kind], LATENCIES))
    yield* Console.error("load …")
    const sustained = yield* inTurn(LOAD_ROUNDS, (kind) =>
      measureSustained(subjects[kind], SUSTAINED_SECONDS[kind])
    )
    const flood = yield* inTurn(LOAD_ROUNDS, (kind) => measureFlood(subjects[kind], FLOOD))
    const loads: ReadonlyArray<LoadResult> = [...latency.gateway, ...sustained.gateway, ...flood.gateway]
    const aboveIdle = (kind: SubjectKind) =>
      [...sustained[kind], ...flood[kind]].map(({ peakMb }) => peakMb - idle[kind].residentMb)
    const latencies = (share: number) => each(latency, ({ latenciesMs }) => percentile(latenciesMs, share))
    const all = (share: number) => ({
      floor: [
        percentile(
          latency.floor.flatMap(({ latenciesMs }) => latenciesMs),
          share
        )
      ],
      gateway: [
        percentile(
          latency.gateway.flatMap(({ latenciesMs }) => latenciesMs),
          share
        )
      ]
    })
    const figures = [
      {
        name: "idle memory, own processes",
        unit: "MB",
        digits: 0,
        target: { most: 120 },
        floor: [idle.floor.residentMb],
        gateway: [idle.gateway.residentMb]
      },
      {
        name: "idle memory, without the warden",
        unit: "MB",
        digits: 0,
        floor: [idle.floor.mainResidentMb],
        gateway: [idle.gateway.mainResidentMb]
      },
      {
        name: "idle cpu, one core",
        unit: "%",
        digits: 2,
        floor: [idle.floor.cpuPercent],
        gateway: [idle.gateway.cpuPercent]
      },
      { name: "latency, median", unit: "ms", digits: 2, target: { most: 6 }, ...latencies(0.5) },
      { name: "latency, 99 of 100", unit: "ms", digits: 2, target: { most: 30 }, ...all(0.99) },
      {
        name: `turns a second, ${CHATS} sessions`,
        unit: "/s",
        digits: 0,
        target: { least: 500 },
        ...each(sustained, ({ turnsPerSecond }) => turnsPerSecond)
      },
      {
        name: "cpu a turn under that load",
        unit: "ms",
        digits: 2,
        ...each(sustained, ({ cpuMsPerTurn }) => cpuMsPerTurn)
      },
      {
        name: "latency under that load, median",
        unit: "ms",
        digits: 1,
        ...each(sustained, ({ latenciesMs }) => percentile(latenciesMs, 0.5))
      },
      {
        name: `turns a second, flood of ${FLOOD}`,
        unit: "/s",
        digits: 0,
        ...each(flood, ({ turnsPerSecond }) => turnsPerSecond)
      },
      {
        name: "memory under load above idle, most",
        unit: "MB",
        digits: 0,
        target: { most: 100 },
        floor: [Math.max(...aboveIdle("floor"))],
        gateway: [Math.max(...aboveIdle("gateway"))]
      }
    ] satisfies ReadonlyArray<Figure>
    const correctness = {
      unanswered: sum(loads.map(({ answered, written }) => written - answered)),
      unexpected: sum(loads.map(({ unexpected }) => unexpected)),
      disordered: sum(loads.map(({ disordered }) => disordered))
    }
    return { figures, correctness, busyShareAtIdle }
  }).pipe(Effect.scoped)

const onSimulator = (programs: Programs) =>
  Effect.gen(function* () {
    yield* Console.error("simulator …")
    const each = (kind: SubjectKind) =>
      Effect.gen(function* () {
        const subject = yield* startOnSimulator({ kind, programs })
        const load = yield* measureSustainedOnSimulator(subject, SIMULATOR_SECONDS)
        const recoveries = yield* measureRecoveryOnSimulator(subject, RECOVERIES_ON_SIMULATOR)
        return { load, recoveries }
      }).pipe(Effect.scoped)
    const floor = yield* each("floor")
    const gateway = yield* each("gateway")
    return {
      unanswered: gateway.load.written - gateway.load.answered,
      figures: [
        {
          name: "turns a second, simulator",
          unit: "/s",
          digits: 0,
          floor: [floor.load.turnsPerSecond],
          gateway: [gateway.load.turnsPerSecond]
        },
        {
          name: "SIGKILL of the child to an answer, simulator",
          unit: "ms",
          digits: 0,
          target: { most: 1000 },
          floor: floor.recoveries,
          gateway: gateway.recoveries
        }
      ] satisfies ReadonlyArray<Figure>
    }
  })

const recoveries = (programs: Programs) =>
  Effect.gen(function* () {
    yield* Console.error("recovery …")
    const measure = (kind: SubjectKind) =>
      Effect.scoped(
        Effect.flatMap(startOnMemory({ kind, programs }), (subject) => measureRecovery(subject, RECOVERIES))
      )
    return [
      {
        name: "SIGKILL of the child to an answer",
        unit: "ms",
        digits: 0,
        target: { most: 1000 },
        floor: yield* measure("floor"),
        gateway: yield* measure("gateway")
      }
    ] satisfies ReadonlyArray<Figure>
  })

/** The floor hears of rows by the watch alone. */
const arrivals = (programs: Programs) =>
  Effect.gen(function* () {
    yield* Console.error("arrival …")
    const { floor: few, gateway: many, slow } = ARRIVALS
    const old = "--build 0.12.0"
    const floor = yield* measureArrival(programs, { kind: "floor", rows: few })
    const gateway = yield* measureArrival(programs, { kind: "gateway", rows: many })
    const imessage = { remoteHost: "nobody@127.0.0.1" }
    const remote = yield* measureArrival(programs, { kind: "gateway", rows: slow, imessage })
    const floorOld = yield* measureArrival(programs, { kind: "floor", rows: few, flags: old })
    const gatewayOld = yield* measureArrival(programs, { kind: "gateway", rows: slow, flags: old })
    return [
      { name: "row to its send, imsg as it is", unit: "ms", digits: 0, target: { most: 60 }, floor, gateway },
      {
        name: "row to its send, 99 of 100",
        unit: "ms",
        digits: 0,
        target: { most: 250 },
        floor: [percentile(floor, 0.99)],
        gateway: [percentile(gateway, 0.99)]
      },
      {
        name: "row to its send, files elsewhere",
        unit: "ms",
        digits: 0,
        target: { most: 700 },
        floor,
        gateway: remote
      },
      {
        name: "row to its send, imsg 0.12",
        unit: "ms",
        digits: 0,
        target: { most: 700 },
        floor: floorOld,
        gateway: gatewayOld
      }
    ] satisfies ReadonlyArray<Figure>
  })

/** Runs everything, prints the table, and writes the JSON. Fails where a measurement does. */
export const suite = Effect.gen(function* () {
  const begun = yield* Clock.currentTimeMillis
  const programs = yield* bundlePrograms
  const machine = yield* lookAtMachine
  const start = yield* starts(programs)
  const memory = yield* running(programs)
  const arrival = yield* arrivals(programs)
  const recovery = yield* recoveries(programs)
  const simulator = yield* onSimulator(programs)
  const ended = yield* Clock.currentTimeMillis
  yield* publish(
    {
      at: new Date(begun).toISOString(),
      machine,
      busyShareAtIdle: memory.busyShareAtIdle,
      seconds: (ended - begun) / 1000,
      figures: [...start, ...memory.figures, ...arrival, ...recovery, ...simulator.figures],
      correctness: {
        ...memory.correctness,
        unanswered: memory.correctness.unanswered + simulator.unanswered
      }
    },
    RESULTS
  )
}).pipe(
  Effect.scoped,
  Effect.timeoutFail({
    duration: DEADLINE,
    onTimeout: () => new Error("the bench did not end in time; what it started has been ended")
  })
)
