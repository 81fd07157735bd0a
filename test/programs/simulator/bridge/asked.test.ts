/** What is read out of the parameters of the bridge's methods. */
import { describe, expect, it } from "@effect/vitest"
import { Either, Schema } from "effect"
import { BuildFromVersion } from "../../../../src/programs/simulator/Build.ts"
import { bridgeOf } from "../../../../src/programs/simulator/bridge/BridgeState.ts"
import { effectOf, stylesOf } from "../../../../src/programs/simulator/bridge/looks.ts"
import { optionOf } from "../../../../src/programs/simulator/bridge/polls.ts"
import { tapbackOf } from "../../../../src/programs/simulator/bridge/tapbacks.ts"

const build = Schema.decodeSync(BuildFromVersion)

describe("a tapback", () => {
  for (const [params, expected] of [
    [{ reaction: "love" }, { reaction: "love", remove: false, answer: { reaction: "love" } }],
    [{ reaction: "👍" }, { reaction: "like", remove: false, answer: { reaction: "like" } }],
    [{ reaction: "Emphasize" }, { reaction: "emphasis", answer: { reaction: "emphasize" } }],
    [{ reaction: "remove-laugh" }, { reaction: "laugh", remove: true, answer: { reaction: "remove-laugh" } }],
    [
      { reaction: "question", remove: true },
      { reaction: "question", remove: true, answer: { reaction: "remove-question" } }
    ],
    [{ emoji: "❤" }, { reaction: "love", answer: { reaction: "love" } }],
    [{ emoji: "🎉" }, { reaction: "custom", emoji: "🎉", remove: false, answer: { emoji: "🎉" } }],
    [
      { emoji: "🎉", remove: true },
      { reaction: "custom", emoji: "🎉", remove: true }
    ]
  ] as const) {
    it(JSON.stringify(params), () => {
      expect(Either.getOrThrow(tapbackOf(params, { anyEmoji: true }))).toMatchObject(expected)
    })
  }

  for (const [why, params, anyEmoji] of [
    ["nothing is asked for", {}, true],
    ["two things are", { reaction: "love", emoji: "🎉" }, true],
    ["an emoji that no tapback has is no reaction", { reaction: "🎉" }, true],
    ["a word is none", { reaction: "hug" }, true],
    ["this Mac has the six alone", { emoji: "🎉" }, false]
  ] as const) {
    it(`is refused: ${why}`, () => {
      expect(Either.flip(tapbackOf(params, { anyEmoji }))).toMatchObject({ right: { code: -32602 } })
    })
  }
})

describe("how a text looks", () => {
  const bold = { start: 0, length: 5, styles: ["bold"] } as const
  const styled = (version: string, macos: number, text: string) =>
    stylesOf(build(version), { bridge: bridgeOf({ macos }, true), styles: [bold], text })

  it("has styles from macOS 15 on, and is plain before", () => {
    expect(styled("0.15.0", 15, "hello")).toEqual(Either.right({ styles: [bold] }))
    expect(styled("0.15.0", 14, "hello")).toEqual(Either.right({}))
  })

  it("has none beyond its end, which strict builds refuse", () => {
    expect(Either.flip(styled("0.15.0", 26, "hell"))).toMatchObject({ right: { code: -32602 } })
    expect(styled("0.12.0", 26, "hell")).toEqual(Either.right({ styles: [bold] }))
  })

  it("has an effect by its name, in strict builds", () => {
    expect(effectOf(build("0.15.0"), "confetti")).toEqual(Either.right({ effect: "confetti" }))
    expect(effectOf(build("0.15.0"), undefined)).toEqual(Either.right({}))
    expect(Either.flip(effectOf(build("0.15.0"), "snow"))).toMatchObject({ right: { code: -32602 } })
    expect(effectOf(build("0.9.0"), "snow")).toEqual(Either.right({ effect: "snow" }))
  })
})

describe("an option of a poll", () => {
  const options = [
    { id: "1A", text: "Pizza" },
    { id: "2B", text: "Soup" }
  ]
  for (const [name, text] of [
    [{ id: "2B" }, "Soup"],
    [{ index: 1 }, "Pizza"],
    [{ text: "Soup" }, "Soup"],
    [{ index: 0 }, undefined],
    [{ index: 3 }, undefined],
    [{ id: "Soup" }, undefined],
    [{ text: "soup" }, undefined]
  ] as const) {
    it(`${JSON.stringify(name)} is ${text ?? "none"}`, () => {
      expect(optionOf(options, name)?.text).toBe(text)
    })
  }
})
