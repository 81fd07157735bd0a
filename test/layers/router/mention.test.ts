import { describe, expect, it } from "@effect/vitest"
import { FastCheck as fc } from "effect"
import { mentionTest } from "../../../src/layers/router/mention.ts"
import type { AgentConfig } from "../../../src/schemas/Config.ts"

const agent = (partial: Partial<AgentConfig>): AgentConfig => ({
  id: "main",
  isDefault: true,
  runtime: { type: "echo" },
  markdown: "keep",
  mediaRoots: [],
  mediaHosts: [],
  onReaction: "context",
  maxParts: 30,
  groupActions: false,
  ...partial
})

describe("an agent is mentioned", () => {
  const rows: ReadonlyArray<{
    readonly what: string
    readonly agent: Partial<AgentConfig>
    readonly text: string
    readonly mentioned: boolean
  }> = [
    { what: "by its name", agent: { name: "Ada" }, text: "Ada", mentioned: true },
    { what: "by its name in any case", agent: { name: "Ada" }, text: "hello ADA!", mentioned: true },
    { what: "by its name after @", agent: { name: "Ada" }, text: "so, @ada: what now", mentioned: true },
    {
      what: "by its name on a line of its own",
      agent: { name: "Ada" },
      text: "hello\nada\nbye",
      mentioned: true
    },
    {
      what: "by a name with invisible characters between its letters",
      agent: { name: "Robin" },
      text: "@Ro\u200bb\ufe0fi\u034fn?",
      mentioned: true
    },
    {
      what: "by a name whose letters are composed otherwise",
      agent: { name: "Zo\u00eb" },
      text: "hello Zoe\u0308",
      mentioned: true
    },
    {
      what: "by a name that is written with invisible characters itself",
      agent: { name: "Ro\u200bbin" },
      text: "Robin",
      mentioned: true
    },
    { what: "not by a longer word", agent: { name: "Ada" }, text: "Adam and Canada", mentioned: false },
    {
      what: "not by a longer word of another script",
      agent: { name: "Ada" },
      text: "жAdaж",
      mentioned: false
    },
    {
      what: "not by a part of a number or of an identifier",
      agent: { name: "Ada" },
      text: "ada_1 ada2",
      mentioned: false
    },
    {
      what: "by a name of several words",
      agent: { name: "Ada L." },
      text: "ask ada l., please",
      mentioned: true
    },
    {
      what: "by a name that looks like a pattern, literally",
      agent: { name: ".*" },
      text: "anything",
      mentioned: false
    },
    {
      what: "by a name in another script, in any case",
      agent: { name: "ЁЖИК" },
      text: "привет, ёжик",
      mentioned: true
    },
    { what: "by @ and its id where it has no name", agent: {}, text: "@main hi", mentioned: true },
    {
      what: "by @ and its id in any case, at the end of a sentence",
      agent: {},
      text: "hi @Main.",
      mentioned: true
    },
    { what: "by a wide @ and its id", agent: {}, text: "＠main hi", mentioned: true },
    {
      what: "by @ and its id in a text without spaces",
      agent: {},
      text: "你好@main在吗",
      mentioned: true
    },
    {
      what: "not by its id as a word like any other",
      agent: {},
      text: "Main street is closed",
      mentioned: false
    },
    { what: "not by its id in an address", agent: {}, text: "joe@main and joe@main.com", mentioned: false },
    {
      what: "not by the id of another that begins with its own",
      agent: {},
      text: "@main-2 or @main.b",
      mentioned: false
    },
    { what: "not by its id in a longer word", agent: {}, text: "@mainland", mentioned: false },
    {
      what: "by a decorated name without its decoration",
      agent: { name: "Robin 🦞" },
      text: "@Robin hi",
      mentioned: true
    },
    {
      what: "by a decorated name with its decoration",
      agent: { name: "Robin 🦞" },
      text: "hey robin🦞",
      mentioned: true
    },
    {
      what: "not by a longer word, whatever the decoration of the name",
      agent: { name: "Robin 🦞" },
      text: "Robinson 🦞",
      mentioned: false
    },
    {
      what: "by a name that is decorated with emoji of several parts",
      agent: { name: "👩‍💻 Robin 👍🏽 🇩🇪 ❤️" },
      text: "robin?",
      mentioned: true
    },
    { what: "by a name in stars", agent: { name: "★~Robin~★" }, text: "robin?", mentioned: true },
    { what: "by a name in brackets", agent: { name: "[Robin]" }, text: "robin?", mentioned: true },
    {
      what: "by a name that is decorated between its words",
      agent: { name: "Robin ⭐ Bot" },
      text: "hey robin bot",
      mentioned: true
    },
    { what: "by a name that is an emoji", agent: { name: "🦞" }, text: "hi 🦞!", mentioned: true },
    { what: "not by a text without that emoji", agent: { name: "🦞" }, text: "hi!", mentioned: false },
    {
      what: "by a name whose signs tell it from a letter",
      agent: { name: "C++" },
      text: "ask C++ now",
      mentioned: true
    },
    { what: "not by that letter", agent: { name: "C++" }, text: "vitamin C is good", mentioned: false },
    {
      what: "by a name in a text of a script without spaces",
      agent: { name: "小蝶" },
      text: "你好小蝶在吗",
      mentioned: true
    },
    {
      what: "by a Thai name between other words",
      agent: { name: "โรบิน" },
      text: "สวัสดีโรบินครับ",
      mentioned: true
    },
    {
      what: "by a Japanese name between other words",
      agent: { name: "ロビー" },
      text: "ねえロビーさん",
      mentioned: true
    },
    {
      what: "by a Latin name in a text of a script without spaces",
      agent: { name: "Robin" },
      text: "你好Robin在吗",
      mentioned: true
    },
    {
      what: "not by a word that goes on with a sign of its script",
      agent: { name: "राम" },
      text: "रामा",
      mentioned: false
    },
    { what: "not by its id where it has a name", agent: { name: "Ada" }, text: "main", mentioned: false },
    {
      what: "with characters between the letters that nobody sees",
      agent: { name: "Ada" },
      text: "@\u2068A\u200bd\ufeffa\u0001\u2069 hi",
      mentioned: true
    },
    { what: "not across a line's end", agent: { name: "Ada" }, text: "a\nda", mentioned: false },
    {
      what: "by a pattern of the owner's",
      agent: { mentionPatterns: ["^hey bot\\b"] },
      text: "Hey Bot, hi",
      mentioned: true
    },
    {
      what: "by any of several patterns",
      agent: { mentionPatterns: ["one", "two"] },
      text: "two",
      mentioned: true
    },
    {
      what: "not by its name where there are patterns",
      agent: { name: "Ada", mentionPatterns: ["bot"] },
      text: "Ada",
      mentioned: false
    },
    {
      what: "by nothing where the list of patterns is empty",
      agent: { name: "Ada", mentionPatterns: [] },
      text: "Ada",
      mentioned: false
    },
    { what: "not by an empty text", agent: { name: "Ada" }, text: "", mentioned: false }
  ]
  for (const { agent: partial, mentioned, text, what } of rows) {
    it(what, () => expect(mentionTest(agent(partial)).matches(text)).toBe(mentioned))
  }

  it("by its name wherever it stands between other words", () =>
    fc.assert(
      fc.property(fc.lorem(), fc.lorem(), (before, after) => {
        expect(mentionTest(agent({ name: "Zzyzx" })).matches(`${before} @zzyzx, ${after}`)).toBe(true)
      })
    ))
})

