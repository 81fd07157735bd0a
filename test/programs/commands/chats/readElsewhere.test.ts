import { describe, expect, it } from "@effect/vitest"
import { REFUSED } from "../../../../src/layers/cluster/hostEvents.ts"
import { whyNotAsked } from "../../../../src/programs/commands/chats/readElsewhere.ts"
import { AccountReadElsewhere } from "../../../../src/schemas/errors/control.ts"
import type { AccountStatus } from "../../../../src/services/Accounts.ts"
import type { Host, HostState } from "../../../../src/services/Hosts.ts"

const NOW = Date.parse("2026-03-04T14:40:00Z")

const hostOf = (name: string, state: HostState): Host => ({
  ...{ name, state, address: `${name}:7300`, version: "0.1.0", pid: 1 },
  ...{ startedAt: 0, seenAt: Date.parse("2026-03-04T14:36:00Z"), clockBehindMs: 0 }
})

const statusOf = (over: Partial<AccountStatus>): AccountStatus => ({
  ...{ id: "away", name: undefined, state: "running", reason: "running", since: 0, pid: 1, restarts: 0 },
  ...{ lastRestart: undefined, lastError: undefined, cursor: 1, lastInboundAt: undefined },
  ...{ lastOutboundAt: undefined, fates: {}, waitingRows: 0, clockBehindMs: 0, bridge: undefined },
  ...over
})

const RUNS_ON = ["studio", "server"]

describe("an account of other hosts is not read here", () => {
  it.each([
    {
      what: "no host has joined",
      hosts: [],
      says: "no host that may run it is up; it waits for studio or server",
      next: "Start the gateway on studio or server, or give this command there"
    },
    {
      what: "its host is silent",
      hosts: [hostOf("studio", "silent")],
      on: "studio",
      says: "its host studio is silent since 14:36 UTC; it waits for studio or server",
      next: "Start the gateway on studio or server"
    },
    {
      what: "its host was stopped",
      hosts: [hostOf("studio", "stopped")],
      on: "studio",
      says: "its host studio was stopped at 14:36 UTC",
      next: "Start the gateway"
    },
    {
      what: "another host takes it over",
      hosts: [hostOf("studio", "silent"), hostOf("server", "up")],
      on: "studio",
      says: "another host takes it over",
      next: "again in half a minute"
    },
    {
      what: "no gateway is here that asks its host",
      hosts: [hostOf("studio", "up")],
      on: "studio",
      wasAsked: false,
      says: "its host studio is up, and only a gateway on this host could ask it",
      next: "Start the gateway on this host"
    },
    {
      what: "its host is not reached",
      hosts: [hostOf("studio", "up")],
      on: "studio",
      reply: "ECONNREFUSED",
      says: "its host studio is up, and is not reached from here: ECONNREFUSED",
      next: "`imsg-gateway doctor` says why"
    },
    {
      what: "its host does not take the secret",
      hosts: [hostOf("studio", "up")],
      on: "studio",
      reply: REFUSED,
      says: "its host studio is up, and does not take the secret of this one",
      next: "Give all hosts the same cluster.secret"
    },
    {
      what: "its host answers, and its child did not in time",
      hosts: [hostOf("studio", "up")],
      on: "studio",
      says: "its host studio is up, and gave no answer",
      next: "Give the command again"
    },
    {
      what: "its host has no child of it",
      hosts: [hostOf("studio", "up")],
      on: "studio",
      status: { state: "degraded" as const, reason: "Full Disk Access is missing" },
      says: "its imsg does not run there: Full Disk Access is missing",
      next: "`imsg-gateway status`"
    }
  ])("where $what", ({ hosts, next, on, reply, says, status = {}, wasAsked = true }) => {
    const accounts = new Map(on === undefined ? [] : [["away", { host: on, status: statusOf(status) }]])
    const why = whyNotAsked({ id: "away", runsOn: RUNS_ON }, { hosts, accounts }, NOW, { wasAsked, reply })
    expect(why.detail).toContain(says)
    const { hint, message } = new AccountReadElsewhere({
      ...{ account: "away", runsOn: RUNS_ON, here: "mini" },
      ...why
    })
    expect(message).toContain(
      `the account away runs on studio, then server, and is not read on this host (mini): ${why.detail}`
    )
    expect(hint).toContain(next)
  })
})
