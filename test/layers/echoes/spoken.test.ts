import { describe, expect, it } from "@effect/vitest"
import { makeSpoken } from "../../../src/layers/echoes/spoken.ts"

const words = (begin: string) => ({ begin, length: begin.length })
const begins = (spoken: ReturnType<typeof makeSpoken>, chat: string) =>
  spoken.of(chat).map(({ begin }) => begin)

describe("what was said in a chat", () => {
  it("is known, the newest first, and each once", () => {
    const spoken = makeSpoken()
    for (const said of ["one", "two", "one", "three"]) spoken.put("a", words(said))
    spoken.put("b", words("four"))
    expect(begins(spoken, "a")).toEqual(["three", "one", "two"])
    expect(begins(spoken, "b")).toEqual(["four"])
    expect(spoken.of("c")).toEqual([])
  })

  it("is known of many turns of many parts", () => {
    const spoken = makeSpoken()
    for (let part = 0; part < 200; part++) spoken.put("a", words(`${part} `.padEnd(500, "x")))
    expect(spoken.of("a")).toHaveLength(200)
  })

  it("is bounded, also where one text is larger than the bound", () => {
    const spoken = makeSpoken()
    for (let part = 0; part < 5000; part++) spoken.put("a", words(`${part} `.padEnd(500, "x")))
    expect(spoken.of("a").length).toBeLessThan(300)
    expect(begins(spoken, "a")[0]).toMatch(/^4999 /)
    spoken.put("b", words("y".repeat(1_000_000)))
    expect(spoken.of("b")).toHaveLength(1)
  })

  it("is forgotten of the chats where it was said longest ago", () => {
    const spoken = makeSpoken()
    for (let chat = 0; chat < 100; chat++)
      for (let part = 0; part < 200; part++)
        spoken.put(`chat-${chat}`, words(`${chat}/${part} `.padEnd(500, "x")))
    expect(spoken.of("chat-0")).toEqual([])
    expect(spoken.of("chat-99")).toHaveLength(200)
    const kept = Array.from({ length: 100 }, (_, chat) => spoken.of(`chat-${chat}`)).flat()
    expect(kept.length * 500).toBeLessThanOrEqual(2_000_000)
  })
})
