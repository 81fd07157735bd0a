import { describe, expect, it } from "@effect/vitest"
import { jsonSchema } from "../../src/programs/commands/config/jsonSchema.ts"
import type { Fate } from "../../src/schemas/Fate.ts"
import { FATE_WORDS, fateInWords, wordsOfFate } from "../../src/schemas/fateWords.ts"

const schema: unknown = JSON.parse(JSON.stringify(jsonSchema()))

/** The names of all keys that a config can have. */
const keysIn = (value: unknown): ReadonlyArray<string> =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([own, inner]) => [
        ...(own === "properties" && typeof inner === "object" && inner !== null ? Object.keys(inner) : []),
        ...keysIn(inner)
      ])
    : []

const KEYS = new Set(keysIn(schema))

/** The keys that a sentence names: `imessage.groups[…].requireMention` is four of them, without the brackets. */
const named = (sentence: string): ReadonlyArray<string> =>
  (sentence.match(/\b(?:imessage|messages|agents)\.[\w.[\]…]*\w/gu) ?? []).flatMap((key) =>
    key.replaceAll(/\[…?\]/gu, "").split(".")
  )

describe("what became of a message, in words", () => {
  it.each<[fate: Fate, line: string, key: string | undefined]>([
    ["dm-paired", "given to the agent: the sender was approved by pairing", "imessage.dmPolicy"],
    [
      "dm-not-allowlisted",
      "not answered: imessage.allowFrom names neither the sender nor the chat",
      "imessage.allowFrom"
    ],
    ["pairing-requested", "given a code: nobody has let the sender in yet", "imessage.dmPolicy"],
    [
      "group-not-mentioned",
      "kept for the next answer: nobody mentioned the agent in this group",
      "imessage.groups[…].requireMention"
    ],
    ["groups-disabled", "not answered: groups are off", "imessage.groupPolicy"],
    ["command", "done by the gateway: it is a command for the gateway itself", "messages.commands"],
    ["echo", "not for anybody: it is what the gateway itself said, given back by Messages", undefined]
  ])("%s", (fate, line, key) => {
    expect(fateInWords(fate)).toBe(line)
    expect(wordsOfFate(fate).key).toBe(key)
  })

  it.each(Object.entries(FATE_WORDS))(
    "%s names only keys that the config has",
    (_, { because, change, key }) => {
      const keys = named([because, key ?? "", change ?? ""].join(" "))
      expect(keys.filter((one) => !KEYS.has(one))).toEqual([])
      if (key !== undefined && key !== "owners") expect(keys).not.toEqual([])
    }
  )

  it("whoever is refused is told by what, or what to do", () => {
    const mute = Object.entries(FATE_WORDS).filter(
      ([fate, { change, done, key }]) =>
        (done === "not answered" || done === "given a code") &&
        !["no-sender", "malformed"].includes(fate) &&
        key === undefined &&
        change === undefined
    )
    expect(mute).toEqual([])
  })

  it("of a fate that only another build knows, its own word is told", () => {
    expect(fateInWords("moon-is-full")).toBe("not answered: moon is full")
    expect(fateInWords("constructor")).toBe("not answered: constructor")
  })
})
