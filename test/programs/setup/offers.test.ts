/** Which agents setup offers, and what it writes of them. */
import { describe, expect, it } from "@effect/vitest"
import { type Found, offerNamed, offersOf, ollamaBase } from "../../../src/programs/commands/setup/offers.ts"

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
