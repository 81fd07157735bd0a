import { describe, expect, it } from "@effect/vitest"
import { config } from "./decoding.ts"

describe("agents", () => {
  it("have the first as default unless one says so", () => {
    const defaults = (text: string) => config(text).agents.list.map(({ isDefault }) => isDefault)
    expect(defaults('{ agents: { list: [{ id: "a" }, { id: "b" }] } }')).toEqual([true, false])
    expect(defaults('{ agents: { list: [{ id: "a" }, { id: "b", default: true }] } }')).toEqual([false, true])
  })

  it("take their mention patterns from messages.groupChat where they have none", () => {
    const text = `{
      agents: { list: [{ id: "a", groupChat: { mentionPatterns: ["a"] } }, { id: "b" }] },
      messages: { groupChat: { mentionPatterns: ["all"] } } }`
    expect(config(text).agents.list.map(({ mentionPatterns }) => mentionPatterns)).toEqual([["a"], ["all"]])
  })

  it("take their name from identity where they have none", () => {
    const text =
      '{ agents: { list: [{ id: "a", identity: { name: "Ada" } }, { id: "b", name: "Bob", identity: { name: "Eve" } }] } }'
    expect(config(text).agents.list.map(({ name }) => name)).toEqual(["Ada", "Bob"])
  })

  it("get the defaults of the command runtime", () => {
    const text =
      '{ agents: { list: [{ id: "a", runtime: { type: "command", command: ["ls"], cwd: "~/a" } }] } }'
    expect(config(text).agents.list[0].runtime).toEqual({
      type: "command",
      command: ["ls"],
      format: "text",
      timeoutMs: 600000,
      cwd: "/Users/me/a",
      env: {}
    })
  })

  it("without a runtime echo, and one warning names them", () => {
    const { agents, warnings } = config('{ agents: { list: [{ id: "a" }, { id: "b" }] } }')
    expect(agents.list.map(({ runtime }) => runtime.type)).toEqual(["echo", "echo"])
    expect(warnings).toEqual([
      "these agents have no runtime and answer with an echo of what they are told: a, b"
    ])
  })
})

describe("a file of another gateway", () => {
  const shared = `{
    $schema: "https://example.com/config.schema.json",
    meta: {}, wizard: {}, env: { vars: {} }, logging: {}, browser: {}, ui: {}, auth: {}, tools: {}, skills: {},
    models: { providers: { some: { apiKey: "\${NOWHERE}" } } }, gateway: { port: 18789 }, session: {}, hooks: {},
    cron: {}, plugins: {}, commands: {}, web: {}, discovery: {}, talk: {}, audio: {}, media: {}, broadcast: {},
    approvals: {}, nodeHost: {}, canvasHost: {}, update: {}, diagnostics: {}, memory: {},
    channels: {
      defaults: {}, telegram: { botToken: "1:2" }, whatsapp: {}, discord: {}, slack: {}, signal: {}, msteams: {},
      googlechat: {}, bluebubbles: {}, mattermost: {}, matrix: {}, line: {}, nostr: {}, zalo: {},
      imessage: { cliPath: "/usr/local/bin/imsg", allowFrom: ["+15555550123", 15555550124] },
    },
    agents: {
      defaults: { workspace: "~/clawd", maxConcurrent: 4 },
      list: [{
        id: "main", default: true, workspace: "~/clawd", agentDir: "~/agent", model: "some/model", skills: [],
        memorySearch: {}, humanDelay: {}, heartbeat: {}, identity: { name: "Ada", theme: "", emoji: "", avatar: "" },
        groupChat: { mentionPatterns: ["@ada"], historyLimit: 5 }, subagents: {}, sandbox: {}, tools: {}, params: {},
      }],
    },
    bindings: [
      { agentId: "elsewhere", match: { channel: "telegram", peer: { kind: "channel", id: -100 } } },
      { agentId: "main", match: { channel: "imessage", accountId: "*", peer: { kind: "dm", id: "+15555550123" } } },
    ],
    messages: {
      messagePrefix: "", responsePrefix: "[ada]", ackReaction: "👀", ackReactionScope: "all", queue: {}, tts: {},
      removeAckAfterReply: false, groupChat: { historyLimit: 5 }, inbound: { debounceMs: 500, byChannel: {} },
    },
  }`
  const { accounts, agents, bindings, messages, warnings } = config(shared)

  it("starts as it is", () => {
    expect(accounts).toMatchObject([
      { cliPath: "/usr/local/bin/imsg", allowFrom: ["+15555550123", "15555550124"] }
    ])
    expect(agents.list).toMatchObject([{ id: "main", name: "Ada", mentionPatterns: ["@ada"] }])
    expect(messages).toMatchObject({ responsePrefix: "[ada]", inbound: { debounceMs: 500 } })
  })

  it("keeps only the bindings of this channel, in this gateway's words", () => {
    expect(bindings).toEqual([
      { agentId: "main", match: { channel: "imessage", peer: { kind: "direct", id: "+15555550123" } } }
    ])
  })

  it("gives one warning for all that is not read", () => {
    const [ignored = "", ...others] = warnings
    expect(ignored).toMatch(/^these keys are not known here and are ignored: meta, wizard, env, /)
    expect(ignored).toContain("channels.telegram, ")
    expect(ignored).toContain("agents.list[].workspace, ")
    expect(others).toEqual([
      "these agents have no runtime and answer with an echo of what they are told: main"
    ])
  })

  it("names a key once that several agents have", () => {
    const text = '{ agents: { list: [{ id: "a", model: "x" }, { id: "b", model: "y" }] } }'
    expect(config(text).warnings[0]).toBe(
      "these keys are not known here and are ignored: agents.list[].model"
    )
  })
})
