import { describe, expect, it } from "@effect/vitest"
import { Effect, Logger } from "effect"
import { jsonLogger } from "../../../src/layers/terminal/jsonLogger.ts"

const BAD = '\u009b2J\u202eends\u2028\u001b[2J\n{"message":"forged"}\u{e0001}'

describe("the log as JSON on a terminal", () => {
  it.effect("obeys nothing, and is the same JSON", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      yield* Effect.logWarning(`agent: ${BAD}`).pipe(
        Effect.annotateLogs({ said: BAD }),
        Effect.provide(
          Logger.replace(
            Logger.defaultLogger,
            Logger.map(jsonLogger, (line) => void lines.push(line))
          )
        )
      )
      const [line = ""] = lines
      expect(lines).toHaveLength(1)
      expect(line).toMatch(/^\P{C}*$/u)
      expect(line).not.toMatch(/[\u2028\u202e]/u)
      expect(JSON.parse(line)).toMatchObject({ message: `agent: ${BAD}`, annotations: { said: BAD } })
    })
  )
})
