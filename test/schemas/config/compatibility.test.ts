// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} stands in files of other gateways too
import { describe, expect, it } from "@effect/vitest"
import { config, problems } from "./decoding.ts"

/** The one warning of a config that lists what is not read, as the keys that it names. */
const ignoredBy = (text: string): ReadonlyArray<string> => {
  const lead = "these keys are not known here and are ignored: "
  const lists = config(text).warnings.filter((warning) => warning.startsWith(lead))
  expect(lists).toHaveLength(1)
  return (lists[0] ?? "").slice(lead.length).split(", ")
}

const echoes = "these agents have no runtime and answer with an echo of what they are told: "

describe("a file of the older layout", () => {
  const older = `{
    // Secrets live elsewhere.
    env: { OPENROUTER_API_KEY: "not-a-secret", shellEnv: { enabled: true, timeoutMs: 15000 } },
    identity: { name: "Clawd", theme: "space lobster", emoji: "🦞" },
    agent: {
      workspace: "~/clawd", model: "anthropic/some-model", thinkingDefault: "low", maxConcurrent: 3,
      heartbeat: { every: "30m", target: "last" },
    },
    routing: {
      allowFrom: ["+15555550123"],
      groupChat: { requireMention: true, mentionPatterns: ["@clawd"] },
      queue: { mode: "collect" },
    },
    session: { scope: "per-sender", idleMinutes: 60, resetTriggers: ["/new"] },
    logging: { level: "info", file: "/tmp/clawdbot/clawdbot.log" },
    messages: { messagePrefix: "[clawdbot]", responsePrefix: "🦞", ackReaction: "👀" },
    whatsapp: { allowFrom: ["+15555550123"], groups: { "*": { requireMention: true } } },
    telegram: { enabled: true, botToken: "not-a-secret", allowFrom: [123456789] },
    /* The Mac in the hall. */
    imessage: {
      enabled: true,
      cliPath: "/opt/homebrew/bin/imsg",
      dbPath: "~/Library/Messages/chat.db",
      dmPolicy: "allowlist",
      allowFrom: ["imessage:+1 (555) 555-0123", "Friend@Example.com", "chat_id:12", 15555550124],
      groupPolicy: "allowlist",
      groupAllowFrom: ["+15555550123", "chat:42"],
      groups: { "*": { requireMention: true }, "42": { requireMention: false, tools: { deny: ["exec"] } } },
      includeAttachments: true,
      mediaMaxMb: 8,
      service: "auto",
      region: "US",
      textChunkLimit: 2000,
      historyLimit: 20,
      dmHistoryLimit: 10,
      dms: { "+15555550123": { historyLimit: 5 } },
      capabilities: ["inlineButtons"],
      blockStreaming: false,
    },
    gateway: { mode: "local", port: 18789, auth: { token: "\${CLAWDBOT_GATEWAY_TOKEN}" } },
    cron: { enabled: true }, hooks: { token: "not-a-secret" }, skills: { allowBundled: ["gemini"] },
    bindings: [
      { agentId: "work", match: { provider: "whatsapp", accountId: "biz" } },
      { agentId: "main", match: { provider: "imessage", peer: { kind: "dm", id: "+15555550123" } } },
    ],
  }`

  it("starts as it is", () => {
    expect(problems(older)).toEqual([])
  })

  it("means what it says", () => {
    const { accounts, agents, messages } = config(older)
    expect(accounts).toMatchObject([
      {
        id: "default",
        enabled: true,
        cliPath: "/opt/homebrew/bin/imsg",
        dbPath: "/Users/me/Library/Messages/chat.db",
        dmPolicy: "allowlist",
        allowFrom: ["imessage:+1 (555) 555-0123", "Friend@Example.com", "chat_id:12", "15555550124"],
        groupPolicy: "allowlist",
        groupAllowFrom: ["+15555550123", "chat:42"],
        groups: { "*": { requireMention: true }, "42": { requireMention: false } },
        includeAttachments: true,
        mediaMaxMb: 8,
        textChunkLimit: 2000,
        historyLimit: 20,
        bindings: [{ agentId: "main", peer: { kind: "direct", target: { handle: "+15555550123" } } }]
      }
    ])
    expect(agents.list).toMatchObject([{ id: "main" }])
    expect(messages).toMatchObject({ responsePrefix: "🦞" })
  })

  it("has one warning for all that is not read", () => {
    expect(ignoredBy(older)).toEqual([
      "env",
      "identity",
      "agent",
      "routing",
      "session.scope",
      "session.idleMinutes",
      "session.resetTriggers",
      "logging",
      "messages.messagePrefix",
      "messages.ackReaction",
      "whatsapp",
      "telegram",
      "imessage.groups.42.tools",
      "imessage.dmHistoryLimit",
      "imessage.dms",
      "imessage.capabilities",
      "imessage.blockStreaming",
      "gateway",
      "cron",
      "hooks",
      "skills",
      "bindings[].match.provider"
    ])
  })
})

