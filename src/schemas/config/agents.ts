/** The sections `agents`, `bindings` and `messages` of the config file, which other gateways share. */
import { Predicate, Schema } from "effect"
import type { AgentConfig, GatewayConfig } from "./resolved.ts"
import {
  ExpectedId,
  Folder,
  foreign,
  Id,
  MentionPattern,
  OtherKeysId,
  type OtherValues,
  OtherValuesId,
  option,
  otherKeys,
  Root,
  required,
  Text,
  TextOrNumber,
  timerMs,
  VariableName,
  Variables,
  whole
} from "./values.ts"

/** What holds where `agents` and `messages` say nothing. */
export const agentsDefaults = {
  maxConcurrent: 4,
  channel: "imessage",
  runtime: { type: "echo" },
  command: { format: "text", timeoutMs: 600_000, env: {}, passEnv: [] },
  mediaRoots: [],
  mediaHosts: [],
  maxParts: 30
} as const satisfies { readonly runtime: AgentConfig["runtime"]; readonly [key: string]: unknown }

/** What holds where `messages` says nothing. */
export const messagesDefaults = {
  inbound: { debounceMs: 0 },
  loopGuard: { maxPerMinute: 30, mirrors: 3 },
  budget: { turns: 500, parts: 2000 }
} as const satisfies GatewayConfig["messages"]

const GroupChat = Schema.Struct(
  {
    mentionPatterns: option(
      Schema.Array(MentionPattern),
      "Regular expressions (RE2: no look-around, no back-references), matched in any case; a group message that matches one mentions the agent. Without any, the agent's `name` as a whole word does, with or without `@`; without a name only `@` and its `id`. A reply to what the gateway said counts as a mention, unless the list is empty."
    )
  },
  foreign
).annotations({ identifier: "GroupChat" })

/** Answers `echo: <text>`. */
const EchoRuntime = Schema.Struct({
  type: required(Schema.Literal("echo"), "Answers `echo: <text>`, to try the gateway out.")
}).annotations({ identifier: "EchoRuntime" })

/** Runs a program for each turn. */
const CommandRuntime = Schema.Struct({
  type: required(Schema.Literal("command"), "Runs a program for each turn."),
  command: required(Schema.NonEmptyArray(Text), "The program and its arguments."),
  format: option(
    Schema.Literal("text", "json"),
    "What the program reads and writes: the prompt and the reply as `text`, or the turn and the replies as `json`.",
    agentsDefaults.command.format
  ),
  timeoutMs: option(
    timerMs(1),
    "How long a turn may take, in ms; then the program is ended.",
    agentsDefaults.command.timeoutMs
  ),
  cwd: option(Folder, "The folder that the program runs in. Else that of the gateway."),
  env: option(
    Variables,
    "Variables of the program's environment, beside the few that every program gets.",
    agentsDefaults.command.env
  ),
  passEnv: option(
    Schema.Array(VariableName),
    "The names of variables that the program gets from the gateway's own environment; `AWS_*` is all that begin so. Those of `env` win.",
    agentsDefaults.command.passEnv
  )
}).annotations({ identifier: "CommandRuntime" })

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

/** What OpenClaw runs an agent by: nothing that this gateway could. */
const isOtherRuntime: OtherValues = (runtime) =>
  Predicate.isReadonlyRecord(runtime) &&
  (runtime.type === "embedded" || (runtime.type === "acp" && Predicate.isReadonlyRecord(runtime.acp)))

/** An agent without its id. */
const agentFields = {
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
  runtime: option(
    Schema.Union(EchoRuntime, CommandRuntime).annotations({ [OtherValuesId]: isOtherRuntime }),
    "What answers the agent's turns. An agent without one echoes, with a warning.",
    agentsDefaults.runtime
  ),
  mediaRoots: option(
    Schema.Array(Root),
    "The folders that files in the agent's replies may lie in; others are not sent. `*` stands for the whole name of a folder.",
    agentsDefaults.mediaRoots
  ),
  mediaHosts: option(
    Schema.Array(Text),
    "The hosts on a private network that files in the agent's replies may be fetched from: `host`, `host:port` or `*.domain`. Public hosts need not be named.",
    agentsDefaults.mediaHosts
  ),
  maxParts: option(
    whole(1),
    "How many messages one turn of the agent may send: the chunks of its texts, and its files. What is more is left out, and `… (cut)` stands in its place.",
    agentsDefaults.maxParts
  )
}

