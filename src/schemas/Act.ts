/** What can be said and done in Messages beside words and files, where the Mac has imsg's private bridge. */
import { Schema } from "effect"
import { MAX_HANDLE, MAX_NAME, MAX_PATH, MAX_TEXT, UpTo } from "./bounds.ts"

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
export const PollOption = Schema.Union(Schema.Int.pipe(Schema.positive()), UpTo(MAX_NAME))

const Words = Schema.NonEmptyString.pipe(Schema.maxLength(MAX_NAME))

/** A poll: at least two options, twelve at most, as many as Messages shows. */
export const Poll = Schema.Struct({
  question: Words,
  options: Schema.Array(Words).pipe(Schema.minItems(2), Schema.maxItems(12))
})
export type Poll = typeof Poll.Type

const removed = Schema.optionalWith(Schema.Boolean, { exact: true })

/** Done to a message that there is. `Edit` and `Unsend` are for the gateway's own messages only. */
export const MessageAct = Schema.Union(
  Schema.TaggedStruct("React", { guid: Guid, reaction: Reaction, remove: removed }),
  Schema.TaggedStruct("Edit", { guid: Guid, text: Schema.NonEmptyString.pipe(Schema.maxLength(MAX_TEXT)) }),
  Schema.TaggedStruct("Unsend", { guid: Guid }),
  Schema.TaggedStruct("Vote", { guid: Guid, option: PollOption, remove: removed })
)
export type MessageAct = typeof MessageAct.Type

/** Done to a group, for agents with `groupActions`. */
export const GroupAct = Schema.Union(
  Schema.TaggedStruct("Rename", { name: Words }),
  /** `path` is of a file; without one the icon goes. */
  Schema.TaggedStruct("SetIcon", { path: Schema.optionalWith(UpTo(MAX_PATH), { exact: true }) }),
  Schema.TaggedStruct("AddMember", { handle: UpTo(MAX_HANDLE) }),
  Schema.TaggedStruct("RemoveMember", { handle: UpTo(MAX_HANDLE) }),
  Schema.TaggedStruct("Leave", {})
)
export type GroupAct = typeof GroupAct.Type

/** A group that is made, with those in it beside the account, and what is said in it first. */
export const CreateChat = Schema.TaggedStruct("CreateChat", {
  addresses: Schema.Array(UpTo(MAX_HANDLE)).pipe(Schema.minItems(2)),
  name: Schema.optionalWith(Words, { exact: true }),
  text: Schema.optionalWith(UpTo(MAX_TEXT), { exact: true })
})
export type CreateChat = typeof CreateChat.Type

export const Act = Schema.Union(...MessageAct.members, ...GroupAct.members, CreateChat)
export type Act = typeof Act.Type

/** What an act is, by its name. */
export const ACTS = [
  ...["React", "Edit", "Unsend", "Vote"],
  ...["Rename", "SetIcon", "AddMember", "RemoveMember", "Leave", "CreateChat"]
] as const
