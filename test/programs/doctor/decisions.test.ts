/** What is made of what was found: without a Mac, a disk or a process. */
import { describe, expect, it } from "@effect/vitest"
import { Option } from "effect"
import type { Check } from "../../../src/programs/commands/doctor/Check.ts"
import { clockCheck } from "../../../src/programs/commands/doctor/clock.ts"
import { diskJudged } from "../../../src/programs/commands/doctor/disk.ts"
import { gatewayCheck } from "../../../src/programs/commands/doctor/gateway.ts"
import { beginner, grant } from "../../../src/programs/commands/doctor/grants.ts"
import { nodeCheck, REQUIRED, satisfies } from "../../../src/programs/commands/doctor/node.ts"
import { showCheck, summary } from "../../../src/programs/commands/doctor/report.ts"

const NODE = "/opt/homebrew/Cellar/node/24.1.0/bin/node"

describe("Node", () => {
  it.each([
    { version: "v20.19.0", range: ">=20.19", is: true },
    { version: "v20.19.5", range: ">=20.19.5", is: true },
    { version: "v20.18.9", range: ">=20.19", is: false },
    { version: "v20.9.0", range: ">=20.19", is: false },
    { version: "v24.0.0", range: ">=20.19", is: true },
    { version: "v9.99.99", range: ">=20.19", is: false },
    { version: "v20.19.4", range: ">=20.19.5", is: false }
  ])("$version satisfies $range: $is", ({ is, range, version }) => {
    expect(satisfies(version, range)).toBe(is)
  })

  it("is asked for in the form that is understood", () => {
    expect(REQUIRED).toMatch(/^>=\d+\.\d+(\.\d+)?$/u)
  })

  it("fails with what is needed where it is too old", () => {
    const check = nodeCheck({ version: "v18.20.0", path: NODE, withoutSqlite: Option.none() })
    expect(check.status).toBe("failed")
    expect(check.detail).toContain(REQUIRED)
    expect(check.detail).toContain(NODE)
  })

  it("fails with the remedy where there is no SQLite", () => {
    const withoutSqlite = Option.some("Node 20.19.0 has no SQLite of its own")
    expect(nodeCheck({ version: "v20.19.0", path: NODE, withoutSqlite })).toMatchObject({
      status: "failed",
      detail: `v20.19.0 (${NODE}): Node 20.19.0 has no SQLite of its own`,
      remedy: expect.stringContaining("Node 22.13 or later")
    })
  })
})

describe("a permission", () => {
  it.each([
    { where: "in Terminal", env: { TERM_PROGRAM: "Apple_Terminal" }, program: "Terminal" },
    { where: "in a terminal that nobody knows", env: { TERM_PROGRAM: "NewTerm" }, program: "NewTerm" },
    { where: "without a terminal", env: {}, program: NODE },
    {
      where: "over ssh",
      env: { SSH_CONNECTION: "192.0.2.1 1 192.0.2.2 22", TERM_PROGRAM: "Apple_Terminal" },
      program: "sshd (sshd-keygen-wrapper)"
    },
    {
      where: "under launchd",
      env: { XPC_SERVICE_NAME: "dev.imsg-gateway", TERM_PROGRAM: "Apple_Terminal" },
      program: NODE
    },
    {
      where: "in Terminal, which launchd started too",
      env: { XPC_SERVICE_NAME: "application.com.apple.Terminal.1", TERM_PROGRAM: "Apple_Terminal" },
      program: "Terminal"
    }
  ])("$where belongs to $program", ({ env, program }) => {
    expect(beginner({ env, nodePath: NODE })).toBe(program)
    expect(grant("FullDiskAccess", { env, nodePath: NODE }, undefined)).toContain(`switch on ${program}.`)
  })

  it("is needed by the service's own program too", () => {
    expect(grant("Automation", { env: { TERM_PROGRAM: "ghostty" }, nodePath: NODE }, undefined)).toContain(
      `The service needs the same for ${NODE}`
    )
  })

  it("is given on the other Mac where imsg runs there", () => {
    const remedy = grant(
      "FullDiskAccess",
      { env: { TERM_PROGRAM: "ghostty" }, nodePath: NODE },
      "bot@mac.example.com"
    )
    expect(remedy).toContain("On bot@mac.example.com")
    expect(remedy).not.toContain("Ghostty")
    expect(remedy).not.toContain(NODE)
  })
})

