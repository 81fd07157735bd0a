/** What an agent answers wherever it answers in JSON: a `command` with `format: "json"`, a webhook, a late reply. */
import { Schema } from "effect"
import { AskedOption, Guid, NamedMessage, Reaction } from "./Act.ts"
import { MAX_NAME, MAX_TEXT } from "./bounds.ts"
import { Reply } from "./Turn.ts"

const optional = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { exact: true })

/** A tapback; with `remove` one that is taken back. */
const AskedReaction = Schema.Struct({
  guid: NamedMessage,
  reaction: Reaction,
  remove: optional(Schema.Boolean)
})

/** Another text in place of one of the agent's own. */
const AskedEdit = Schema.Struct({
  guid: Guid,
  text: Schema.NonEmptyString.pipe(Schema.maxLength(MAX_TEXT))
})

/** A vote in a poll, by the number of the option from 1, or by its words. */
const AskedVote = Schema.Struct({
  poll: NamedMessage,
  option: AskedOption,
  remove: optional(Schema.Boolean)
})

/** What is done to the group of the turn, for agents with `groupActions`. */
const AskedGroup = Schema.Struct({
  rename: optional(Schema.NonEmptyString.pipe(Schema.maxLength(MAX_NAME))),
  /** A path or an address, as those of `media`; null to remove it. */
  icon: optional(Schema.NullOr(Schema.String)),
  /** Handles. */
  add: optional(Schema.Array(Schema.String)),
  remove: optional(Schema.Array(Schema.String)),
  leave: optional(Schema.Boolean)
})
export type AskedGroup = typeof AskedGroup.Type

/** What is done beside the replies, once they are said. */
export const AskedActs = Schema.Struct({
  reactions: optional(Schema.Array(AskedReaction)),
  edits: optional(Schema.Array(AskedEdit)),
  /** The guids of the agent's own messages that are taken back. */
  unsend: optional(Schema.Array(Guid)),
  votes: optional(Schema.Array(AskedVote)),
  group: optional(AskedGroup)
})
export type AskedActs = typeof AskedActs.Type

export const AgentOutput = Schema.Struct({ replies: Schema.Array(Reply), ...AskedActs.fields })
export type AgentOutput = typeof AgentOutput.Type
