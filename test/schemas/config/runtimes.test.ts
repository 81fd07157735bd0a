/** Agents of the command line and webhooks, as the config has them. */
import { describe, expect, it } from "@effect/vitest"
import { config, problems } from "./decoding.ts"

const withRuntime = (runtime: string, more = "") =>
  `{ agents: { list: [{ id: "a", runtime: { ${runtime} }, ${more} }] } }`
const agentOf = (runtime: string, more?: string) => config(withRuntime(runtime, more)).agents.list[0]

describe("an agent of the Agent Client Protocol", () => {
  const ACP = 'type: "acp", command: ["gemini", "--acp"]'

  it("has every default, remembers its sessions and is told to write no markdown", () => {
    expect(agentOf(ACP)).toMatchObject({
      runtime: {
        type: "acp",
        command: ["gemini", "--acp"],
        tools: true,
        idleMs: 600_000,
        startTimeoutMs: 60_000,
        timeoutMs: 600_000,
        env: {},
        passEnv: []
      },
      memory: { scope: "person" },
      markdown: "plain"
    })
    expect(agentOf(ACP, "memory: false")).not.toHaveProperty("memory")
  })

  it.each(["~", "/", "/Users", "~/.imsg-gateway"])("may not work in %s", (cwd) => {
    expect(problems(withRuntime(`${ACP}, cwd: "${cwd}"`))).toEqual([
      expect.stringContaining("give the agent a folder of its own")
    ])
  })

  it("needs a command, and leaves to OpenClaw what is written for it", () => {
    expect(problems(withRuntime('type: "acp"'))).toHaveLength(1)
    expect(agentOf('type: "acp", acp: { agent: "codex", backend: "acpx" }').runtime).toEqual({ type: "echo" })
  })
})

describe("an agent of the command line", () => {
  it("has what its preset says", () => {
    expect(agentOf('type: "cli", preset: "codex"').runtime).toMatchObject({
      type: "cli",
      command: ["codex"],
      args: ["exec", "--json", "--sandbox", "read-only", "--skip-git-repo-check", "-"],
      timeoutMs: 600_000,
      env: {},
      passEnv: []
    })
  })

  it("has what the config says instead, and its preset's environment below its own", () => {
    const runtime = `type: "cli", preset: "opencode", command: ["/opt/oc"], args: ["run"], cwd: "~/robin",
      env: { A: "1" }, output: { format: "json", text: { when: {}, at: "x" }, failures: [{ when: { ok: false } }] }`
    expect(agentOf(runtime).runtime).toMatchObject({
      command: ["/opt/oc"],
      args: ["run"],
      cwd: "/Users/me/robin",
      env: { A: "1", OPENCODE_PERMISSION: expect.any(String) },
      output: {
        format: "json",
        pieces: false,
        work: [],
        end: [],
        failures: [{ when: { ok: false }, at: [] }]
      }
    })
    expect(
      agentOf('type: "cli", preset: "opencode", env: { OPENCODE_PERMISSION: "{}" }').runtime
    ).toMatchObject({ env: { OPENCODE_PERMISSION: "{}" } })
  })

  it("remembers, and its markdown is made plain", () => {
    expect(agentOf('type: "cli", preset: "claude"')).toMatchObject({
      markdown: "plain",
      memory: { scope: "person" }
    })
    expect(agentOf('type: "cli", preset: "claude"', "memory: false")).not.toHaveProperty("memory")
  })

  it.each(["~", "~/", "/Users", "/", "~/.imsg-gateway", "~/a/../.imsg-gateway/"])(
    "does not work in %s, which is not its own",
    (cwd) => {
      expect(problems(withRuntime(`type: "cli", preset: "claude", cwd: "${cwd}"`))).toEqual([
        expect.stringMatching(
          /^agents\.list\[0\]\.runtime\.cwd: is (the home folder|the gateway's state folder), or/u
        )
      ])
    }
  )

  it.each(["~/robin", "/Users/me2", "~/.imsg-gateway/agents/a"])("may work in %s", (cwd) => {
    expect(problems(withRuntime(`type: "cli", preset: "claude", cwd: "${cwd}"`))).toEqual([])
  })

  it("of a preset that does not exist is refused", () => {
    expect(problems(withRuntime('type: "cli", preset: "clod"'))).toHaveLength(1)
  })
})

describe("a webhook", () => {
  it("has the defaults", () => {
    expect(agentOf('type: "webhook", url: "http://localhost:1/x"')).toMatchObject({
      runtime: { type: "webhook", url: "http://localhost:1/x", headers: {}, timeoutMs: 600_000 },
      markdown: "keep"
    })
  })

  it("remembers only by a preset that keeps conversations", () => {
    const webhook = 'type: "webhook", url: "http://localhost:1/x"'
    expect(agentOf(webhook)).not.toHaveProperty("memory")
    expect(problems(withRuntime(webhook, "memory: {}"))).toEqual([
      expect.stringMatching(/remembers for itself/u)
    ])
    for (const preset of ["n8n", "homeassistant"]) {
      expect(agentOf(`${webhook}, preset: "${preset}"`)).toHaveProperty("memory")
    }
  })

  it("does not show its secrets", () => {
    const shown = JSON.stringify(
      agentOf(
        'type: "webhook", url: "http://localhost:1/x", secret: "s3cret", token: "t0ken", headers: { A: "h3ader" }'
      )
    )
    expect(shown).not.toMatch(/s3cret|t0ken|h3ader/u)
  })
})