describe("the disk", () => {
  it.each([
    { free: 99e6, status: "failed", text: "99 MB free" },
    { free: 500e6, status: "warning", text: "500 MB free" },
    { free: 25e9, status: "ok", text: "25.0 GB free" }
  ])("with $text is $status", ({ free, status, text }) => {
    const check = diskJudged("/state", free)
    expect(check.status).toBe(status)
    expect(check.detail).toContain(text)
    expect(check.remedy === undefined).toBe(status === "ok")
  })
})

describe("the clock", () => {
  const now = Date.parse("2026-05-01T12:00:00Z")
  const minutes = (count: number) => count * 60_000
  it.each([
    { what: "without messages", now, newest: [], status: "ok" },
    { what: "with an old message", now, newest: [{ account: "a", at: now - minutes(600) }], status: "ok" },
    { what: "a little behind", now, newest: [{ account: "a", at: now + minutes(4) }], status: "ok" },
    { what: "far behind", now, newest: [{ account: "a", at: now + minutes(6) }], status: "warning" },
    { what: "at the beginning of time", now: 0, newest: [], status: "failed" }
  ])("$what is $status", ({ newest, now, status }) => {
    expect(clockCheck(now, newest).status).toBe(status)
  })
})

describe("the running gateway", () => {
  const LACKING = { code: "permission_denied", message: "macOS denies it", hint: "Grant it to node." }
  const running = { id: "a", state: "running", reason: "subscribed" } as const
  const degraded = { id: "b", state: "degraded", reason: "permission_denied", lastError: LACKING } as const
  const waiting = { id: "c", state: "backoff", reason: "child_exited" } as const
  const disabled = { id: "d", state: "disabled", reason: "disabled by the config" } as const

  it.each([
    { what: "none", pid: Option.none(), accounts: Option.none(), status: "ok" },
    { what: "one that cannot be asked", pid: Option.some(7), accounts: Option.none(), status: "ok" },
    { what: "one that works", pid: Option.some(7), accounts: Option.some([running, disabled]), status: "ok" },
    {
      what: "one that starts",
      pid: Option.some(7),
      accounts: Option.some([running, waiting]),
      status: "warning"
    },
    {
      what: "one that lacks something",
      pid: Option.some(7),
      accounts: Option.some([waiting, degraded]),
      status: "failed"
    }
  ])("$what: $status", ({ accounts, pid, status }) => {
    expect(gatewayCheck(pid, accounts).status).toBe(status)
  })

  it("says itself what it lacks, and what to do", () => {
    const check = gatewayCheck(Option.some(7), Option.some([running, degraded]))
    expect(check.detail).toBe("it runs with pid 7\na: running\nb: degraded: macOS denies it")
    expect(check.remedy).toBe("Grant it to node.")
  })
})

describe("the report", () => {
  const failing: Check = {
    id: "rpc",
    title: "imsg rpc",
    account: "bot",
    status: "failed",
    detail: "it said:\nno \u001b[2Jway",
    remedy: "Mend it."
  }
  const fine: Check = { id: "node", title: "Node", status: "ok", detail: "v20" }
  const odd: Check = { id: "clock", title: "Clock", status: "warning", detail: "late", remedy: "Wind it." }

  it("has the remedy under its check, and steers no terminal", () => {
    expect(showCheck(failing, { colours: false })).toBe(
      "✗ bot: imsg rpc: it said:\n    no \\u001b[2Jway\n    → Mend it."
    )
    expect(showCheck(fine, { colours: false })).toBe("✓ Node: v20")
  })

  it("colours only the mark", () => {
    expect(showCheck(odd, { colours: true })).toBe("\u001b[33m!\u001b[0m Clock: late\n    → Wind it.")
  })

  it.each([
    { checks: [failing, odd, fine, fine], sent: false, text: "1 failed, 1 warning, 2 in order." },
    { checks: [fine, odd, odd], sent: true, text: "2 warnings, 1 in order." },
    {
      checks: [fine],
      sent: false,
      text: "1 in order. Whether messages can be sent was not tried: --send-to TARGET does."
    }
  ])("sums up: $text", ({ checks, sent, text }) => {
    expect(summary(checks, sent)).toBe(text)
  })
})
