// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} stands in files of other gateways too
import { describe, expect, it } from "@effect/vitest"
import { account, config, problems } from "./decoding.ts"

/** The keys that the one warning names. */
const named = (text: string): ReadonlyArray<string> => {
  const lead = "these keys are not known here and are ignored: "
  const [list = lead] = config(text).warnings.filter((warning) => warning.startsWith(lead))
  return list
    .slice(lead.length)
    .split(", ")
    .filter((key) => key !== "")
}

describe("a config of OpenClaw 2026.9", () => {
  const file = `{
    meta: { lastTouchedVersion: "2026.9.6", lastTouchedAt: "2026-09-20T08:00:00.000Z" },
    env: { vars: { EXAMPLE: "1" } },
    secrets: { providers: { vault: { source: "env" } } },
    auth: { profiles: { "anthropic:default": { provider: "anthropic", mode: "api_key" } } },
    accessGroups: { family: { type: "message.senders", members: { "*": ["+15555550123"] } } },
    agents: {
      ownership: "explicit",
      defaults: {
        workspace: "~/.openclaw/workspace", model: { primary: "anthropic/some-model", fallbacks: [] },
        models: {}, utilityModel: "other/small", thinkingDefault: "low", maxConcurrent: 4, sandbox: { mode: "off" },
        heartbeat: { every: "30m" }, contextPruning: { mode: "cache-ttl" }, systemAgent: { agentId: "main" },
      },
      entries: {
        main: {
          name: "Ada", workspace: "~/.openclaw/workspace", agentDir: "~/.openclaw/agents/main/agent",
          identity: { name: "Ada", theme: "calm", emoji: "🦥" }, groupChat: { mentionPatterns: ["@ada"] },
          tools: { profile: "coding" }, skills: ["notes"], tts: {}, params: {}, cwd: "/srv/ada",
          runtime: { type: "embedded" },
        },
        family: {
          model: "other/model", workspace: "~/family",
          runtime: { type: "acp", acp: { agent: "codex", backend: "acpx", mode: "persistent" } },
        },
      },
    },
    bindings: [
      { type: "route", agentId: "family", match: { channel: "imessage", accountId: "bot", peer: { kind: "group", id: "chat_id:42" } } },
      { type: "acp", agentId: "family", match: { channel: "imessage", peer: { kind: "direct", id: "+15555550124" } }, acp: { label: "family" } },
      { agentId: "elsewhere", match: { channel: "slack", teamId: "T1" } },
    ],
    messages: {
      responsePrefix: "auto", ackReaction: "👀", queue: { mode: "steer", cap: 20 }, inbound: { debounceMs: 0, byChannel: {} },
      groupChat: { mentionPatterns: ["@all"], visibleReplies: "automatic", unmentionedInbound: "user_request" }, tts: {},
    },
    channels: {
      defaults: { groupPolicy: "allowlist", contextVisibility: "all", implicitMentions: { replyToBot: true } },
      modelByChannel: { slack: {} },
      telegram: { enabled: true, botToken: "not-a-secret" },
      imessage: {
        enabled: true, cliPath: "imsg", dmPolicy: "allowlist", allowFrom: ["+15555550123", "imessage:friend@example.com"],
        groupAllowFrom: ["+15555550123", "chat_guid:iMessage;+;chat42"], defaultAccount: "bot",
        contextVisibility: "allowlist", historyLimit: 30, dmHistoryLimit: 10, dms: { "+15555550123": { historyLimit: 5 } },
        textChunkLimit: 3000, streaming: { chunkMode: "newline", block: { enabled: true, coalesce: { idleMs: 500 } } },
        heartbeatVisibility: { showOk: false }, healthMonitor: { enabled: true }, markdown: { tables: "bullets" },
        capabilities: ["polls"], configWrites: false, responsePrefix: "[{account}]", mediaMaxMb: 20,
        includeAttachments: true, attachmentRoots: ["/Users/*/Library/Messages/Attachments"],
        remoteAttachmentRoots: ["/Users/*/Library/Messages/Attachments", "/Volumes/relay"],
        service: "auto", sendTransport: "auto", region: "US", probeTimeoutMs: 5000, defaultTo: "chat_id:1",
        sendReadReceipts: true, reactionNotifications: "own",
        catchup: { enabled: true, maxAgeMinutes: 90, perRunLimit: 50, firstRunLookbackMinutes: 30, maxFailureRetries: 10 },
        actions: { reactions: true, edit: true, unsend: true, reply: true, polls: false },
        groups: {
          "*": { requireMention: true, systemPrompt: "Be brief.", tools: { deny: ["exec"] }, requireMentionInBotThreads: false },
          "42": { requireMention: false, systemPrompt: "", toolsBySender: { "+15555550123": { allow: ["*"] } } },
        },
        accounts: {
          home: { name: "Home" },
          bot: {
            name: "Bot", cliPath: "/usr/local/bin/imsg-bot", remoteHost: "bot@mac.example.com", responsePrefix: "",
            catchup: { enabled: false }, streaming: { chunkMode: "length" }, sendReadReceipts: false,
          },
        },
      },
    },
    session: { reset: { mode: "daily" }, threadBindings: { enabled: true } },
    gateway: { port: 18789, bind: "loopback", auth: { mode: "token", token: "\${NOWHERE}" } },
    plugins: { entries: { imessage: { enabled: true } } },
    tools: {}, skills: {}, hooks: {}, cron: {}, mcp: {}, talk: {}, ui: {}, browser: {}, commands: {}, approvals: {},
    logging: {}, memory: {}, update: {}, diagnostics: {}, models: {}, broadcast: {}, security: {}, cli: {}, wizard: {},
  }`

  it("starts as it is", () => {
    expect(problems(file)).toEqual([])
  })

  it("means what it says", () => {
    const { agents, defaultAccount, messages } = config(file)
    expect(defaultAccount).toBe("bot")
    expect(account(file, "home")).toMatchObject({
      dmPolicy: "allowlist",
      allowFrom: ["+15555550123", "imessage:friend@example.com"],
      groupPolicy: "allowlist",
      contextVisibility: "allowlist",
      chunkMode: "newline",
      responsePrefix: "[{account}]",
      catchUp: { maxAgeMs: 5_400_000, maxRows: 50 },
      attachmentRoots: ["/Users/*/Library/Messages/Attachments"],
      remoteAttachmentRoots: ["/Users/*/Library/Messages/Attachments", "/Volumes/relay"],
      groups: {
        "*": { requireMention: true, systemPrompt: "Be brief." },
        "42": { requireMention: false, systemPrompt: "" }
      }
    })
    expect(account(file, "bot")).toMatchObject({
      chunkMode: "length",
      responsePrefix: "",
      catchUp: { maxAgeMs: 5_400_000, maxRows: 0 },
      bindings: [
        { agentId: "family", peer: { kind: "group", target: { _tag: "ChatId", chatId: 42 } } },
        { agentId: "family", peer: { kind: "direct", target: { handle: "+15555550124" } } }
      ]
    })
    expect(agents.list).toMatchObject([
      { id: "main", name: "Ada", isDefault: true, mentionPatterns: ["@ada"], runtime: { type: "echo" } },
      { id: "family", isDefault: false, model: "other/model", mentionPatterns: ["@all"] }
    ])
    expect(messages).toMatchObject({ responsePrefix: "auto" })
  })

  it("keeps nothing of how it was written", () => {
    for (const one of config(file).accounts) {
      expect(Object.keys(one)).not.toEqual(expect.arrayContaining(["streaming"]))
      expect(Object.keys(one)).not.toEqual(expect.arrayContaining(["catchup"]))
    }
  })

  it("has one warning for all that is not read, and one for the agents that have nothing to answer with", () => {
    expect(config(file).warnings).toEqual([
      expect.stringMatching(/^these keys are not known here/),
      "these agents have no runtime and answer with an echo of what they are told: main, family"
    ])
    const keys = named(file)
    expect(new Set(keys).size).toBe(keys.length)
    expect(keys).toEqual(
      expect.arrayContaining([
        "accessGroups",
        "agents.ownership",
        "agents.entries.main.workspace",
        "agents.entries.main.runtime",
        "agents.entries.family.runtime",
        "bindings[].type",
        "channels.defaults.implicitMentions",
        "channels.imessage.streaming.block",
        "channels.imessage.catchup.firstRunLookbackMinutes",
        "channels.imessage.groups.*.requireMentionInBotThreads"
      ])
    )
  })
})

