/** A poll of Messages as agents see it. */
import { Schema } from "effect"
import type { ImsgPoll } from "./ImsgPoll.ts"
import { oneLine } from "./oneLine.ts"

export const Poll = Schema.Struct({
  /** That of the message which it is; a vote in it names that. */
  guid: Schema.String,
  question: Schema.optionalWith(Schema.String, { exact: true }),
  /** In the order in which they are numbered, from 1. */
  options: Schema.Array(Schema.Struct({ id: Schema.String, text: Schema.String }))
})
export type Poll = typeof Poll.Type

/** The poll that a row is; none where it is something else of a poll, or has nothing that could be voted for. */
export const pollOf = (
  guid: string,
  { kind, options = [], poll_guid, question = "" }: ImsgPoll
): Poll | undefined => {
  const asked = oneLine(question)
  return kind !== "created" || options.length === 0
    ? undefined
    : {
        guid: poll_guid || guid,
        ...(asked === "" ? {} : { question: asked }),
        options: options.map(({ id, text }) => ({ id, text: oneLine(text) }))
      }
}

/** A poll in words: its question, and its options line by line, numbered from 1. */
export const pollInWords = ({ options, question }: Poll): string =>
  [
    question === undefined ? "Poll:" : `Poll: ${question}`,
    ...options.map(({ text }, at) => `${at + 1}. ${text}`)
  ].join("\n")
