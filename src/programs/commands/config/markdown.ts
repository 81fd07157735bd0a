/** The page `docs/configuration.md`, made of the schema of the config file. */
import { ConfigFile } from "../../../schemas/Config.ts"
import { otherGroupKeys } from "../../../schemas/config/groups.ts"
import { accountKeys } from "../../../schemas/config/imessage.ts"
import { otherAccountKeys, otherCatchupKeys } from "../../../schemas/config/otherGateways.ts"
import { sectionsIn } from "../../../schemas/config/section.ts"
import type { OtherKeys } from "../../../schemas/config/values.ts"
import { tables } from "./tables.ts"

/** A config that uses the common keys; it is valid, and gives no warning. */
const example = `{
  imessage: {
    cliPath: "/opt/homebrew/bin/imsg",
    allowFrom: ["+15555550123", "friend@example.com"],
    includeAttachments: true,
    groupPolicy: "allowlist",
    groupAllowFrom: ["+15555550123"],
    groups: {
      "*": { historyLimit: 20 },
      "42": { requireMention: false, agentId: "family" },
    },
  },
  agents: {
    list: [
      {
        id: "main",
        name: "Ada",
        default: true,
        runtime: { type: "command", command: ["/usr/local/bin/answer", "--short"], timeoutMs: 120000 },
      },
      { id: "family", runtime: { type: "command", command: ["/usr/local/bin/answer"], format: "json" } },
    ],
  },
  bindings: [{ agentId: "family", match: { peer: { kind: "direct", id: "+15555550199" } } }],
  messages: { inbound: { debounceMs: 1500 } },
}
`

const keys = (others: OtherKeys): string => [...others.keys()].map((key) => `\`${key}\``).join(", ")

/** The keys of an account that have keys of their own. */
const sections = sectionsIn(accountKeys).map((path) => `\`${path}\``)

const accounts = `{
  imessage: {
    historyLimit: 20,
    accounts: {
      home: { name: "Home" },
      bot: {
        name: "Bot",
        cliPath: "~/bin/imsg-bot",
        dbPath: "/Users/bot/Library/Messages/chat.db",
        dmPolicy: "allowlist",
        allowFrom: ["+15555550123"],
      },
    },
  },
}
`

