/** What a `tapback` asks for: pure. */
import { Either } from "effect"
import type { ReactionName } from "../ChatModel.ts"
import { invalidParams, type ResponseError } from "../Rpc.ts"

/** The tapbacks as they are asked for, with how a row calls them, and their emoji. */
const NAMED: ReadonlyArray<readonly [asked: string, row: ReactionName, emoji: ReadonlyArray<string>]> = [
  ["love", "love", ["❤️", "❤"]],
  ["like", "like", ["👍"]],
  ["dislike", "dislike", ["👎"]],
  ["laugh", "laugh", ["😂"]],
  ["emphasize", "emphasis", ["‼️", "‼"]],
  ["question", "question", ["❓"]]
]

const REMOVE = "remove-"

/** A tapback to make or to remove, and what is answered. */
export interface Tapback {
  readonly reaction: ReactionName
  readonly emoji?: string
  readonly remove: boolean
  readonly answer: { readonly reaction: string } | { readonly emoji: string }
}

const unsupported = (asked: string) =>
  invalidParams(`unsupported tapback reaction ${asked}; use ${NAMED.map(([name]) => name).join(", ")}`)

/** Reads what is asked for; `anyEmoji`: whether it may be one that no tapback has. */
export const tapbackOf = (
  params: {
    readonly reaction?: string | undefined
    readonly emoji?: string | undefined
    readonly remove?: boolean | undefined
  },
  { anyEmoji }: { readonly anyEmoji: boolean }
): Either.Either<Tapback, ResponseError> => {
  const asked = (params.reaction ?? params.emoji ?? "").trim()
  if (asked === "") return Either.left(invalidParams("reaction or emoji is required"))
  if (params.reaction !== undefined && params.emoji !== undefined && anyEmoji)
    return Either.left(invalidParams("use reaction or emoji; not both"))
  const prefixed = asked.startsWith(REMOVE)
  const name = prefixed ? asked.slice(REMOVE.length) : asked
  const remove = prefixed || params.remove === true
  const found = NAMED.find(([wanted, , emoji]) => wanted === name.toLowerCase() || emoji.includes(name))
  if (found !== undefined) {
    const [wanted, reaction] = found
    return Either.right({ reaction, remove, answer: { reaction: `${remove ? REMOVE : ""}${wanted}` } })
  }
  return anyEmoji && params.reaction === undefined && !prefixed
    ? Either.right({ reaction: "custom", emoji: asked, remove, answer: { emoji: asked } })
    : Either.left(unsupported(asked))
}
