import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { asStyledText } from "../../../../src/programs/session/markdown/asStyledText.ts"

const MOST = 256 * 1024

const asPlainText = (text: string, most: number) => Effect.map(asStyledText(text, most), (said) => said.text)

describe("a long text", () => {
  it.effect("has the lines and the paragraphs that it had", () =>
    Effect.gen(function* () {
      const list = Array.from({ length: 400 }, (_, at) => `- *item* ${at}`).join("\n")
      const paragraphs = Array.from({ length: 400 }, (_, at) => `**paragraph** ${at}`).join("\n\n")
      expect(yield* asPlainText(`${list}\n\n${paragraphs}\n`, MOST)).toBe(
        `${list}\n\n${paragraphs}`.replaceAll("- ", "• ").replaceAll("*", "")
      )
    })
  )

  it.effect("stays as it is from where no more of it would be sent", () =>
    Effect.gen(function* () {
      const paragraphs = "**a**\n\n".repeat(10_000)
      const said = yield* asPlainText(paragraphs, 20_000)
      expect(said.startsWith("a\n\na\n\n")).toBe(true)
      expect(said.endsWith("**a**\n\n**a**")).toBe(true)
    })
  )

  // What takes a lexer minutes at once; here about a second.
  it.effect.each(["_a", "__a_b", "x_", "*a**b*", "a*", "a\n-\n", "1. a\n", "[", "- ", "<a ", "`a"])(
    "of %j is done in time, whatever is made of it",
    (pattern) =>
      Effect.gen(function* () {
        const text = pattern.repeat(64_000 / pattern.length)
        const began = performance.now()
        const said = yield* asPlainText(text, MOST)
        expect(performance.now() - began).toBeLessThan(15_000)
        expect(said.length).toBeGreaterThan(0)
      }),
    30_000
  )
})
