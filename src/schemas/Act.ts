/** What can be said and done in Messages beside words and files, where the Mac has imsg's private bridge. */
import { Schema } from "effect"
import { MAX_NAME, UpTo } from "./bounds.ts"

/** The effects that a text can be sent with: four of its bubble, the others of the whole screen. */
export const Effect = Schema.Literal(
  "impact",
  "loud",
  "gentle",
  "invisibleink",
  "confetti",
  "lasers",
  "fireworks",
  "balloons",
  "sparkles",
  "spotlight",
  "echo",
  "love",
  "celebration"
)
export type Effect = typeof Effect.Type

/** How a range of a text can be shown (macOS 15+). */
export const TextStyle = Schema.Literal("bold", "italic", "underline", "strikethrough")
export type TextStyle = typeof TextStyle.Type

/** The guid of a message. */
export const Guid = Schema.NonEmptyString.pipe(Schema.maxLength(MAX_NAME))

/** A message as an agent names it: by its guid, or `true` for the one that it answers. */
export const NamedMessage = Schema.Union(Schema.Literal(true), Guid)
export type NamedMessage = typeof NamedMessage.Type

/** Six have names (`love`, `like`, `dislike`, `laugh`, `emphasize`, `question`); else it is an emoji. */
export const Reaction = Schema.NonEmptyString.pipe(Schema.maxLength(64))

/** The option of a poll: its number, from 1, or its words. */
export const AskedOption = Schema.Union(Schema.Int.pipe(Schema.positive()), UpTo(MAX_NAME))

const Words = Schema.NonEmptyString.pipe(Schema.maxLength(MAX_NAME))

/** A poll as it is asked for: at least two options, twelve at most, as many as Messages shows. */
export const AskedPoll = Schema.Struct({
  question: Words,
  options: Schema.Array(Words).pipe(Schema.minItems(2), Schema.maxItems(12))
})

// What is asked for has its bounds where it comes in. What is made of it has none: a text that grew as it was written for
// Messages must not be one that the store refuses for ever.

export const Poll = Schema.Struct({ question: Schema.String, options: Schema.Array(Schema.String) })
export type Poll = typeof Poll.Type

const optional = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { exact: true })
const removed = optional(Schema.Boolean)

/** Done to the message of a guid. `Edit` and `Unsend` are for the gateway's own messages only. */
export const MessageAct = Schema.Union(
  Schema.TaggedStruct("React", { guid: Schema.String, reaction: Schema.String, remove: removed }),
  Schema.TaggedStruct("Edit", { guid: Schema.String, text: Schema.String }),
  Schema.TaggedStruct("Unsend", { guid: Schema.String }),
  Schema.TaggedStruct("Vote", {
    guid: Schema.String,
    /** Its number, from 1, or its words. */
    option: Schema.Union(Schema.Int, Schema.String),
    remove: removed
  })
)
export type MessageAct = typeof MessageAct.Type

/** Done to a group, for agents with `groupActions`. */
export const GroupAct = Schema.Union(
  Schema.TaggedStruct("Rename", { name: Schema.String }),
  /** `path` is of a file; without one the icon goes. */
  Schema.TaggedStruct("SetIcon", { path: optional(Schema.String) }),
  Schema.TaggedStruct("AddMember", { handle: Schema.String }),
  Schema.TaggedStruct("RemoveMember", { handle: Schema.String }),
  Schema.TaggedStruct("Leave", {})
)
export type GroupAct = typeof GroupAct.Type

/** A group that is made, with those in it beside the account, and what is said in it first. */
export const CreateChat = Schema.TaggedStruct("CreateChat", {
  addresses: Schema.Array(Schema.String),
  name: optional(Schema.String),
  text: optional(Schema.String)
})
export type CreateChat = typeof CreateChat.Type

export const Act = Schema.Union(...MessageAct.members, ...GroupAct.members, CreateChat)
export type Act = typeof Act.Type

/** What an act is, by its name. */
export const ACTS = [
  ...["React", "Edit", "Unsend", "Vote"],
  ...["Rename", "SetIcon", "AddMember", "RemoveMember", "Leave", "CreateChat"]
] as const
