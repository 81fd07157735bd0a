/** What all commands print through. */
import { describe, expect, it } from "@effect/vitest"
import { Console, Effect } from "effect"
import { Steering, terminal } from "../../../src/layers/terminal/TerminalConsole.ts"

const printed = (over: typeof terminal, value: unknown) =>
  Effect.consoleWith((standard) => {
    const lines: Array<unknown> = []
    const base = {
      ...standard,
      log: (...values: ReadonlyArray<unknown>) => Effect.sync(() => lines.push(...values))
    }
    return Effect.as(Effect.withConsole(Console.log(value), over(base)), lines)
  })

describe("the terminal", () => {
  it.effect("gets what steers it from us alone", () =>
    Effect.gen(function* () {
      expect(yield* printed(terminal, "\u001b[1mbold\u001b[0m\nnext")).toEqual([
        "\\u001b[1mbold\\u001b[0m\nnext"
      ])
      expect(yield* printed(terminal, new Steering("\u001b[2Jclear"))).toEqual(["\u001b[2Jclear"])
    })
  )
})
