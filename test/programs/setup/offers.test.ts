/** Which agents setup offers, and what it writes of them. */
import { describe, expect, it } from "@effect/vitest"
import {
  type Found,
  offerNamed,
  offersOf,
  ollamaBase,
  programNames
} from "../../../src/programs/commands/setup/offers.ts"
import { makeConfig } from "../../support/configs.ts"

const OLLAMA = "http://localhost:11434/v1"
const LM_STUDIO = "http://localhost:1234/v1"
const nothing: Found = { models: new Map(), env: {}, programs: new Map() }

describe("the agents that are offered", () => {
  it.each<[string, Partial<Found>, ReadonlyArray<string>]>([
    ["nothing", {}, ["echo"]],
    ["Ollama with models", { models: new Map([[OLLAMA, ["llama3.2:latest"]]]) }, ["ollama", "echo"]],
    ["Ollama without any", { models: new Map([[OLLAMA, []]]) }, ["echo"]],
    ["Ollama with models for search only", { models: new Map([[OLLAMA, ["nomic-embed-text"]]]) }, ["echo"]],
    ["LM Studio", { models: new Map([[LM_STUDIO, ["qwen/qwen3-8b"]]]) }, ["lmstudio", "echo"]],
    ["a key", { env: { ANTHROPIC_API_KEY: "sk-1" } }, ["anthropic", "echo"]],
    ["an empty variable", { env: { OPENAI_API_KEY: " " } }, ["echo"]],
    ["a program", { programs: new Map([["codex", "/opt/codex"]]) }, ["codex", "echo"]],
    [
      "a program of the Agent Client Protocol",
      { programs: new Map([["claude-agent-acp", "/opt/claude-agent-acp"]]) },
      ["claude-acp", "echo"]
    ],
    [
      "a program that is asked in both ways",
      { programs: new Map([["gemini", "/opt/gemini"]]) },
      ["gemini", "gemini-acp", "echo"]
    ],
    [
      "all kinds",
      {
        programs: new Map([["claude", "/opt/claude"]]),
        env: { OPENROUTER_API_KEY: "sk-1", OPENAI_API_KEY: "sk-2" },
        models: new Map([[OLLAMA, ["a"]]])
      },
      ["ollama", "openai", "openrouter", "claude", "echo"]
    ]
  ])("where there is %s", (_what, found, names) => {
    expect(offersOf({ ...nothing, ...found }).map(({ name }) => name)).toEqual(names)
  })

  it("name a key by its variable, and never hold it", () => {
    const env = {
      OPENAI_API_KEY: "sk-secret",
      ANTHROPIC_API_KEY: "sk-secret",
      OPENROUTER_API_KEY: "sk-secret"
    }
    const written = JSON.stringify(offersOf({ ...nothing, env }))
    expect(written).toContain(`"apiKey":"\${OPENAI_API_KEY}"`)
    expect(written).not.toContain("sk-secret")
  })

  it("name a program by its path: a service has another PATH", () => {
    const [claude] = offersOf({ ...nothing, programs: new Map([["claude", "/opt/claude"]]) })
    expect(claude?.runtime).toEqual({ type: "cli", preset: "claude", command: ["/opt/claude"] })
  })
})

describe("the agents of the Agent Client Protocol", () => {
  const programs = new Map(programNames.map((name) => [name, `/opt/${name}`]))
  const all = offersOf({ ...nothing, programs }).filter(({ runtime }) => runtime.type === "acp")

  it("are looked for, each by its own program", () => {
    expect(all.map(({ runtime }) => runtime.command)).toEqual([
      ["/opt/claude-agent-acp"],
      ["/opt/codex-acp"],
      ["/opt/gemini", "--acp"],
      ["/opt/opencode", "acp"],
      ["/opt/goose", "acp"],
      ["/opt/cursor-agent", "acp"],
      ["/opt/copilot", "--acp", "--stdio"],
      ["/opt/qwen", "--acp"],
      ["/opt/kimi", "acp"]
    ])
  })

  it.each(all)("$name is a config that the gateway reads, in which nothing is allowed", ({ runtime }) => {
    const [agent] = makeConfig({ agents: { list: [{ id: "main", runtime }] } }).agents.list
    expect(agent.runtime).toMatchObject({ type: "acp", command: runtime.command })
    expect(agent.permissions).toMatchObject({ default: "deny", rules: [] })
  })

  it("are told to ask where they would ask nobody by themselves", () => {
    expect(
      all.flatMap(({ name, runtime }) => (runtime.env === undefined ? [] : [{ name, env: runtime.env }]))
    ).toEqual([
      {
        name: "opencode-acp",
        env: { OPENCODE_PERMISSION: '{"edit":"ask","bash":"ask","external_directory":"ask"}' }
      },
      { name: "goose", env: { GOOSE_MODE: "approve" } }
    ])
  })
})

describe("--agent", () => {
  const offers = offersOf({ ...nothing, models: new Map([[OLLAMA, ["llama3.2:latest", "qwen3:8b"]]]) })
  it.each([
    ["ollama", "ollama", "llama3.2:latest"],
    ["Ollama:qwen3:8b", "ollama", "qwen3:8b"],
    ["echo", "echo", undefined]
  ])("%s is %s with %s", (wanted, name, model) => {
    const named = offerNamed(offers, wanted)
    expect({ name: named?.offer.name, model: named?.model }).toEqual({ name, model })
  })

  it("is nothing where it was not found", () => {
    expect(offerNamed(offers, "claude")).toBeUndefined()
  })
})

describe("OLLAMA_HOST", () => {
  it.each([
    [undefined, "http://localhost:11434"],
    ["", "http://localhost:11434"],
    ["127.0.0.1:5000", "http://127.0.0.1:5000"],
    ["0.0.0.0", "http://localhost:11434"],
    ["http://box.example.com:80", "http://box.example.com"],
    ["box.example.com", "http://box.example.com:11434"],
    ["not an address", "http://localhost:11434"]
  ])("%j is asked at %s", (host, base) => {
    expect(ollamaBase(host)).toBe(base)
  })
})
