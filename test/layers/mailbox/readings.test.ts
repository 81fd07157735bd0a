/** What is handed out of a store of any kind: here one in memory. */
import { describe, expect, it } from "@effect/vitest"
import { Array as Arr, FastCheck } from "effect"
import type { Query, Step } from "../../../src/layers/database/Step.ts"
import { makeReadings, type WaitingRow } from "../../../src/layers/mailbox/readings.ts"
import { addressOf, type Shared, UNSHARED } from "../../../src/layers/mailbox/windows.ts"

const WINDOW = { actor: 12, paused: 9 }
const SHARDS = new Set(["shard"])

const entityOf = (row: WaitingRow) => addressOf({ entityType: row.entity_type, entityId: row.entity_id })
const laneOf = (row: WaitingRow) => `${entityOf(row)}\n${row.lane}`

const NOTHING = { rows: [], changes: 0 }
const QUERY: Query = { sql: "", bound: [] }

/** A look at the rows that has to be waited for: what it finds may be out of date once it is known. */
const looking = <A>(look: () => A): Step<A> => ({
  *[Symbol.iterator]() {
    const found = look()
    yield QUERY
    return found
  }
})

/** Whether a take fails, and where: before that look. */
interface Course {
  /** What comes before each look. */
  readonly meanwhile?: () => void
  readonly failsAt?: number
}

/** Rows in memory; `isSignalled` says whether somebody was to read again since they last did. */
const makeWorld = (shared: Shared = UNSHARED) => {
  const rows: Array<WaitingRow> = []
  const waiting = new Map<number, WaitingRow>()
  const world = { isSignalled: false, looks: 0 }
  const from = (seq: number) => [...waiting.values()].filter((row) => row.seq >= seq)
  const counted = (page: ReadonlyArray<WaitingRow>) => {
    world.looks += page.length
    return page
  }
  const readings = makeReadings(
    {
      after: (seq, { addresses, lanes, shards }, limit) =>
        looking(() =>
          counted(
            from(seq + 1)
              .filter((row) => !shards.includes(row.shard))
              .filter((row) => !addresses.includes(entityOf(row)) && !lanes.includes(laneOf(row)))
              .slice(0, limit)
          )
        ),
      of: ({ entityId }, seq, lanes, limit) =>
        looking(() =>
          from(seq)
            .filter((row) => row.entity_id === entityId && !lanes.includes(row.lane))
            .slice(0, limit)
        ),
      latest: () => looking(() => rows.length)
    },
    () => WINDOW,
    shared,
    () => {
      world.isSignalled = true
    }
  )
  return {
    save: (entity: string, lane: string, { deliverAt = 0, shard = "shard" } = {}) => {
      const seq = rows.length + 1
      const row = {
        seq,
        request_seq: seq,
        shard,
        entity_type: "Test",
        entity_id: entity,
        lane,
        deliver_at: deliverAt,
        is_unacked: 0,
        envelope: "{}",
        chunk: null
      }
      rows.push(row)
      waiting.set(seq, row)
    },
    /** How many rows were looked at so far. */
    looks: () => world.looks,
    take: (
      now = 0,
      shards: ReadonlySet<string> = SHARDS,
      { failsAt, meanwhile }: Course = {}
    ): Array<WaitingRow> => {
      world.isSignalled = false
      const steps = readings.take(shards, now)[Symbol.iterator]()
      let looks = 0
      let state = steps.next(NOTHING)
      while (state.done !== true) {
        meanwhile?.()
        if (looks === failsAt) {
          readings.end(false)
          return []
        }
        looks += 1
        state = steps.next(NOTHING)
      }
      readings.end(true)
      return [...state.value]
    },
    finish: (seq: number) => {
      waiting.delete(seq)
      readings.processed(seq)
    },
    pause: (entity: string, lane: string) =>
      readings.pause(addressOf({ entityType: "Test", entityId: entity }), lane),
    resumeAll: (entity: string) => readings.resumeAll(addressOf({ entityType: "Test", entityId: entity })),
    isSignalled: () => world.isSignalled,
    rows
  }
}

const step = FastCheck.oneof(
  FastCheck.record({
    _tag: FastCheck.constant("save" as const),
    entity: FastCheck.constantFrom("a", "b"),
    lane: FastCheck.nat(9),
    count: FastCheck.integer({ min: 1, max: 6 })
  }),
  FastCheck.record({ _tag: FastCheck.constant("finish" as const), which: FastCheck.nat(99) }),
  FastCheck.record({
    _tag: FastCheck.constant("read" as const),
    /** Steps that come before its looks, one before each. */
    meanwhile: FastCheck.nat(4),
    failsAt: FastCheck.option(FastCheck.nat(3), { nil: undefined })
  })
)