/** Every key of an account of OpenClaw 2026.9, with a value that it may have there. */
const KEYS: Readonly<Record<"read" | "named", Readonly<Record<string, string>>>> = {
  read: {
    sendReadReceipts: "true",
    name: '"Home"',
    enabled: "true",
    dmPolicy: '"pairing"',
    allowFrom: '["+15555550123"]',
    groupAllowFrom: '["chat_id:1"]',
    groupPolicy: '"allowlist"',
    contextVisibility: '"allowlist_quote"',
    historyLimit: "5",
    textChunkLimit: "100",
    streaming: '{ chunkMode: "newline" }',
    responsePrefix: '"x"',
    mediaMaxMb: "1",
    cliPath: '"imsg"',
    dbPath: '"/a/chat.db"',
    remoteHost: '"user@host"',
    service: '"sms"',
    region: '"GB"',
    includeAttachments: "true",
    attachmentRoots: '["/a"]',
    remoteAttachmentRoots: '["/b/*"]',
    catchup: "{ enabled: true, maxAgeMinutes: 5 }",
    groups: '{ "1": { requireMention: false, systemPrompt: "x" } }'
  },
  named: {
    capabilities: '["x"]',
    markdown: '{ tables: "off" }',
    configWrites: "true",
    defaultTo: '"chat_id:1"',
    dmHistoryLimit: "5",
    dms: "{}",
    heartbeatVisibility: "{}",
    healthMonitor: "{}",
    actions: "{}",
    sendTransport: '"bridge"',
    probeTimeoutMs: "5"
  }
}

