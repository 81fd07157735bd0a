/** One entry of `groups`: the settings of a group. */
import { Schema } from "effect"
import { PermissionAction } from "../Permission.ts"
import { groupKey } from "./groupKeys.ts"
import { ExpectedId, Id, OtherKeysId, option, otherKeys, whole } from "./values.ts"

/** A key of `groups`. */
export const GroupKey = Schema.String.pipe(
  Schema.filter((key) => groupKey(key) !== undefined, {
    [ExpectedId]:
      'a chat_id (digits), chat_guid:… or chat_identifier:…, the guid or identifier of a group as Messages writes it (iMessage;+;chat42, chat42), or "*"',
    jsonSchema: { type: "string" }
  })
)

const notSwitchedOff = (enabled: unknown): string | undefined =>
  enabled === true
    ? undefined
    : 'groups cannot be switched off one by one here; name only those that are to be answered, without "*", or set groupPolicy to "disabled"'

const notNarrowed = (allowFrom: unknown): string | undefined =>
  Array.isArray(allowFrom) && allowFrom.includes("*")
    ? undefined
    : 'the senders of one group cannot be chosen here; list them in groupAllowFrom, and set groupPolicy to "allowlist"'

const notMentionedByReply = (required: unknown): string | undefined =>
  required === false
    ? undefined
    : "a reply to a message of the agent's own counts as a mention here; take this key out, or set it to false"

/**
 * Keys of a group that existing files hold and that mean nothing here. `enabled` and `allowFrom` would let fewer
 * people in where they were read, so they are ignored only where they let everyone in.
 */
export const otherGroupKeys = otherKeys(["tools", "toolsBySender", "skills", "ingest"], {
  enabled: notSwitchedOff,
  requireMentionInBotThreads: notMentionedByReply,
  allowFrom: notNarrowed
})

/** The settings of one group, or of all under `"*"`. */
export const Group = Schema.Struct({
  requireMention: option(
    Schema.Boolean,
    'Answer only messages that mention the agent. What `"*"` says holds for groups that say nothing.',
    true
  ),
  historyLimit: option(
    whole(0),
    "How many messages since the last reply the agent is shown; 0 for none. Else that of the account."
  ),
  systemPrompt: option(
    Schema.String,
    'A text for the agent that stands before each prompt from this group; empty for none, also where `"*"` has one.'
  ),
  agentId: option(
    Id,
    "The `id` of the agent that answers in this group. Else `bindings` and the default agent decide."
  ),
  permissions: option(
    PermissionAction,
    "What an agent may do here that asks before it does something, in the place of its own `permissions.default`. With `ask` and `allow` its `rules` hold too; with `deny`, and without this key, all that it asks for is refused in this group."
  )
}).annotations({ identifier: "Group", [OtherKeysId]: otherGroupKeys })
