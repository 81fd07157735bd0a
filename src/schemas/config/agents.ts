/** The sections `agents` and `messages` of the config file, which other gateways share. */
import { Schema } from "effect"
import { ack } from "./ack.ts"
import { RunsOn } from "./cluster.ts"
import { Runtime } from "./runtimes/Runtime.ts"
import { section, settle } from "./section.ts"
import {
  ExpectedId,
  foreign,
  Id,
  MentionPattern,
  OtherKeysId,
  option,
  otherKeys,
  Root,
  required,
  Text,
  timerMs,
  whole
} from "./values.ts"

const GroupChat = Schema.Struct(
  {
    mentionPatterns: option(
      Schema.Array(MentionPattern),
      "Regular expressions (RE2: no look-around, no back-references), matched in any case; a group message that matches one mentions the agent. Without any, the agent's `name` as a whole word does, with or without `@`; without a name only `@` and its `id`. A reply to what the gateway said counts as a mention, unless the list is empty."
    )
  },
  foreign
).annotations({ identifier: "GroupChat" })

/** A model, by its name or as other gateways write it with its fallbacks. */
const Model = Schema.Union(
  Schema.String,
  Schema.Struct({ primary: option(Schema.String, "The name of the model.") }, foreign).annotations({
    identifier: "Model"
  })
).annotations({ [ExpectedId]: "a string, or an object with `primary`" })
export type Model = typeof Model.Type

/** The other gateways' list of models, which is not a misspelt `model`. */
const otherModelKeys = otherKeys(["models"])

/** What an agent remembers of what was said before. */
export const memoryKeys = {
  scope: option(
    Schema.Literal("person", "session"),
    "Whose conversation a direct message belongs to: that of its `person`, whoever shares their session, or that of the `session`, in which people hear what others said. A group has one of its own in any case.",
    "person"
  ),
  contextTokens: option(
    whole(512),
    "How many tokens a question may have with all that is remembered; a quarter is kept for the answer. Without it 3000 where the server is not known, since many cut silently at 4096, and 16000 where it is."
  ),
  maxExchanges: option(whole(1), "How many questions and answers are remembered.", 200)
}

/** What may be said of an agent, beside its id. */
export const agentKeys = {
  default: option(
    Schema.Boolean,
    "Whether this agent answers what no binding matches. Else the first one does.",
    false
  ),
  name: option(
    Text,
    "The name that the agent is mentioned by. Else `identity.name`. One of which nothing is seen counts as none."
  ),
  identity: option(
    Schema.Struct(
      { name: option(Schema.String, "The agent's name where it has no `name`.") },
      foreign
    ).annotations({
      identifier: "Identity"
    }),
    "The agent's identity in other gateways; only its name is read."
  ),
  model: option(
    Model,
    "The agent's model, which only fills `{model}` in `messages.responsePrefix`. Else that of `agents.defaults`."
  ),
  groupChat: option(GroupChat, "How the agent is mentioned in groups. Else `messages.groupChat`."),
  runtime: option(Runtime, "What answers the agent's turns. An agent without one echoes, with a warning.", {
    type: "echo"
  }),
  systemPrompt: option(
    Text,
    "What a model is told first of all, before the `systemPrompt` of a group. For `openai`, `anthropic`, `cli` and `acp`."
  ),
  memory: option(
    Schema.Union(Schema.Struct(memoryKeys).annotations({ identifier: "Memory" }), Schema.Literal(false)),
    "What the agent remembers: models, `cli`, `acp` and the presets of `webhook` all that `retention` keeps unless it is `false`; other runtimes remember for themselves, and cannot have it."
  ),
  markdown: option(
    Schema.Literal("plain", "styled", "keep"),
    "How markdown in replies is written in Messages, which shows none: as `plain` text, which is the default for models, `cli` and `acp`; as that, with what is bold, italic or struck through shown so where the Mac can (`styled`); or as it is (`keep`), the default for others."
  ),
  mediaRoots: option(
    Schema.Array(Root),
    "The folders that files in the agent's replies may lie in; others are not sent. `*` stands for the whole name of a folder.",
    []
  ),
  mediaHosts: option(
    Schema.Array(Text),
    "The hosts on a private network that files in the agent's replies may be fetched from: `host`, `host:port` or `*.domain`. Public hosts need not be named.",
    []
  ),
  onReaction: option(
    Schema.Literal("context", "turn"),
    "What becomes of a reaction that the agent hears of: its next turn in that chat is told it (`context`), or it begins a turn of its own (`turn`). In a group that needs a mention only a reaction to what the gateway said begins one. Which ones it hears of says `imessage.reactionNotifications`.",
    "context"
  ),
  maxParts: option(
    whole(1),
    "How many messages one turn of the agent may send: the chunks of its texts, and its files. What is more is left out, and `… (cut)` stands in its place.",
    30
  ),
  groupActions: option(
    Schema.Boolean,
    "Whether the agent may change the groups that it is asked in: rename them, set or remove their icon, add and remove people, and leave. By `group` in the JSON that it answers, and as tools. Whoever is answered in a group can talk it into that, and who is added reads along.",
    false
  ),
  runsOn: option(
    RunsOn,
    "In a `cluster` the hosts that may run the agent's turns, by their names, the preferred one first: those that have its program, its files and its `cwd`. Any host where nothing is said."
  )
}