/** The first lane is none. */
const nameOf = (lane: number) => (lane === 0 ? "" : String(lane))

const pausingStep = FastCheck.oneof(
  step,
  FastCheck.record({
    _tag: FastCheck.constant("pause" as const),
    entity: FastCheck.constantFrom("a", "b"),
    lane: FastCheck.integer({ min: 1, max: 9 })
  }),
  FastCheck.record({
    _tag: FastCheck.constant("resumeAll" as const),
    entity: FastCheck.constantFrom("a", "b")
  })
)

type Arb<T> = T extends FastCheck.Arbitrary<infer A> ? A : never

describe("whatever is paused, and whenever", () => {
  const shares = FastCheck.constantFrom(UNSHARED, { all: 10, least: 2 }, { all: 1, least: 1 })
  it("comes out once and in order, never too much at once", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.array(pausingStep, { maxLength: 120 }), shares, (steps, shared) => {
        const world = makeWorld(shared)
        const came: Array<WaitingRow> = []
        let underWay: Array<WaitingRow> = []
        const paused = new Set<string>()
        let wasPaused = false
        const take = (course?: Course) => {
          const before = new Set(paused)
          const rows = world.take(0, SHARDS, course)
          for (const row of rows) {
            if (before.has(laneOf(row))) expect(paused).not.toContain(laneOf(row))
          }
          came.push(...rows)
          underWay.push(...rows)
          for (const entity of ["a", "b"]) {
            const of = underWay.filter((row) => row.entity_id === entity)
            expect(of.length).toBeLessThanOrEqual(WINDOW.actor + WINDOW.paused)
          }
        }
        const finishFirst = (which: number) => {
          const moving = underWay.filter((row) => !paused.has(laneOf(row)))
          const row = moving[which % Math.max(1, moving.length)]
          if (row === undefined) return false
          underWay = underWay.filter((other) => other !== row)
          world.finish(row.seq)
          return true
        }
        const resumeAll = (entity: string) => {
          for (const lane of [...paused]) if (lane.startsWith(`Test/${entity}\n`)) paused.delete(lane)
          world.resumeAll(entity)
        }
        const carryOut = (step: Arb<typeof pausingStep>) => {
          switch (step._tag) {
            case "read":
              break
            case "save":
              for (let at = 0; at < step.count; at++) world.save(step.entity, nameOf(step.lane))
              break
            case "finish":
              finishFirst(step.which)
              break
            case "pause":
              wasPaused = true
              paused.add(`Test/${step.entity}\n${step.lane}`)
              world.pause(step.entity, nameOf(step.lane))
              break
            case "resumeAll":
              resumeAll(step.entity)
          }
        }
        const left = [...steps]
        for (let step = left.shift(); step !== undefined; step = left.shift()) {
          if (step._tag !== "read") {
            carryOut(step)
            continue
          }
          const during = left.splice(0, step.meanwhile)
          take({
            meanwhile: () => {
              const next = during.shift()
              if (next !== undefined) carryOut(next)
            },
            ...(step.failsAt === undefined ? {} : { failsAt: step.failsAt })
          })
          left.unshift(...during)
        }
        take()
        for (const entity of ["a", "b"]) resumeAll(entity)
        // From here on only what was signalled is read.
        if (world.isSignalled()) take()
        while (finishFirst(0)) if (world.isSignalled()) take()
        const inLanes = (rows: ReadonlyArray<WaitingRow>) => Arr.groupBy(rows, !wasPaused ? entityOf : laneOf)
        expect(inLanes(came)).toEqual(inLanes(world.rows))
      }),
      { numRuns: 300 }
    )
  })
})

describe("a message that is for later", () => {
  for (const lane of ["", "x"]) {
    it(`comes out then, also where a backlog ${lane === "" ? "" : "of its lane "}began behind it`, () => {
      const world = makeWorld()
      world.save("a", lane, { deliverAt: 1000 })
      for (let at = 0; at < 20; at++) world.save("a", lane)
      let underWay = world.take()
      expect(underWay.map(({ seq }) => seq)).not.toContain(1)
      expect(world.take()).toEqual([])
      while (underWay.length > 0) {
        for (const { seq } of underWay) world.finish(seq)
        underWay = world.take()
      }
      expect(world.take(1000).map(({ seq }) => seq)).toEqual([1])
    })
  }
})

