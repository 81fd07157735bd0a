import { describe, expect, it } from "vitest"
import { isReactionTo, textReaction } from "../../src/schemas/textReactions.ts"

const quoted = (text: string) => {
  const reaction = textReaction(text)
  return reaction?._tag === "Quotation" ? reaction.quoted : reaction?._tag
}

describe("a tapback in words is told by its form", () => {
  const reactions: ReadonlyArray<readonly [text: string, quoted: string]> = [
    ["Liked “echo: hi”", "echo: hi"],
    ["Loved “line one\nline two”", "line one line two"],
    ["Laughed at “he said “hi” to me”", "he said “hi” to me"],
    ["Emphasized “x”", "x"],
    ["Emphasised “x”", "x"],
    ["Questioned “y?”", "y?"],
    ["Disliked “y”", "y"],
    ["Reacted 😂 to “echo: hi”", "echo: hi"],
    ["Reacted 👨‍👩‍👧 to “fam”", "fam"],
    ["Reacted 👍🏽 to “ok”", "ok"],
    ["Removed a like from “echo: hi”", "echo: hi"],
    ["Removed a question mark from “x”", "x"],
    ["Removed 😂 from “x”", "x"],
    ["\u200a\u200b👍\u200b to “\u200aecho: hi\u200a”\u200a", "echo: hi"],
    ['Liked "echo: hi"', "echo: hi"],
    ["Gefällt „echo: hi“", "echo: hi"],
    ["Hat „echo: hi“ mit „Gefällt mir“ markiert", "echo: hi"],
    ["Hat mit 😂 auf „echo: hi“ reagiert", "echo: hi"],
    ["A aimé « echo: hi »", "echo: hi"],
    ["N’a pas aimé « bof »", "bof"],
    ["A réagi avec 🔥 à « la photo »", "la photo"],
    ["A retiré un J’aime de « à demain »", "à demain"],
    ["Le gustó “nos vemos”", "nos vemos"],
    ["Exclamó por “nos vemos”", "nos vemos"],
    ["Ha messo “Mi piace” a “ciao”", "ciao"],
    ["Curtiu “até já”", "até já"],
    ["Vond “tot zo” leuk", "tot zo"],
    ["Gillade ”vi ses”", "vi ses"],
    ["Понравилось «до завтра»", "до завтра"],
    ["「また明日」にハートを付けました", "また明日"],
    ["「また明日」に「いいね」しました", "また明日"],
    ["「また明日」に👍でリアクションしました", "また明日"],
    ["赞了“明天见”", "明天见"],
    ["喜爱了「明天見」", "明天見"],
    ["Loved an image", "Thing"],
    ["Laughed at an attachment", "Thing"],
    ["Removed a like from a photo", "Thing"],
    ["Reacted 😂 to an image", "Thing"],
    ["A adoré une image", "Thing"]
  ]
  for (const [text, expected] of reactions) {
    it(JSON.stringify(text), () => expect(quoted(text)).toBe(expected))
  }
})

describe("what a person writes is none", () => {
  const sentences = [
    "I liked “Dune”",
    "Liked “Dune”, and you?",
    "Liked it a lot",
    "Loved every minute of it",
    "Liked",
    "Liked “”",
    "Liked a lot",
    "Reacted badly to “x”",
    "Removed a banana from “x”",
    "What do you mean by “echo: hi”",
    "“echo: hi”",
    "J'ai adoré « le film »",
    "Gefällt mir sehr",
    "Mir gefällt „Dune“",
    "「また明日」と言いました",
    "Loved an image of you",
    "😂",
    ""
  ]
  for (const text of sentences) {
    it(JSON.stringify(text), () => expect(textReaction(text)).toBeUndefined())
  }

  it("is told in time that is linear in the text", () => {
    const started = performance.now()
    for (const text of [
      "Liked “",
      "“".repeat(2000),
      `Liked ${"“”".repeat(1900)}`,
      `${"「".repeat(1999)}」にハート`
    ]) {
      textReaction(text.padEnd(4000, "a”"))
    }
    expect(performance.now() - started).toBeLessThan(1000)
  })
})

describe("a text with the form of a reaction is one", () => {
  const chat = { texts: ["hello", "echo: hi there,\nhow are you?"], isWhole: false }
  const whole = { ...chat, isWhole: true }
  const rows: ReadonlyArray<
    readonly [what: string, text: string, said: typeof chat | undefined, is: boolean]
  > = [
    ["where it quotes what was said", "Liked “hello”", whole, true],
    ["where it quotes how that began", "Liked “echo: hi there,”", whole, true],
    ["where what it quotes was shortened", "Liked “echo: hi there, how…”", whole, true],
    ["where what it quotes may have been said longer ago", "Liked “Dune”", chat, true],
    ["where nobody can look", "Liked “Dune”", undefined, true],
    ["not where all that was said is known, and that was not", "Liked “Dune”", whole, false],
    ["not where what it quotes was shortened to nothing", "Loved “…”", whole, false],
    ["not where what it quotes was shortened to nothing by points", "Loved “...”", whole, false],
    ["not in plain marks where that is nothing", 'Loved "…"', chat, false],
    ["where that is all that was said", "Loved “…”", { ...whole, texts: ["hello", "…"] }, true],
    ["in plain marks where it quotes what was said", 'Liked "hello"', chat, true],
    ["in plain marks not on the form alone", 'Liked "Dune"', chat, false],
    ["where it is about a picture", "Loved an image", whole, true]
  ]
  for (const [what, text, said, is] of rows) {
    it(what, () => {
      const reaction = textReaction(text)
      expect(reaction !== undefined && isReactionTo(reaction, said)).toBe(is)
    })
  }
})