/** What holds for an agent of which nothing is said. */
export const agentsDefaults = settle(agentKeys, [])

const Agent = Schema.Struct(
  { id: required(Id, "The id of the agent, a part of its session keys."), ...agentKeys },
  foreign
).annotations({ identifier: "Agent", [OtherKeysId]: otherModelKeys })

const AgentEntry = Schema.Struct(agentKeys, foreign).annotations({
  identifier: "AgentEntry",
  [OtherKeysId]: otherModelKeys
})

/** The keys of the section `agents`. */
export const agentsSectionKeys = {
  list: option(
    Schema.Array(Agent),
    "The agents. Without any, one agent `main` echoes what it is told, with a warning."
  ),
  entries: option(
    Schema.Record({ key: Id, value: AgentEntry }),
    "The same by their ids, as a config of OpenClaw has them; after those of `list`."
  ),
  defaults: option(
    Schema.Struct(
      { model: option(Model, "The model of agents that name none; it only fills `{model}`.") },
      foreign
    ).annotations({ identifier: "AgentDefaults", [OtherKeysId]: otherModelKeys }),
    "What holds for every agent in other gateways; only the model is read."
  ),
  maxConcurrent: option(whole(1), "How many turns run at once, over all agents.", 4)
}

/** The section `agents`. */
export const AgentsSection = Schema.Struct(agentsSectionKeys, foreign).annotations({ identifier: "Agents" })
export type AgentsSection = typeof AgentsSection.Type

/** How incoming messages are gathered. */
export const inboundKeys = {
  debounceMs: option(
    timerMs(0),
    "How long to wait for more from the same conversation before its agent is asked, in ms; 0 for not at all.",
    0
  )
}

/** The brake on conversations that feed themselves. */
export const loopGuardKeys = {
  maxPerMinute: option(
    whole(0),
    "A chat with more turns a minute is paused, so that two machines do not talk for ever; 0 for no limit.",
    30
  ),
  mirrors: option(
    whole(0),
    "A chat that gives the gateway's own words back so many times in a row is paused: for a minute, then for ten, and the third time within a day until `imsg-gateway chats resume`; 0 for never.",
    3
  )
}

/** What one person, and one chat, may cost in a day. */
export const budgetKeys = {
  turns: option(
    whole(0),
    "How many turns a person may have within 24 hours; 0 for any number. `budget: false` is no limit at all.",
    500
  ),
  parts: option(
    whole(0),
    "How many messages the agents may send to a chat within 24 hours; 0 for any number.",
    2000
  )
}

/** A sign of life in a turn that takes long. */
export const interimKeys = {
  afterMs: option(timerMs(1), "How long a turn may take before it is given, in ms.", 30_000),
  text: option(Text, "What it says.", "One moment, I am still working on this.")
}

/** What people hear of the gateway itself. */
export const noticeKeys = {
  commands: option(
    Schema.Boolean,
    "Whether `/stop`, `/new`, `/status`, `/help`, and those of `owners`, are commands in chats.",
    true
  ),
  interim: option(
    Schema.Union(Schema.Struct(interimKeys).annotations({ identifier: "Interim" }), Schema.Literal(false)),
    "A sign of life in a turn that takes long, once, in direct chats only; `false` for none."
  ),
  failureNotice: option(
    Schema.Union(Text, Schema.Literal(false)).annotations({ [ExpectedId]: "a non-empty string, or false" }),
    "What a person hears when their turn has failed for good; `false` for nothing.",
    "Sorry, something went wrong here and I cannot answer that. Please try again later."
  )
}

/** The section `messages`. */
export const MessagesSection = Schema.Struct(
  {
    responsePrefix: option(
      Schema.String,
      "A text put before the first message of every reply, with a space between unless it ends with white space. `{agent}`, `{account}` and `{model}` stand for their names where they are known. `auto` is the agent's name in brackets."
    ),
    groupChat: option(GroupChat, "How agents without a `groupChat` of their own are mentioned."),
    inbound: option(
      Schema.Struct(inboundKeys, foreign).annotations({ identifier: "Inbound" }),
      "How incoming messages are gathered."
    ),
    ...noticeKeys,
    ack,
    loopGuard: section("LoopGuard", "The brake on conversations that feed themselves.", loopGuardKeys),
    budget: option(
      Schema.Union(Schema.Struct(budgetKeys).annotations({ identifier: "Budget" }), Schema.Literal(false)),
      "What one person, and one chat, may cost in a day. What comes over it is not answered, and the owner is told."
    )
  },
  foreign
).annotations({ identifier: "Messages" })
export type MessagesSection = typeof MessagesSection.Type
