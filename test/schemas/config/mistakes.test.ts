// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what is tested
import { describe, expect, it } from "@effect/vitest"
import { Either } from "effect"
import { decoded, problems } from "./decoding.ts"

const STRONG =
  "a secret of at least 32 characters, 8 of them different, or none: `imsg-gateway tokens create` makes one that need not stand here"

describe("a config with mistakes", () => {
  it.each<[mistake: string, text: string, problem: string]>([
    ["no JSON5", "{ imessage: ", ": is not valid JSON5: invalid end of input at line 1, column 13"],
    [
      "a missing comma",
      "{\n  a: 1\n  b: 2 }",
      ": is not valid JSON5: invalid character 'b' at line 3, column 3"
    ],
    ["nothing at all", "", ": is not valid JSON5: invalid end of input at line 1, column 1"],
    ["a list", "[]", ": expected an object; got a list"],
    ["null", "null", ": expected an object; got null"],
    [
      "a misspelt value",
      '{ imessage: { dmPolicy: "pairng" } }',
      'imessage.dmPolicy: expected one of: pairing, allowlist, open, disabled; got "pairng"'
    ],
    [
      "a misspelt key",
      "{ imessage: { alowFrom: [] } }",
      'imessage.alowFrom: unknown key; did you mean "allowFrom"?'
    ],
    [
      "a key in the wrong case",
      "{ imessage: { DMPOLICY: 1 } }",
      'imessage.DMPOLICY: unknown key; did you mean "dmPolicy"?'
    ],
    [
      "an unknown key",
      "{ retention: { forever: true } }",
      "retention.forever: unknown key; the keys here are: days"
    ],
    [
      "a misspelt key of a group",
      '{ imessage: { groups: { "42": { requireMentions: true } } } }',
      'imessage.groups.42.requireMentions: unknown key; did you mean "requireMention"?'
    ],
    [
      "a misspelt key of an account",
      "{ imessage: { accounts: { bot: { cliPth: '' } } } }",
      'imessage.accounts.bot.cliPth: unknown key; did you mean "cliPath"?'
    ],
    [
      "a host that ssh would take for an option",
      '{ imessage: { remoteHost: "-oProxyCommand=x" } }',
      'imessage.remoteHost: expected a host, or user@host; got "-oProxyCommand=x"'
    ],
    ["a misspelt section", "{ agnets: {} }", 'agnets: unknown key; did you mean "agents"?'],
    [
      "a misspelt key of a shared section",
      '{ messages: { responsPrefix: "" } }',
      'messages.responsPrefix: unknown key; did you mean "responsePrefix"?'
    ],
    [
      "a misspelt channel",
      "{ channels: { iMesage: {} } }",
      'channels.iMesage: unknown key; did you mean "imessage"?'
    ],
    [
      "a name for a chat",
      "{ imessage: { groups: { family: {} } } }",
      'imessage.groups.family: expected a chat_id (digits), chat_guid:… or chat_identifier:…, the guid or identifier of a group as Messages writes it (iMessage;+;chat42, chat42), or "*" as the key; got "family"'
    ],
    [
      "a chat_id with a zero before it, which no chat has",
      '{ imessage: { groups: { "042": {} } } }',
      'imessage.groups.042: expected a chat_id (digits), chat_guid:… or chat_identifier:…, the guid or identifier of a group as Messages writes it (iMessage;+;chat42, chat42), or "*" as the key; got "042"'
    ],
    [
      "a pattern that takes seconds",
      '{ messages: { groupChat: { mentionPatterns: ["(a{0,30}){0,40}"] } } }',
      'messages.groupChat.mentionPatterns[0]: expected a regular expression of RE2 (no look-around, no back-references, no huge repetitions such as (a{0,30}){0,30}); got "(a{0,30}){0,40}"'
    ],
    [
      "a text for a number",
      '{ imessage: { historyLimit: "50" } }',
      'imessage.historyLimit: expected a whole number of at least 0; got "50"'
    ],
    [
      "a negative time",
      "{ imessage: { supervision: { backoff: { baseMs: -1 } } } }",
      "imessage.supervision.backoff.baseMs: expected a whole number from 1 to 2147483647; got -1"
    ],
    [
      "a time that no timer can wait",
      "{ shutdownMs: Infinity }",
      "shutdownMs: expected a whole number from 0 to 2147483647; got Infinity"
    ],
    [
      "no room for text",
      "{ imessage: { textChunkLimit: 9 } }",
      "imessage.textChunkLimit: expected a whole number from 10 to 65000; got 9"
    ],
    [
      "more text than the rows of a part are read with",
      "{ imessage: { accounts: { home: { textChunkLimit: 65001 } } } }",
      "imessage.accounts.home.textChunkLimit: expected a whole number from 10 to 65000; got 65001"
    ],
    [
      "an empty text",
      '{ imessage: { cliPath: " " } }',
      'imessage.cliPath: expected a non-empty string; got " "'
    ],
    ["null for a section", "{ imessage: null }", "imessage: expected an object; got null"],
    [
      "a text for a switch",
      '{ imessage: { enabled: "no" } }',
      'imessage.enabled: expected true or false; got "no"'
    ],
    [
      "one handle for a list",
      '{ imessage: { allowFrom: "+15555550123" } }',
      'imessage.allowFrom: expected a list; got "+15555550123"'
    ],
    [
      "a relative folder",
      '{ stateDir: "state" }',
      'stateDir: expected an absolute path, or one that starts with ~/; got "state"'
    ],
    [
      "an agent without an id",
      '{ agents: { list: [{ runtime: { type: "echo" } }] } }',
      'agents.list[0].id: is missing; expected an id: a letter or digit, then up to 63 letters, digits, ".", "-" or "_"'
    ],
    [
      "an unknown runtime",
      '{ agents: { list: [{ id: "a", runtime: { type: "comand" } }] } }',
      'agents.list[0].runtime.type: expected one of: echo, command, openai, anthropic, cli, acp, webhook; got "comand"'
    ],
    [
      "a command line for a command",
      '{ agents: { list: [{ id: "a", runtime: { type: "command", command: "ls -l" } }] } }',
      'agents.list[0].runtime.command: expected a list; got "ls -l"'
    ],
    [
      "a key of another runtime",
      '{ agents: { list: [{ id: "a", runtime: { type: "echo", command: ["ls"] } }] } }',
      "agents.list[0].runtime.command: unknown key; the keys here are: type"
    ],
    [
      "a variable that is not set",
      '{ imessage: { name: "${NAME} of ${NOWHERE}" } }',
      "imessage.name: the environment variable NOWHERE is not set; set it, or write $${NOWHERE} for the text itself"
    ],
    [
      "a misspelt channel of a binding",
      '{ bindings: [{ agentId: "main", match: { channel: "iMessage" } }] }',
      'bindings[0].match.channel: expected "imessage"; got "iMessage"'
    ],
    [
      "two sections for Messages",
      "{ imessage: {}, channels: { imessage: {} } }",
      "channels.imessage: there is an imessage section at the top level too; keep one of the two"
    ],
    [
      "no account among the accounts",
      "{ imessage: { accounts: {} } }",
      "imessage.accounts: names no account; name one, or leave it out to have the account default"
    ],
    [
      "an open door without the word",
      '{ channels: { imessage: { dmPolicy: "open", allowFrom: ["+15555550123"] } } }',
      'channels.imessage.dmPolicy: "open" admits every stranger and needs "*" in allowFrom (account default); add it, or use pairing, allowlist or disabled'
    ],
    [
      "two accounts on one database",
      '{ imessage: { accounts: { a: {}, b: { cliPath: "imsg" } } } }',
      "imessage.accounts.b: has the cliPath and dbPath of account a, so every message would be answered twice; give it its own, or disable it"
    ],
    [
      "one id for two agents",
      '{ agents: { list: [{ id: "a" }, { id: "a" }] } }',
      'agents.list[1].id: "a" is also the id of agents.list[0]; every agent needs its own'
    ],
    [
      "two default agents",
      '{ agents: { list: [{ id: "a", default: true }, { id: "b", default: true }] } }',
      "agents.list[1].default: agents.list[0] is the default agent already; only one can be"
    ],
    [
      "a binding to nobody, after one of another channel",
      '{ bindings: [{ agentId: "x", match: { channel: "slack" } }, { agentId: "x", match: {} }] }',
      'bindings[1].agentId: there is no agent "x"; the agents are: main'
    ],
    [
      "a binding of a person who is nobody, after one of another channel",
      '{ bindings: [{ agentId: "x", match: { channel: "slack" } }, { agentId: "main", match: { peer: { kind: "direct", id: "42" } } }] }',
      'bindings[1].match.peer.id: expected a number that is a possible phone number in US (a chat is written chat_id:42); got "42"'
    ],
    [
      "a binding of a chat that has no number",
      '{ bindings: [{ agentId: "main", match: { peer: { kind: "direct", id: "chat_id:abc" } } }] }',
      'bindings[0].match.peer.id: expected a positive whole number after the colon, as in chat_id:42; got "chat_id:abc"'
    ],
    [
      "a binding of a group that is a person",
      '{ bindings: [{ agentId: "main", match: { peer: { kind: "group", id: "+15555550123" } } }] }',
      'bindings[0].match.peer.id: expected the chat of a group: chat_id:42 (or only 42), chat_guid:… or chat_identifier:…; got "+15555550123"'
    ],
    [
      "a binding of a person that is a group",
      '{ bindings: [{ agentId: "main", match: { peer: { kind: "direct", id: "chat_guid:iMessage;+;chat42" } } }] }',
      'bindings[0].match.peer.id: expected a person, for this chat is a group: kind "group"; got "chat_guid:iMessage;+;chat42"'
    ],
    [
      "a binding of somebody who is nobody",
      '{ bindings: [{ agentId: "main", match: { peer: { kind: "direct", id: "++15551230001" } } }] }',
      'bindings[0].match.peer.id: expected a phone number with its country code, such as +15555550123; got "++15551230001"'
    ],
    [
      "a binding of a group without a number",
      '{ bindings: [{ agentId: "main", match: { peer: { kind: "group", id: 0 } } }] }',
      'bindings[0].match.peer.id: expected a positive whole number after the colon, as in chat_id:42; got "0"'
    ],
    [
      "a binding that is a number in no account",
      '{ imessage: { accounts: { a: { region: "NO" }, b: { region: "DK", dbPath: "/b.db" } } }, bindings: [{ agentId: "main", match: { peer: { kind: "direct", id: "(555) 555-0123" } } }] }',
      'bindings[0].match.peer.id: expected a number that is a possible phone number in NO; got "(555) 555-0123"'
    ],
    [
      "a model that is no name",
      '{ agents: { list: [{ id: "main", model: ["some/model"] }] } }',
      "agents.list[0].model: expected a string, or an object with `primary`; got a list"
    ],
    [
      "a misspelt key of all agents",
      '{ agents: { defaults: { modle: "some/model" } } }',
      'agents.defaults.modle: unknown key; did you mean "model"?'
    ],
    [
      "a group that is switched off",
      '{ imessage: { groups: { "42": { enabled: false } } } }',
      'imessage.groups.42.enabled: groups cannot be switched off one by one here; name only those that are to be answered, without "*", or set groupPolicy to "disabled"'
    ],
    [
      "a group with senders of its own",
      '{ imessage: { accounts: { bot: { groups: { "*": { allowFrom: ["+15555550123"] } } } } } }',
      'imessage.accounts.bot.groups.*.allowFrom: the senders of one group cannot be chosen here; list them in groupAllowFrom, and set groupPolicy to "allowlist"'
    ],
    [
      "a key of other gateways where they have it not",
      "{ imessage: { catchUp: { markdown: {} } } }",
      "imessage.catchUp.markdown: unknown key; the keys here are: maxAgeMs, maxRows"
    ],
    [
      "a key of a group outside of groups",
      "{ imessage: { toolsBySender: {} } }",
      "imessage.toolsBySender: unknown key; the keys here are: name, enabled, cliPath, dbPath, env, passEnv, service, services, region, dmPolicy, allowFrom, groupPolicy, groupAllowFrom, historyLimit, groups, includeAttachments, mediaMaxMb, textChunkLimit, chunkMode, streaming, responsePrefix, reactionNotifications, typing, sendReadReceipts, contextVisibility, remoteHost, attachmentRoots, remoteAttachmentRoots, runsOn, supervision, catchUp, catchup, inbox, delivery, pairing, defaultAccount, accounts"
    ],
    [
      "a group for nobody",
      '{ imessage: { accounts: { bot: { groups: { "42": { agentId: "x" } } } } } }',
      'imessage.accounts.bot.groups.42.agentId: there is no agent "x"; the agents are: main'
    ],
    [
      "a value that is neither an object nor false",
      "{ messages: { budget: true } }",
      "messages.budget: expected an object, or false; got true"
    ],
    [
      "a value of an object in whose place false may stand",
      "{ messages: { budget: { turns: -1 } } }",
      "messages.budget.turns: expected a whole number of at least 0; got -1"
    ]
  ])("names %s", (_, text, problem) => {
    expect(problems(text)).toEqual([problem])
  })

  it("never shows a secret", () => {
    const text = '{ control: { http: { port: 8080, token: ["hush-hush", "${TOKEN}"] } } }'
    expect(problems(text)).toEqual([`control.http.token: expected ${STRONG}; got a list`])
    expect(problems("{ control: { http: { port: 8080, token: 12345678 } } }")).toEqual([
      `control.http.token: expected ${STRONG}; got a number`
    ])
  })

  it.each([
    ["", false],
    ["0123456789abcdef0123456789abcde", false],
    ["0123456789abcdef0123456789abcdef", true],
    ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false],
    ["abcdefgabcdefgabcdefgabcdefgabcdefg", false],
    ["passwordpasswordpasswordpassword", false],
    ["                                ", false],
    ["3f9c1d0e7b2a48653f9c1d0e7b2a4865", true]
  ])("refuses a token that can be guessed: %j", (token, isStrong) => {
    const found = problems(JSON.stringify({ control: { http: { port: 8080, token } } }))
    expect(found).toEqual(isStrong ? [] : [`control.http.token: expected ${STRONG}; got another string`])
    expect(problems("{ control: { http: { port: 8080, token: '${WEAK}' } } }", { WEAK: token })).toEqual(
      found
    )
  })

  it("reports every mistake of shape at once, a line each", () => {
    const invalid = Either.flip(
      decoded('{ imessage: { dmPolicy: "x", alowFrom: [], mediaMaxMb: "${NOWHERE}" }, shutdownMs: -1 }')
    )
    expect(Either.getOrThrow(invalid).message.split("\n")).toHaveLength(4)
  })

  it("reports every contradiction at once", () => {
    const text =
      '{ imessage: { dmPolicy: "open", groups: { "1": { agentId: "x" } } }, bindings: [{ agentId: "y", match: {} }] }'
    expect(problems(text)).toHaveLength(3)
  })
})