describe("a key of an account of OpenClaw", () => {
  const places = (key: string, value: string) => [
    [`imessage.${key}`, `{ imessage: { ${key}: ${value} } }`],
    [`imessage.accounts.a.${key}`, `{ imessage: { accounts: { a: { ${key}: ${value} } } } }`]
  ]

  it.each(Object.entries(KEYS.read))("is read: %s", (key, value) => {
    for (const [, text = ""] of places(key, value)) {
      expect(problems(text)).toEqual([])
      expect(named(text)).toEqual([])
    }
  })

  it.each(Object.entries(KEYS.named))("is named once, and changes nothing: %s", (key, value) => {
    for (const [path, text = ""] of places(key, value)) {
      expect(problems(text)).toEqual([])
      expect(named(text)).toEqual([path])
      expect(config(text).accounts).toEqual(
        config(path?.includes("accounts") ? "{ imessage: { accounts: { a: {} } } }" : "{}").accounts
      )
    }
  })

  it.each<[mistake: string, text: string, problem: string]>([
    [
      "a group of senders",
      '{ channels: { imessage: { groupAllowFrom: ["accessGroup:family"] } } }',
      'channels.imessage.groupAllowFrom[0]: "accessGroup:family" names nobody, so it would let nobody in: expected the phone numbers and emails themselves, for there are no access groups here; write those of the group instead'
    ],
    [
      "a default that is no account",
      '{ imessage: { defaultAccount: "x", accounts: { a: {} } } }',
      'imessage.defaultAccount: there is no account "x"; the accounts are: a'
    ],
    [
      "a default in an account",
      '{ imessage: { accounts: { a: { defaultAccount: "a" } } } }',
      expect.stringContaining("imessage.accounts.a.defaultAccount: unknown key")
    ],
    [
      "a mention that replies would need all the same",
      '{ imessage: { groups: { "1": { requireMentionInBotThreads: true } } } }',
      "imessage.groups.1.requireMentionInBotThreads: a reply to a message of the agent's own counts as a mention here; take this key out, or set it to false"
    ],
    [
      "a visibility that there is not",
      '{ channels: { defaults: { contextVisibility: "none" }, imessage: {} } }',
      'channels.defaults.contextVisibility: expected one of: allowlist, all, allowlist_quote; got "none"'
    ],
    [
      "a misspelt notification",
      '{ imessage: { reactionNotifications: "mine" } }',
      'imessage.reactionNotifications: expected one of: off, own, all; got "mine"'
    ],
    [
      "a key of catchUp in catchup",
      "{ imessage: { catchup: { maxRows: 5 } } }",
      "imessage.catchup.maxRows: unknown key; the keys here are: enabled, maxAgeMinutes, perRunLimit"
    ],
    [
      "an id in the list and among the entries",
      '{ agents: { list: [{ id: "a" }], entries: { a: {} } } }',
      'agents.entries.a: "a" is also the id of agents.list[0]; every agent needs its own'
    ],
    [
      "two default agents",
      "{ agents: { entries: { a: { default: true }, b: { default: true } } } }",
      "agents.entries.b.default: agents.entries.a is the default agent already; only one can be"
    ]
  ])("is refused where it could mean something else: %s", (_, text, problem) => {
    expect(problems(text)).toEqual([problem])
  })

  it("counts less than what this gateway calls it, and more than what stands above it", () => {
    const text = `{ imessage: {
      catchUp: { maxRows: 7 }, catchup: { perRunLimit: 5, maxAgeMinutes: 1 }, chunkMode: "length", streaming: { chunkMode: "newline" },
      accounts: { a: {}, b: { dbPath: "/b.db", catchup: { perRunLimit: 9 }, streaming: { chunkMode: "newline" } } } } }`
    expect(account(text, "a")).toMatchObject({
      catchUp: { maxRows: 7, maxAgeMs: 60_000 },
      chunkMode: "length"
    })
    expect(account(text, "b")).toMatchObject({
      catchUp: { maxRows: 9, maxAgeMs: 60_000 },
      chunkMode: "newline"
    })
  })

  it.each([
    ["has its limit where it is enabled again", "{ enabled: true }", "{ enabled: false, perRunLimit: 5 }", 5],
    ["has the default where none has a limit", "{ enabled: true }", "{ enabled: false }", 500],
    ["catches up nothing where only its limit is its own", "{ perRunLimit: 9 }", "{ enabled: false }", 0],
    ["catches up nothing where it is disabled", "{ enabled: false }", "{ perRunLimit: 5 }", 0],
    ["has what imessage says where it says nothing of it", "{ maxAgeMinutes: 1 }", "{ perRunLimit: 5 }", 5]
  ])("an account %s: catchup %s over %s", (_, own, shared, maxRows) => {
    const text = `{ imessage: { catchup: ${shared}, accounts: { a: { catchup: ${own} } } } }`
    expect(account(text, "a")?.catchUp).toMatchObject({ maxRows })
  })
})