describe("what all actors are handed", () => {
  const ACTORS = Arr.makeBy(40, String)
  const outOf = (rows: ReadonlyArray<WaitingRow>) => Arr.groupBy(rows, ({ entity_id }) => entity_id)

  it("is shared by them, and none is left without", () => {
    const world = makeWorld({ all: 64, least: 2 })
    for (let round = 0; round < 20; round++) for (const actor of ACTORS) world.save(actor, "")
    const rows = outOf(world.take())
    for (const actor of ACTORS) expect(rows[actor]).toHaveLength(2)
  })

  it("is one actor's alone, up to its window, once the others are done", () => {
    const world = makeWorld({ all: 64, least: 2 })
    for (let round = 0; round < 20; round++) for (const actor of ACTORS) world.save(actor, "")
    let underWay = world.take()
    const [last = ""] = ACTORS
    while (underWay.some(({ entity_id }) => entity_id !== last)) {
      for (const { entity_id, seq } of underWay) if (entity_id !== last) world.finish(seq)
      underWay = [...underWay.filter(({ entity_id }) => entity_id === last), ...world.take()]
    }
    underWay = [...underWay, ...world.take()]
    expect(underWay).toHaveLength(WINDOW.actor)
  })
})

describe("what is done while a take looks at the store", () => {
  it("is heard of once that is over: what is finished then does not come again", () => {
    const world = makeWorld()
    // One that is for later has all behind it looked at again.
    world.save("later", "", { deliverAt: 1000 })
    for (const entity of ["a", "b", "c"]) world.save(entity, "")
    const [first, ...others] = world.take()
    world.save("d", "")
    const finishOne = () => {
      const row = others.pop()
      if (row !== undefined) world.finish(row.seq)
    }
    expect(world.take(0, SHARDS, { meanwhile: finishOne }).map(({ seq }) => seq)).toEqual([5])
    expect(first?.seq).toBe(2)
  })

  it("makes room that is told of then", () => {
    const world = makeWorld()
    for (let at = 0; at < 20; at++) world.save("a", "")
    const first = world.take()
    world.take(0, SHARDS, {
      meanwhile: () => {
        for (const { seq } of first.splice(0)) world.finish(seq)
      }
    })
    expect(world.isSignalled()).toBe(true)
    expect(world.take()).toHaveLength(8)
  })

  it("has nothing handed out that was not returned", () => {
    const world = makeWorld()
    for (let at = 0; at < 20; at++) world.save("a", "")
    const first = world.take()
    for (const { seq } of first) world.finish(seq)
    expect(world.take(0, SHARDS, { failsAt: 1 })).toEqual([])
    expect(world.take().map(({ seq }) => seq)).toEqual([13, 14, 15, 16, 17, 18, 19, 20])
    expect(world.take()).toEqual([])
  })
})

describe("what waits for shards of other hosts", () => {
  const MINE = new Set(["mine"])
  const BOTH = new Set(["mine", "theirs"])
  const makeShared = () => {
    const world = makeWorld()
    for (let at = 0; at < 300; at++) world.save(`their ${at}`, "", { shard: "theirs" })
    world.save("my", "", { shard: "mine" })
    return world
  }

  it("is passed over, and not looked at each time", () => {
    const world = makeShared()
    expect(world.take(0, MINE).map(({ seq }) => seq)).toEqual([301])
    const before = world.looks()
    world.save("their 1", "", { shard: "theirs" })
    world.save("my", "", { shard: "mine" })
    expect(world.take(0, MINE).map(({ seq }) => seq)).toEqual([303])
    expect(world.looks() - before).toBe(1)
  })

  it("comes out once they are this host's", () => {
    const world = makeShared()
    world.take(0, MINE)
    expect(world.take(0, BOTH)).toHaveLength(300)
    expect(world.take(0, BOTH)).toEqual([])
  })

  it("takes no place of what is this host's, where they were", () => {
    const world = makeWorld({ all: 8, least: 2 })
    for (let at = 0; at < 4; at++) world.save(`their ${at}`, "", { shard: "theirs" })
    expect(world.take(0, BOTH)).toHaveLength(4)
    for (let at = 0; at < 20; at++) world.save("my", "", { shard: "mine" })
    expect(world.take(0, MINE)).toHaveLength(8)
  })
})
