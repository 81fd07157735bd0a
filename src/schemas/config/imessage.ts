/** The section `imessage` of the config file: the options of an account, and the accounts. */
import { Schema } from "effect"
import { MAX_PART } from "../bounds.ts"
import { RunsOn } from "./cluster.ts"
import { Group, GroupKey } from "./groups.ts"
import { Catchup, ChunkMode, otherAccountKeys, Streaming } from "./otherGateways.ts"
import { pairing } from "./pairing.ts"
import { section, settle } from "./section.ts"
import { supervision } from "./supervision.ts"
import {
  Id,
  MessageServices,
  OtherKeysId,
  option,
  Positive,
  Region,
  Root,
  SshDestination,
  Text,
  TextOrNumber,
  timerMs,
  VariableName,
  Variables,
  whole
} from "./values.ts"

const catchUp = section("CatchUp", "What is done with messages that arrived while the gateway was down.", {
  maxAgeMs: option(
    whole(0),
    "Messages that arrived while the gateway was down and are older than so many ms are not answered.",
    7_200_000
  ),
  maxRows: option(
    whole(0),
    "At most so many missed messages are answered, the newest, and of each chat its share; what nobody would answer does not count. 0 for none.",
    500
  )
})

const inbox = section("Inbox", "How new messages are noticed, and what they wait for.", {
  pollMs: option(
    timerMs(1),
    "How often the database is asked for new messages where its files cannot be watched, in ms; where they can, it is asked when they change, and ten times less often besides.",
    1000
  ),
  ripenMs: option(
    timerMs(0),
    "How long a message may wait for what Messages writes after it, its chat and its files, in ms. Then it is taken as it is.",
    10_000
  )
})

const delivery = section("Delivery", "How replies are sent.", {
  settleMs: option(
    timerMs(0),
    "How long to wait before the database is asked whether a send with an unknown end took place, in ms.",
    10_000
  ),
  ttlMs: option(whole(1), "A reply that could not be sent within so many ms is given up.", 86_400_000)
})

/** A code has eight characters, and a mark on either side: one that is cut can be read by nobody, nor veiled for others. */
const MIN_CHUNK = 10

/** Whose quoted words an agent is shown. */
export const ContextVisibility = Schema.Literal("allowlist", "all", "allowlist_quote")

/** Who may trigger an agent in groups. */
export const GroupPolicy = Schema.Literal("open", "allowlist", "disabled")