const Agent = Schema.Struct(
  { id: required(Id, "The id of the agent, a part of its session keys."), ...agentFields },
  foreign
).annotations({ identifier: "Agent", [OtherKeysId]: otherModelKeys })

const AgentEntry = Schema.Struct(agentFields, foreign).annotations({
  identifier: "AgentEntry",
  [OtherKeysId]: otherModelKeys
})

/** The section `agents`. */
export const AgentsSection = Schema.Struct(
  {
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
    maxConcurrent: option(
      whole(1),
      "How many turns run at once, over all agents.",
      agentsDefaults.maxConcurrent
    )
  },
  foreign
).annotations({ identifier: "Agents" })
export type AgentsSection = typeof AgentsSection.Type

/** One entry of `bindings` that is for this channel. */
export const Binding = Schema.Struct(
  {
    agentId: required(Id, "The `id` of the agent that answers what matches."),
    match: required(
      Schema.Struct(
        {
          channel: option(
            Schema.Literal("imessage"),
            "Bindings of other channels are skipped.",
            agentsDefaults.channel
          ),
          accountId: option(Text, 'The account that the message came in by. Absent or `"*"` for every one.'),
          peer: option(
            Schema.Struct({
              kind: required(
                Schema.Literal("direct", "dm", "group"),
                "Whether `id` is a person or a group. `dm` is the older word for `direct`."
              ),
              id: required(
                TextOrNumber,
                "For a person, a phone number or an email in any usual spelling, or the chat with them; for a group, its chat. Chats are written `chat_id:42`, `chat_guid:…` or `chat_identifier:…`; for a group only `42` is enough."
              )
            }).annotations({ identifier: "Peer" }),
            "The person or group that the message came from. Absent for everyone."
          )
        },
        foreign
      ).annotations({ identifier: "Match" }),
      "What the binding is for. The most specific match wins, then the default agent."
    )
  },
  foreign
).annotations({ identifier: "Binding" })
export type Binding = typeof Binding.Type

/** The section `messages`. */
export const MessagesSection = Schema.Struct(
  {
    responsePrefix: option(
      Schema.String,
      "A text put before the first message of every reply, with a space between unless it ends with white space. `{agent}`, `{account}` and `{model}` stand for their names where they are known. `auto` is the agent's name in brackets."
    ),
    groupChat: option(GroupChat, "How agents without a `groupChat` of their own are mentioned."),
    inbound: option(
      Schema.Struct(
        {
          debounceMs: option(
            timerMs(0),
            "How long to wait for more from the same conversation before its agent is asked, in ms; 0 for not at all.",
            messagesDefaults.inbound.debounceMs
          )
        },
        foreign
      ).annotations({ identifier: "Inbound" }),
      "How incoming messages are gathered."
    ),
    loopGuard: option(
      Schema.Struct({
        maxPerMinute: option(
          whole(0),
          "A chat with more turns a minute is paused, so that two machines do not talk for ever; 0 for no limit.",
          messagesDefaults.loopGuard.maxPerMinute
        ),
        mirrors: option(
          whole(0),
          "A chat that gives the gateway's own words back so many times in a row is paused: for a minute, then for ten, and the third time within a day until `imsg-gateway chats resume`; 0 for never.",
          messagesDefaults.loopGuard.mirrors
        )
      }).annotations({ identifier: "LoopGuard" }),
      "The brake on conversations that feed themselves."
    ),
    budget: option(
      Schema.Union(
        Schema.Struct({
          turns: option(
            whole(0),
            "How many turns a person may have within 24 hours; 0 for any number. `budget: false` is no limit at all.",
            messagesDefaults.budget.turns
          ),
          parts: option(
            whole(0),
            "How many messages the agents may send to a chat within 24 hours; 0 for any number.",
            messagesDefaults.budget.parts
          )
        }).annotations({ identifier: "Budget" }),
        Schema.Literal(false)
      ),
      "What one person, and one chat, may cost in a day. What comes over it is not answered, and the owner is told."
    )
  },
  foreign
).annotations({ identifier: "Messages" })
export type MessagesSection = typeof MessagesSection.Type
