import { describe, expect, it } from "@effect/vitest"
import { Effect, Logger, TestClock } from "effect"
import * as TraceLog from "../../../src/layers/logging/traceLog.ts"
import { boundary } from "../../../src/services/Boundary.ts"

const crossing = Effect.as(TestClock.adjust("12 millis"), 42).pipe(boundary("turn", { turn: "t-1" }))

const logged = Effect.gen(function* () {
  const lines: Array<Record<string, unknown>> = []
  const logger = Logger.make(({ annotations, message }) => {
    lines.push({ message, ...Object.fromEntries(annotations) })
  })
  return { lines, layer: Logger.replace(Logger.defaultLogger, logger) }
})

describe("a boundary", () => {
  it.effect("is crossed without a word where nobody asked", () =>
    Effect.gen(function* () {
      const { layer, lines } = yield* logged
      expect(yield* Effect.provide(crossing, layer)).toBe(42)
      expect(lines).toEqual([])
    })
  )

  it.effect("is told with its time and its ids where somebody did, also where it fails", () =>
    Effect.gen(function* () {
      const { layer, lines } = yield* logged
      const failing = Effect.fail("no").pipe(boundary("part", { delivery: "d" }))
      const both = Effect.zipRight(crossing, Effect.ignore(failing))
      yield* both.pipe(Effect.provide(TraceLog.layer), Effect.provide(layer))
      expect(lines).toMatchObject([
        { message: ["span"], span: "turn", turn: "t-1", ms: 12 },
        { message: ["span"], span: "part", delivery: "d", ms: 0, failed: true }
      ])
    })
  )
})
