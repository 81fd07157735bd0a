import { describe, expect, it } from "@effect/vitest"
import { tapbackOf } from "../../src/schemas/tapback.ts"

describe("a tapback", () => {
  it.each<[written: string, tapback: string | undefined]>([
    ["love", "love"],
    ["Loved", "love"],
    ["❤️", "love"],
    ["\u2764", "love"],
    ["LIKE", "like"],
    [" 👍 ", "like"],
    ["👎", "dislike"],
    ["Haha", "laugh"],
    ["😂", "laugh"],
    ["Emphasis", "emphasize"],
    ["emphasize", "emphasize"],
    ["‼️", "emphasize"],
    ["questioned", "question"],
    ["❓", "question"],
    ["👀", "👀"],
    ["👍🏽", "👍🏽"],
    ["👩‍🚀", "👩‍🚀"],
    ["🇫🇷", "🇫🇷"],
    ["1️⃣", "1️⃣"],
    ["👀👀", undefined],
    ["👀 ok", undefined],
    ["great", undefined],
    ["5", undefined],
    ["constructor", undefined],
    [" ", undefined]
  ])("%j is %j", (written, tapback) => {
    expect(tapbackOf(written)).toBe(tapback)
  })
})
