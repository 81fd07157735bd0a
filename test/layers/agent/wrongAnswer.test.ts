import { describe, expect, it } from "@effect/vitest"
import { Either, Schema } from "effect"
import { readAnswer } from "../../../src/layers/agent/wrongAnswer.ts"
import { Effect } from "../../../src/schemas/Act.ts"
import { AgentOutput } from "../../../src/schemas/AgentOutput.ts"

const read = readAnswer(AgentOutput)

const wrongIn = (text: string) => Either.getOrThrow(Either.flip(read(text)))

describe("what is wrong with an answer", () => {
  it.each<[text: string, sentence: string]>([
    ["Hello there", "it is no JSON"],
    ['{"replies": [', "it is no JSON"],
    ["42", "expected an object, got a number"],
    ["[]", "expected an object, got a list"],
    ["null", "expected an object, got null"],
    ['{"reply": "secret"}', "replies is missing"],
    ['{"replies": "secret"}', "replies: expected a list, got a string"],
    ['{"replies": {"text": "secret"}}', "replies: expected a list, got an object"],
    ['{"replies": ["secret"]}', "replies[0]: expected an object, got a string"],
    ['{"replies": [{"text": "a"}, {"text": 42}]}', "replies[1].text: expected a string, got a number"],
    ['{"replies": [{"text": null}]}', "replies[0].text: expected a string, got null"],
    ['{"replies": [{"text": ["secret"]}]}', "replies[0].text: expected a string, got a list"],
    ['{"replies": [{"media": "secret.png"}]}', "replies[0].media: expected a list, got a string"],
    ['{"replies": [{"media": [true]}]}', "replies[0].media[0]: expected a string, got true"],
    ['{"replies": [{"replyTo": false}]}', "replies[0].replyTo: expected true or a string, got false"],
    [
      '{"replies": [{"replyTo": ""}]}',
      "replies[0].replyTo: expected true or a non-empty string, got an empty string"
    ],
    ['{"replies": [{"voice": "yes"}]}', "replies[0].voice: expected a boolean, got a string"],
    [
      '{"replies": [{"poll": {"question": "secret", "options": ["one"]}}]}',
      "replies[0].poll.options: expected a list of at least 2 item(s), got a list"
    ],
    [
      '{"replies": [{"poll": {"question": "secret", "options": ["one", 2]}}]}',
      "replies[0].poll.options[1]: expected a string, got a number"
    ],
    ['{"replies": [], "reactions": {"guid": "secret"}}', "reactions: expected a list, got an object"],
    ['{"replies": [], "reactions": [{"reaction": "like"}]}', "reactions[0].guid is missing"],
    [
      '{"replies": [], "reactions": [{"guid": 42, "reaction": "like"}]}',
      "reactions[0].guid: expected true or a string, got a number"
    ],
    [
      '{"replies": [], "edits": [{"guid": true, "text": "secret"}]}',
      "edits[0].guid: expected a string, got true"
    ],
    [
      '{"replies": [], "edits": [{"guid": "secret", "text": ""}]}',
      "edits[0].text: expected a non-empty string, got an empty string"
    ],
    ['{"replies": [], "unsend": "secret"}', "unsend: expected a list, got a string"],
    [
      '{"replies": [], "votes": [{"poll": true, "option": 0}]}',
      "votes[0].option: expected a positive number or a string, got a number"
    ]
  ])("%s", (text, sentence) => {
    const wrong = wrongIn(text)
    expect(wrong.sentence).toBe(sentence)
    // It is logged: what agents say, people may have said to them.
    expect(wrong.sentence).not.toContain("secret")
  })

  it("names the words that there are, where it is none of them", () => {
    expect(wrongIn('{"replies": [{"effect": "secret"}]}').sentence).toBe(
      `replies[0].effect: expected ${Effect.literals.map((name) => `"${name}"`).join(", ")}, got a string`.replace(
        /, (?="celebration")/u,
        " or "
      )
    )
  })

  it("has the beginning of what came, in one line", () => {
    expect(wrongIn('{"replies":\n [{"text":42}]}').began).toBe('it began {"replies": [{"text":42}]}')
    expect(wrongIn("x".repeat(200)).began).toBe(`it began ${"x".repeat(80)}…`)
  })

  it("is nothing where nothing is wrong", () => {
    expect(Either.getOrThrow(read('{"replies": [{"text": "hi"}]}'))).toEqual({ replies: [{ text: "hi" }] })
  })

  it("of what may have several forms is what is wrong with one of them", () => {
    const Item = Schema.Union(
      Schema.Struct({ output: Schema.String }),
      Schema.Struct({ text: Schema.String })
    )
    const wrong = Either.flip(readAnswer(Item)('{"text": 42}'))
    expect(Either.getOrThrow(wrong).sentence).toBe("text: expected a string, got a number")
  })
})