/** The keys of an account, each with what it takes, what is said of it, and what holds where nobody says it. */
export const accountKeys = {
  name: option(Text, "A name for people, in status and logs."),
  enabled: option(
    Schema.Boolean,
    "Whether the account is started. `false` at the top of `imessage` stops all accounts.",
    true
  ),
  cliPath: option(
    Text,
    "The program `imsg`, or a wrapper that passes stdin and stdout on to it. `~` is the home folder. A text with spaces that is no file is a command line, such as `ssh -T mac-mini imsg`; a word with spaces needs quotes, and nothing else that a shell does is done.",
    "imsg"
  ),
  dbPath: option(
    Text,
    "The database of Messages, given to `imsg` as `--db`. `~` is the home folder. Else `imsg` takes its own default."
  ),
  env: option(
    Variables,
    "Variables of the environment of `imsg` (of its wrapper, or of `ssh`), beside the few that every program gets and `SSH_AUTH_SOCK`.",
    {}
  ),
  passEnv: option(
    Schema.Array(VariableName),
    "The names of variables that `imsg` gets from the gateway's own environment; `AWS_*` is all that begin so. Those of `env` win.",
    []
  ),
  service: option(
    Schema.Literal("imessage", "sms", "auto"),
    "The service that messages to a bare handle are sent by.",
    "auto"
  ),
  services: option(
    MessageServices,
    'The services whose messages are answered. `["imessage"]` leaves out SMS, whose sender can be forged, and RCS, which counts as SMS; what came by an unknown service is then left out too.',
    ["imessage", "sms"]
  ),
  region: option(Region, "The country that phone numbers without a country code belong to.", "US"),
  dmPolicy: option(
    Schema.Literal("pairing", "allowlist", "open", "disabled"),
    'Who may write directly: `pairing` gives strangers a code to be approved, `allowlist` ignores them, `open` admits everyone and needs `"*"` in `allowFrom`, `disabled` ignores all direct messages.',
    "pairing"
  ),
  allowFrom: option(
    Schema.Array(TextOrNumber),
    'Who may always write directly: phone numbers and email addresses in any usual spelling, with or without `imessage:`, `sms:` or `auto:`; chats as `chat_id:…`, `chat_guid:…` or `chat_identifier:…`; or `"*"` for everyone.',
    []
  ),
  groupPolicy: option(
    GroupPolicy,
    "Who may trigger an agent in groups: every member, those of `groupAllowFrom`, or nobody.",
    "open"
  ),
  groupAllowFrom: option(
    Schema.Array(TextOrNumber),
    "The members who may trigger an agent in groups when `groupPolicy` is `allowlist`. Entries as in `allowFrom`."
  ),
  historyLimit: option(
    whole(0),
    "How many group messages since its last reply an agent is shown; 0 for none.",
    50
  ),
  groups: option(
    Schema.Record({ key: GroupKey, value: Group }),
    'Settings by group: its chat_id, `chat_guid:…` or `chat_identifier:…`; the guid or identifier of a group may stand without the prefix. `"*"` holds those for all groups. A thread that is named here is treated as a group even where Messages says otherwise. A group that goes on as another chat with the same identifier keeps its settings.',
    {}
  ),
  includeAttachments: option(Schema.Boolean, "Whether agents are shown the files that people send.", false),
  mediaMaxMb: option(Positive, "The largest file that is taken in or sent, in MB.", 16),
  textChunkLimit: option(
    whole(MIN_CHUNK, MAX_PART),
    "The longest text sent in one message, in characters.",
    4000
  ),
  chunkMode: option(
    ChunkMode,
    "How a long text is split: by `length` only, or at blank lines first (`newline`).",
    "length"
  ),
  streaming: option(Streaming, "Where a config of OpenClaw has `chunkMode`."),
  responsePrefix: option(
    Schema.String,
    "Takes the place of `messages.responsePrefix` for this account; empty for no prefix."
  ),
  reactionNotifications: option(
    Schema.Literal("off", "own", "all"),
    "Which reactions of people who are let in an agent hears of, tapbacks and votes in polls: those to what the gateway said (`own`), those to any message of the chat that the gateway or somebody who is let in wrote (`all`), or none (`off`). What it hears of them is `agents.list[].onReaction`.",
    "own"
  ),
  typing: option(
    Schema.Boolean,
    "Whether people see that somebody writes while their turn runs, where the private bridge of `imsg` is there. The sign of life of `messages.interim` is not given then.",
    true
  ),
  sendReadReceipts: option(
    Schema.Boolean,
    "Whether a chat is marked as read once a message of it was accepted, where the private bridge of `imsg` is there.",
    true
  ),
  contextVisibility: option(
    ContextVisibility,
    "Whose words an agent is shown where a message quotes them: with `allowlist` only those of people who are let in, with `all` (or `allowlist_quote`) everybody's.",
    "allowlist"
  ),
  remoteHost: option(
    SshDestination,
    "The Mac that `cliPath` reaches over SSH, as `user@host`, where it cannot be read from `cliPath` or the wrapper; files are copied from it and to it."
  ),
  attachmentRoots: option(
    Schema.Array(Root),
    "The folders that inbound files may lie in; others are left out. `*` stands for the whole name of a folder, as in `/Users/*/Library/Messages/Attachments`. Over SSH they are folders of the Mac, and `~` is the home folder there.",
    ["~/Library/Messages/Attachments"]
  ),
  remoteAttachmentRoots: option(
    Schema.Array(Root),
    "The same for a Mac over SSH, where that is to differ. Else `attachmentRoots`."
  ),
  runsOn: option(
    RunsOn,
    "In a `cluster` the hosts that may run the account, by their names, the preferred one first; one that is not reached over SSH needs its Mac's. An account that is reached over SSH runs on any host where nothing is said."
  ),
  supervision,
  catchUp,
  catchup: option(Catchup, "The same as a config of OpenClaw says it. What `catchUp` says counts more."),
  inbox,
  delivery,
  pairing
}

/** What holds for an account where neither it nor `imessage` says anything. */
export const accountDefaults = settle(accountKeys, [])

/** The options that may stand in `imessage` and in an account. */
export const AccountOptions = Schema.Struct(accountKeys).annotations({
  identifier: "Account",
  [OtherKeysId]: otherAccountKeys
})
export type AccountOptions = typeof AccountOptions.Type

/** The section `imessage`. */
export const ImessageSection = Schema.Struct({
  ...accountKeys,
  defaultAccount: option(
    Id,
    "The account of commands such as `send` that name none. Else the only one that is enabled."
  ),
  accounts: option(
    Schema.Record({ key: Id, value: AccountOptions }),
    "Accounts by their id, each with options of its own. Without it the options of `imessage` are the account `default`; with it they are only the defaults of the accounts named here."
  )
}).annotations({ identifier: "Imessage", [OtherKeysId]: otherAccountKeys })
export type ImessageSection = typeof ImessageSection.Type