describe("nothing is a mention", () => {
  it("where the owner gave an empty list of patterns", () =>
    expect(mentionTest(agent({ mentionPatterns: [] })).isNever).toBe(true))
  it("is not so otherwise", () => expect(mentionTest(agent({ name: "Ada" })).isNever).toBe(false))
})

describe("a pattern that makes a backtracking matcher run for ever", () => {
  const LONG = 50_000
  const rows = [
    { pattern: "(a+)+$", text: `${"a".repeat(LONG)}!` },
    { pattern: "(a|aa)+$", text: `${"a".repeat(LONG)}!` },
    { pattern: "^(([a-z])+.)+[A-Z]([a-z])+$", text: "a".repeat(LONG) },
    { pattern: "(.*)*\\d\\d$", text: "x".repeat(LONG) },
    { pattern: "(?:\\s*\\w*\\s*)*!$", text: "x ".repeat(LONG / 2) }
  ]
  for (const { pattern, text } of rows) {
    it(`is decided: ${pattern}`, () =>
      expect(typeof mentionTest(agent({ mentionPatterns: [pattern] })).matches(text)).toBe("boolean"))
  }
})

describe("a long text", () => {
  it("is looked through only at its beginning", () => {
    const mentioned = mentionTest(agent({ name: "Ada" })).matches
    expect(mentioned(`${"x ".repeat(4_990)}Ada`)).toBe(true)
    expect(mentioned(`${"x ".repeat(5_000)}Ada`)).toBe(false)
  })
})
