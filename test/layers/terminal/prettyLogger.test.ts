/** The log on a terminal. */
import { describe, expect, it } from "@effect/vitest"
import { Cause, Effect, Logger } from "effect"
import { prettyLogger } from "../../../src/layers/terminal/prettyLogger.ts"

/** What is printed while an effect runs, without colours. */
const printedBy = (log: Effect.Effect<void>) =>
  Effect.consoleWith((standard) => {
    const lines: Array<string> = []
    const take = (...values: ReadonlyArray<unknown>) => void lines.push(values.map(String).join(" "))
    return log.pipe(
      Effect.withConsole({
        ...standard,
        unsafe: { ...standard.unsafe, error: take, log: take, group: () => {}, groupEnd: () => {} }
      }),
      Effect.provide(Logger.replace(Logger.defaultLogger, prettyLogger({ stderr: true }))),
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of the logger
      Effect.map(() => lines.join("\n").replace(/\u001b\[\d+m/gu, ""))
    )
  })

const BAD = "\u001b[2J\u202eends\n[03:04:05.678] INFO (#1): all is well"
const SHOWN = "\\u001b[2J\\u202eends\n    [03:04:05.678] INFO (#1): all is well"

describe("the log on a terminal", () => {
  it.effect.each([
    { of: "a message", log: Effect.logWarning(`agent: ${BAD}`) },
    { of: "a second message", log: Effect.logWarning("agent", BAD) },
    { of: "an annotation", log: Effect.annotateLogs(Effect.logWarning("agent"), { said: BAD }) },
    { of: "a cause", log: Effect.logWarning("agent", Cause.fail(new Error(BAD))) }
  ])("obeys nothing of $of, and takes no line of it for its own", ({ log }) =>
    Effect.map(printedBy(log), (printed) => {
      expect(printed).toContain(SHOWN)
      expect(printed).toMatch(/^[\n\P{C}]*$/u)
    })
  )

  it.effect("shows objects with all that is in them harmless", () =>
    Effect.map(printedBy(Effect.logWarning("agent", { said: "\u202e\u001b" })), (printed) => {
      expect(printed).toContain("\\u202e")
      expect(printed).toMatch(/^[\n\P{C}]*$/u)
    })
  )
})