const head = `# Configuration

<!-- Made of the schemas in src/schemas by \`npm run docs\`. Edit those, not this page. -->

The config is one JSON5 file: JSON with comments, trailing commas and unquoted keys. It is looked for at

1. \`--config FILE\`,
2. \`$IMSG_GATEWAY_CONFIG\`,
3. \`~/.imsg-gateway/config.json5\`.

\`imsg-gateway config schema\` prints a JSON Schema of it for editors. A file that cannot be used ends the command
with exit code 2 and one line for each problem, which names the file, the key and what was expected:

\`\`\`
config.json5: imessage.dmPolicy: expected one of: pairing, allowlist, open, disabled; got "pairng"
config.json5: imessage.alowFrom: unknown key; did you mean "allowFrom"?
\`\`\`

## An example

\`\`\`json5
${example}\`\`\`

\`{}\` is a valid config too: one account \`default\` that runs \`imsg\` from the \`PATH\`, hands out pairing codes to
strangers, and one agent \`main\` that echoes what it is told.

## Several accounts

Without \`imessage.accounts\` the options of \`imessage\` are those of the one account \`default\`. With it they are only
the defaults of the accounts that it names; \`default\` does not exist then unless it is one of them.

\`\`\`json5
${accounts}\`\`\`

- An option of an account wins over the same option of \`imessage\`. Every option but \`accounts\` may stand in both.
- ${sections.slice(0, -1).join(", ")} and ${sections.at(-1)} are merged key by key.
- \`env\` is merged by name, and \`groups\` group by group; an entry of the account replaces the whole entry of \`imessage\`.
- Lists are replaced, not joined.
- \`imessage.enabled: false\` disables every account. Two enabled accounts must not share both \`cliPath\` and \`dbPath\`.
  An account without \`dbPath\` has \`~/Library/Messages/chat.db\`.

## What stands in strings

- \`\${NAME}\` is taken from the environment; where the variable is not set, the config is refused. \`$\${NAME}\` is the
  text \`\${NAME}\` itself. This holds for values, not for keys, and not in sections that are not read.
- \`~\` at the start of \`stateDir\`, \`cliPath\`, \`dbPath\`, \`attachmentRoots\`, \`mediaRoots\` and \`cwd\` is the home folder.
- \`*\` in \`attachmentRoots\`, \`remoteAttachmentRoots\` and \`mediaRoots\` stands for the whole name of one folder, never for
  part of one or for several. It is compared with where a file really lies: links are followed in the path of the file
  and in the part of the root before the first \`*\`, so a link below a \`*\` leads nowhere. Other patterns are refused;
  brackets are plain characters.
- Entries of \`allowFrom\` and \`groupAllowFrom\` may be whole numbers; they are read as text. A phone number is better
  written as text, because a number loses its \`+\`.

## People and chats

| written | names |
| --- | --- |
| \`chat_id:42\` (or \`chatid:\`, \`chat:\`) | the chat with this number, as \`imsg chats\` lists it; the surest name |
| \`chat_guid:…\` (or \`chatguid:\`, \`guid:\`) | the chat with this guid |
| \`chat_identifier:…\` (or \`chatidentifier:\`, \`chatident:\`) | the chat with this identifier |
| \`+15555550123\`, \`(555) 555-0123\` | a person by phone number; without a country code it is read by \`region\` |
| \`friend@example.com\` | a person by email, in any case |
| \`imessage:…\`, \`sms:…\`, \`auto:…\` | the same person by that service; what a company writes as is written so: \`sms:26266\`, in lists also \`sms:MyBank\` |

Prefixes may be in any case. These forms stand in \`allowFrom\`, \`groupAllowFrom\`, \`bindings[].match.peer.id\` and
wherever a message is sent to somebody.

- In \`allowFrom\` and \`groupAllowFrom\` \`imessage:…\` is somebody by iMessage only and \`sms:…\` by SMS (or RCS) only; without
  one, by every service. \`"*"\` is everyone. A short code of up to six digits may stand there without \`sms:\`. An entry that
  can name nobody (\`++1…\`, \`Sam\`, \`sam@\`, \`chat_id:family\`, one of a service that is not in \`services\`) is refused.
- \`bindings[].match.peer.id\` may be a person or a chat for \`kind: "direct"\`, and a chat for \`kind: "group"\`, where only
  digits are its chat_id. Anything else is refused. A person after \`imessage:\` or \`sms:\` is bound by that service only.
- Handles in \`people\` stand without a service.
- The binding that says most wins: a peer with an account, then a peer, then an account, then the rest; of equal ones
  the first in the file. A group's own \`agentId\` stands above them all.

## A file shared with another gateway

A config of Clawdbot, or of OpenClaw, its heir (2026.9), can be used as it is:

- \`channels.imessage\` is read as \`imessage\`; a file with both is refused.
- Keys that are unknown at the top level, in \`channels\`, \`agents\`, \`agents.list[]\`, \`messages\`, \`session\` and
  \`bindings[]\`, and in what these hold, are ignored. One warning at start names them all. What is near to a known key there (\`agnets\`,
  \`responsPrefix\`) is taken for a misspelling and refused.
- Everywhere else, in \`imessage\` above all, an unknown key is refused. Keys of theirs that mean nothing here are ignored
  there too, with the same warning:
  - in \`imessage\` and its accounts: ${keys(otherAccountKeys)};
  - in \`catchup\`: ${keys(otherCatchupKeys)};
  - in \`groups\`: ${keys(otherGroupKeys)}.

  A key that changes who is answered, or who sees what, is never ignored: it is read, or refused. So \`enabled: false\`, an
  \`allowFrom\` without \`"*"\` and \`requireMentionInBotThreads: true\` are refused in \`groups\`, and so are entries such as
  \`accessGroup:family\` in lists: write the handles themselves.
- What OpenClaw says in its own way is read: \`agents.entries\`, \`streaming.chunkMode\`, \`catchup\`, \`defaultAccount\`,
  \`contextVisibility\`, \`reactionNotifications\`, \`remoteAttachmentRoots\`, and \`responsePrefix\` and
  \`sendReadReceipts\` of an account.
- An agent's \`runtime\` of OpenClaw (\`embedded\`, or \`acp\` with an \`acp\` object) is ignored: such an agent echoes, with a
  warning, until it has a runtime of this gateway.
- Two defaults differ. Groups are \`open\` here where nothing is said, and \`allowlist\` in OpenClaw: set \`groupPolicy\`. And
  quotations of people who are not let in are left out here where nothing is said.
- Bindings whose \`match.channel\` (in older files \`match.provider\`) is not \`imessage\` are skipped.
- \`agent\`, \`routing\` and the other sections of older files are ignored.
- Of \`session\` only \`dmScope\` is read. What else decides there who is answered, or who shares a session, is refused
  rather than passed over: a \`scope\` other than \`per-sender\`, \`identityLinks\` of this channel (write them as
  \`people\`), a \`sendPolicy\` that denies messages of this channel.
- The model of an agent is read only for \`{model}\` in \`messages.responsePrefix\`.
- The name in an agent's \`identity\` is its name where it has no \`name\`.

## Warnings

The gateway starts, and says so, when no agent is configured, when an agent has no \`runtime\` (both echo), when a
binding names an account that does not exist, when more than one person may write directly and \`session.dmScope\` is
not set, so that they share a session, and where more people are let in than it seems:

- groups that are open, with \`requireMention: false\` for all of them: every member of every group can trigger an agent;
- groups that are open, whichever they are, while \`dmPolicy\` is \`allowlist\` or \`disabled\`: a stranger makes a group,
  mentions the agent, and is answered;
- \`groupPolicy: "allowlist"\` whose list (\`groupAllowFrom\`, or where that is not set \`allowFrom\`) has \`"*"\`: groups are as
  open as with \`groupPolicy: "open"\`, although it looks otherwise;
- \`"*"\` in \`allowFrom\` while \`dmPolicy\` is \`pairing\` or \`allowlist\`: everyone may write directly.

A secret that stands in the file itself, and not as \`\${NAME}\`, while other users of the machine can read the file, is a
warning too: the page's token, and what \`env\` of \`imessage\` or of an agent's runtime gives a variable whose name says that
it is one (\`…KEY\`, \`…TOKEN\`, \`…SECRET\`, \`…PASSWORD\`, …). \`imsg-gateway doctor\` shows all of them.

It does not start when \`dmPolicy: "open"\` stands without \`"*"\` in \`allowFrom\`, when a binding or a group names an
agent that does not exist, when an entry of an allow list names nobody, when the peer of a binding is neither a person
nor a chat, when two agents have the same \`id\` or are both the default, when two keys of \`groups\` name one group, or
when a handle in \`people\` is none or belongs to two.

## Every key

A key without a default is not set unless the file sets it. Times are in milliseconds.

`

/** Keys whose objects are described under `imessage`. */
const described = new Set(["channels", "channels.imessage", "imessage.accounts"])

/** The text of \`docs/configuration.md\`. */
export const markdown = (): string => `${head}${tables(ConfigFile.ast, described)}\n`
