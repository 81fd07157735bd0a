import { describe, expect, it } from "@effect/vitest"
import type { ImsgMessage } from "../../src/schemas/ImsgProtocol.ts"
import { quotable, type Reaction, reactionInWords, withoutReactedTo } from "../../src/schemas/Reaction.ts"
import { reactionOfRow } from "../../src/schemas/rowReactions.ts"
import { kindInWords } from "../../src/schemas/textReactionKind.ts"
import { ALICE, makeMessage } from "../support/envelopes.ts"

const own = { isOwn: true, guid: "g", text: "see you at seven" }
const reaction = (partial: Partial<Reaction> = {}): Reaction => ({
  kind: "like",
  isRemoved: false,
  to: own,
  ...partial
})

describe("a reaction in words", () => {
  it.each<readonly [words: string, of: Partial<Reaction>]>([
    ["(reacted with 👍 to what you said: “see you at seven”)", {}],
    ["(took back 👍 from what you said: “see you at seven”)", { isRemoved: true }],
    ["(reacted with 🎉 to what you said: “see you at seven”)", { kind: "emoji", emoji: "🎉" }],
    ["(reacted with ‼️ to something that you sent)", { kind: "emphasize", to: { isOwn: true } }],
    [
      `(reacted with ❓ to what ${ALICE} said: “when?”)`,
      { kind: "question", to: { isOwn: false, text: "when?", sender: ALICE } }
    ],
    ["(reacted with 👎 to something that somebody sent)", { kind: "dislike", to: { isOwn: false } }],
    [
      "(reacted with “Hat … betont” to what you said: “see you at seven”)",
      { kind: "unknown", words: "Hat … betont" }
    ],
    [
      "(took back a reaction from something that you sent)",
      { kind: "unknown", isRemoved: true, to: { isOwn: true } }
    ],
    [
      "(voted for “Pizza” and “Sushi” in your poll “Dinner?”)",
      {
        kind: "vote",
        options: [
          { id: "1", text: "Pizza" },
          { id: "2", text: "Sushi" }
        ],
        to: { ...own, text: "Dinner?" }
      }
    ],
    [
      "(took back a vote in the poll)",
      { kind: "vote", options: [{ id: "1" }], isRemoved: true, to: { isOwn: false } }
    ]
  ])("%s", (words, partial) => {
    expect(reactionInWords(reaction(partial))).toBe(words)
  })

  it("without what it quotes says nothing of the words, nor of those of a poll", () => {
    const vote = reaction({ kind: "vote", options: [{ id: "1", text: "Pizza" }] })
    expect(withoutReactedTo(vote)).toEqual({
      ...vote,
      options: [{ id: "1" }],
      to: { isOwn: true, guid: "g" }
    })
  })
})

describe("what is reacted to", () => {
  const long = `${"word ".repeat(59)}K7WQ2M9X and more`
  it.each([
    ["is one line", "one\ntwo\u202e", "one two"],
    ["is nothing of a file", "\ufffc", undefined],
    ["is cut between words: half of a code could not be veiled", long, `${"word ".repeat(59).trim()}…`]
  ])("%s", (_, text, expected) => {
    expect(quotable(text).text).toBe(expected)
  })
})

const tapback = { is_reaction: true, reacted_to_guid: "guid-5", reaction_type: "love", reaction_emoji: "❤️" }
const vote = { option_id: "b", event_type: "selected" }
const poll = { kind: "vote", poll_guid: "guid-5", vote }

describe("the reaction of a row", () => {
  it.each<readonly [what: string, row: Partial<ImsgMessage>, of: object | undefined]>([
    ["is none of a message", {}, undefined],
    ["is one of six", tapback, { kind: "love", isRemoved: false, to: { isOwn: false, guid: "guid-5" } }],
    ["is called as it is sent", { ...tapback, reaction_type: "emphasis" }, { kind: "emphasize" }],
    [
      "is any other emoji",
      { ...tapback, reaction_type: "custom", reaction_emoji: "🎉" },
      { kind: "emoji", emoji: "🎉" }
    ],
    ["is taken back", { ...tapback, is_reaction_add: false }, { isRemoved: true }],
    ["is to a part of a message", { ...tapback, reacted_to_guid: "p:0/guid-5" }, { to: { guid: "guid-5" } }],
    ["is none where nobody knows to what it is", { is_reaction: true }, undefined],
    [
      "is a vote",
      { poll },
      { kind: "vote", isRemoved: false, options: [{ id: "b" }], to: { guid: "guid-5" } }
    ],
    [
      "is a vote with the words of its option and of its poll",
      { poll: { ...poll, question: "Dinner?", options: [{ id: "b", text: "Sushi" }] } },
      { options: [{ id: "b", text: "Sushi" }], to: { text: "Dinner?" } }
    ],
    [
      "is a vote that is taken back",
      { poll: { ...poll, vote: { ...vote, event_type: "removed" } } },
      { isRemoved: true }
    ],
    [
      "is what is left of several votes",
      { poll: { ...poll, votes: [{ ...vote, event_type: "removed" }, { option_id: "a" }] } },
      { isRemoved: false, options: [{ id: "a" }] }
    ],
    ["is none of a vote that says nothing", { poll: { kind: "vote", poll_guid: "guid-5" } }, undefined],
    ["is none of a poll that is made", { poll: { kind: "created", question: "Dinner?" } }, undefined]
  ])("%s", (_, row, of) => {
    const found = reactionOfRow(makeMessage(row))
    if (of === undefined) expect(found).toBeUndefined()
    else expect(found).toMatchObject(of)
  })
})

describe("a tapback in words", () => {
  it.each<readonly [words: string, of: object]>([
    ["Liked …", { kind: "like", isRemoved: false }],
    ["Disliked …", { kind: "dislike", isRemoved: false }],
    ["Emphasised …", { kind: "emphasize", isRemoved: false }],
    ["Removed a heart from …", { kind: "love", isRemoved: true }],
    ["Reacted 😂 to …", { kind: "emoji", emoji: "😂", isRemoved: false }],
    ["A retiré 🔥 de …", { kind: "emoji", emoji: "🔥", isRemoved: true }],
    ["Tog bort 👍 från …", { kind: "emoji", emoji: "👍", isRemoved: true }],
    ["Hat … geliebt", { kind: "unknown", words: "Hat … geliebt", isRemoved: false }],
    ["…に笑いました", { kind: "unknown", words: "…に笑いました", isRemoved: false }]
  ])("%s", (words, of) => {
    expect(kindInWords(words)).toEqual(of)
  })
})