describe("the defaults of all channels", () => {
  const policy = (channels: string) => config(`{ channels: ${channels} }`).accounts[0]?.groupPolicy

  it("say the groupPolicy where the channel says none", () => {
    expect(policy('{ defaults: { groupPolicy: "allowlist" }, imessage: {} }')).toBe("allowlist")
    expect(policy('{ defaults: { groupPolicy: "disabled" }, imessage: { groupPolicy: "open" } }')).toBe(
      "open"
    )
    expect(policy("{ defaults: { heartbeat: {} }, imessage: {} }")).toBe("open")
  })
})

describe("a file of the newer layout", () => {
  const newer = `{
    $schema: "https://example.com/config.schema.json",
    meta: { lastTouchedVersion: "2026.1.24", lastTouchedAt: "2026-01-24T10:00:00.000Z" },
    wizard: { lastRunCommand: "onboard", lastRunMode: "local" },
    env: { vars: { GROQ_API_KEY: "not-a-secret" } },
    auth: { profiles: { "anthropic:default": { provider: "anthropic", mode: "api_key" } } },
    models: { mode: "merge", providers: { local: { baseUrl: "http://127.0.0.1:1234/v1", apiKey: "\${NOWHERE}" } } },
    logging: { level: "info", redactSensitive: "tools" },
    agents: {
      defaults: {
        workspace: "~/clawd",
        model: { primary: "anthropic/some-model", fallbacks: ["other/model"] },
        models: { "anthropic/some-model": { alias: "some" } },
        imageModel: "other/vision", maxConcurrent: 4, subagents: { maxConcurrent: 8 }, heartbeat: { every: "30m" },
        compaction: { mode: "safeguard" }, sandbox: { mode: "non-main" },
      },
      list: [
        {
          id: "main", default: true, workspace: "~/clawd", agentDir: "~/.clawdbot/agents/main/agent",
          identity: { name: "Ada", theme: "calm", emoji: "🦥", avatar: "avatars/ada.png" },
          groupChat: { mentionPatterns: ["@ada", "\\\\bada\\\\b"], historyLimit: 5 },
          tools: { profile: "coding", deny: ["browser"] }, sandbox: { mode: "off" }, subagents: { allowAgents: ["*"] },
          skills: [], memorySearch: { enabled: false }, humanDelay: { mode: "natural" }, params: {},
        },
        { id: "family", name: "Nana", model: "other/model", models: {}, workspace: "~/family", },
      ],
    },
    tools: { exec: { timeoutSec: 60 } },
    bindings: [
      { agentId: "elsewhere", match: { channel: "telegram", peer: { kind: "channel", id: -100 } } },
      { agentId: "elsewhere", match: { channel: "discord", guildId: "123456789012345678" } },
      { agentId: "family", match: { channel: "imessage", accountId: "bot", peer: { kind: "group", id: "42" } } },
      { agentId: "main", match: { channel: "imessage", accountId: "*" }, comment: "the rest" },
    ],
    messages: {
      responsePrefix: "auto", ackReaction: "👀", ackReactionScope: "group-mentions", removeAckAfterReply: false,
      queue: { mode: "collect", debounceMs: 1000, cap: 20, drop: "summarize" }, tts: { auto: "off" },
      groupChat: { historyLimit: 50, mentionPatterns: ["@all"] },
      inbound: { debounceMs: 500, byChannel: { whatsapp: 5000 } },
    },
    channels: {
      defaults: { groupPolicy: "allowlist" },
      telegram: { enabled: true, botToken: "not-a-secret", streamMode: "partial" },
      slack: { botToken: "not-a-secret", appToken: "not-a-secret" }, signal: {}, bluebubbles: { password: "not-a-secret" },
      imessage: {
        enabled: true,
        dmPolicy: "pairing", // strangers get a code
        configWrites: false, markdown: { tables: "off" }, streaming: "off", healthMonitor: { enabled: true },
        actions: { reactions: true }, sendTransport: "auto", defaultTo: "chat_id:1", contextVisibility: "all",
        remoteAttachmentRoots: ["/Users/bot/Library/Messages/Attachments"], probeTimeoutMs: 5000,
        reactionNotifications: "own", coalesceSameSenderDms: true, blockStreamingCoalesce: { idleMs: 500 },
        accounts: {
          default: { name: "Home", cliPath: "imsg", heartbeat: { showOk: false }, responsePrefix: "auto" },
          bot: {
            name: "Bot", cliPath: "/usr/local/bin/imsg-bot", dbPath: "/Users/bot/Library/Messages/chat.db",
            remoteHost: "bot@mac.example.com", chunkMode: "newline", groupPolicy: "open",
            groups: {
              "*": { requireMention: true, enabled: true, allowFrom: ["*"], ingest: true, skills: ["notes"] },
              "42": { systemPrompt: "Be brief.", toolsBySender: { "+15555550123": { allow: ["*"] } } },
            },
          },
        },
      },
    },
    session: { dmScope: "main", reset: { mode: "daily" } },
    gateway: { port: 18789, bind: "loopback", auth: { mode: "token", token: "not-a-secret" } },
    cron: { enabled: true }, hooks: { enabled: true, token: "not-a-secret" },
    plugins: { entries: { imessage: { enabled: true } } }, skills: { install: { nodeManager: "npm" } },
    browser: {}, ui: {}, commands: { native: "auto" }, web: {}, discovery: {}, talk: {}, audio: {}, media: { preserveFilenames: true },
    broadcast: {}, approvals: {}, nodeHost: {}, canvasHost: {}, update: {}, diagnostics: {}, memory: {},
  }`

  it("starts as it is", () => {
    expect(problems(newer)).toEqual([])
  })

  it("means what it says", () => {
    const { accounts, agents, messages, warnings } = config(newer)
    expect(accounts).toMatchObject([
      { id: "default", name: "Home", cliPath: "imsg", dmPolicy: "pairing", bindings: [{ agentId: "main" }] },
      {
        id: "bot",
        dbPath: "/Users/bot/Library/Messages/chat.db",
        remoteHost: "bot@mac.example.com",
        chunkMode: "newline",
        groups: { "*": { requireMention: true }, "42": { systemPrompt: "Be brief." } },
        bindings: [
          { agentId: "family", peer: { kind: "group", target: { _tag: "ChatId", chatId: 42 } } },
          { agentId: "main" }
        ]
      }
    ])
    expect(accounts[1]?.groups["*"]).toEqual({ requireMention: true })
    expect(agents.list).toMatchObject([
      { id: "main", name: "Ada", model: "anthropic/some-model", mentionPatterns: ["@ada", "\\bada\\b"] },
      { id: "family", name: "Nana", model: "other/model", mentionPatterns: ["@all"] }
    ])
    expect(messages).toMatchObject({ responsePrefix: "auto", inbound: { debounceMs: 500 } })
    expect(warnings).toEqual([expect.stringMatching(/^these keys are not known/), `${echoes}main, family`])
  })

  it("has one warning for all that is not read, which names a key once", () => {
    const ignored = ignoredBy(newer)
    expect(new Set(ignored).size).toBe(ignored.length)
    expect(ignored).toEqual(
      expect.arrayContaining([
        "meta",
        "wizard",
        "agents.defaults.models",
        "agents.defaults.model.fallbacks",
        "agents.list[].workspace",
        "agents.list[].models",
        "bindings[].comment",
        "messages.queue",
        "messages.inbound.byChannel",
        "channels.telegram",
        "channels.imessage.streaming",
        "channels.imessage.accounts.bot.groups.*.enabled",
        "channels.imessage.accounts.bot.groups.*.allowFrom",
        "channels.imessage.accounts.bot.groups.42.toolsBySender"
      ])
    )
    expect(ignored).not.toContain("agents.defaults.model")
  })
})

describe("a binding of an older file", () => {
  it.each(["whatsapp", "telegram"])("for %s is skipped", (provider) => {
    const text = `{ bindings: [{ agentId: "x", match: { provider: "${provider}" } }] }`
    expect(problems(text)).toEqual([])
    expect(config(text).accounts[0]?.bindings).toEqual([])
  })
})
