/** What `status` says of the private bridge, and of the hosts of a cluster. */
import { describe, expect, it } from "@effect/vitest"
import { showKnown, showStatus } from "../../../../src/programs/commands/cli/statusText.ts"
import type { Bridge } from "../../../../src/schemas/Bridge.ts"
import type { HostReport, Status } from "../../../../src/schemas/control/Status.ts"

const NOW = 1_000_000

const statusWith = (bridge: Bridge | null): Status => ({
  ...{ version: "1.2.3", pid: 7, startedAt: NOW - 60_000 },
  accounts: [
    {
      ...{ id: "work", name: null, state: "running", reason: "subscribed", since: NOW - 60_000, pid: 8 },
      ...{ restarts: 0, lastRestart: null, lastError: null, cursor: 1 },
      ...{ lastInboundAt: null, lastOutboundAt: null, queued: 0, waitingRows: 0, clockBehindMs: 0 },
      ...{ verdicts: {}, bridge }
    }
  ],
  sessions: { busy: 0, waiting: 0, dead: 0 },
  paused: [],
  pairing: { pending: 0 },
  permissions: { waiting: 0 },
  budgets: [],
  deliveries: { queued: 0, uncertain: 0, dead: 0 }
})

const NONE: Bridge = { state: "absent", version: null, error: null, features: [] }

/** The lines below the table. */
const below = (bridge: Bridge | null): ReadonlyArray<string> =>
  showStatus(statusWith(bridge), NOW).split("\n").slice(4)

describe("status", () => {
  it.each([
    { what: "is not known", bridge: null },
    { what: "is not there", bridge: NONE }
  ])("says nothing of a bridge that $what", ({ bridge }) => {
    expect(below(bridge)).toEqual([])
  })

  it("has a line for one that works", () => {
    const bridge: Bridge = { ...NONE, state: "ready", features: ["typing", "read", "group"] }
    expect(below(bridge)).toEqual(["", "work: bridge: ready (typing, read receipts, groups)"])
  })

  it("says what to do about one that does not, and prints nothing that could steer a terminal", () => {
    const bridge: Bridge = { ...NONE, state: "broken", error: "helper_version_mismatch\u001b[2J" }
    const [, line = "", hint = ""] = below(bridge)
    expect(line).toMatch(/^work: bridge: does not work: helper_version_mismatch/u)
    expect(line).not.toContain("\u001b")
    expect(hint).toMatch(/^ {2}Run `imsg launch`/u)
  })
})

describe("what is known without the store", () => {
  it("has the accounts, and nothing of what only the store knows", () => {
    const { accounts, ...status } = statusWith(null)
    const known = { ...status, accounts: accounts.map(({ queued: _, ...account }) => account) }
    expect(showKnown(known, NOW).split("\n")).toEqual([
      "imsg-gateway 1.2.3, pid 7, up 1m",
      "",
      expect.stringMatching(/^ACCOUNT +STATE .*QUEUED$/u),
      expect.stringMatching(/^work +running .* –$/u)
    ])
  })
})

const host = (over: Partial<HostReport>): HostReport => ({
  ...{ name: "studio", state: "up", address: "studio.local:7300", version: "1.2.3", pid: 7 },
  ...{ startedAt: NOW - 60_000, seenAt: NOW - 1000, clockBehindMs: 0 },
  ...over
})

describe("status of a cluster", () => {
  const status = statusWith(null)
  const [account] = status.accounts

  it("has its hosts, and where each account runs", () => {
    const shown = showStatus(
      {
        ...status,
        accounts: account === undefined ? [] : [{ ...account, host: "studio" }],
        hosts: [
          host({}),
          host({ name: "server", state: "here", address: "server:7300", startedAt: NOW - 5000 }),
          host({ name: "spare", state: "silent", address: "spare:7300", seenAt: NOW - 30_000 })
        ]
      },
      NOW
    )
    expect(shown.split("\n").slice(2)).toEqual([
      "HOST    STATE   UP OR SEEN  ACCOUNTS  VERSION  ADDRESS",
      "studio  up      1m          work      1.2.3    studio.local:7300",
      "server  here    5s                    1.2.3    server:7300",
      "spare   silent  30s ago               1.2.3    spare:7300",
      "",
      "ACCOUNT  HOST    STATE    FOR  RESTARTS  LAST IN  LAST OUT  QUEUED",
      "work     studio  running  1m   0         –        –         0"
    ])
  })

  it("says whose clock is off", () => {
    const shown = showStatus({ ...status, hosts: [host({ clockBehindMs: 90_000 })] }, NOW)
    expect(shown).toContain("studio: its clock is 1m 30s behind the database's")
    expect(showStatus({ ...status, hosts: [host({ clockBehindMs: -1500 })] }, NOW)).not.toContain("clock")
  })

  it("is as ever where there is one host", () => {
    expect(showStatus(status, NOW)).not.toContain("HOST")
  })
})
