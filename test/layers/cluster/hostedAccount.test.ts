import { describe, expect, it } from "vitest"
import { elsewhere } from "../../../src/layers/cluster/hostedAccount.ts"
import type { AccountStatus } from "../../../src/services/Accounts.ts"
import type { Host, HostState } from "../../../src/services/Hosts.ts"

const NOW = Date.parse("2026-05-02T15:00:00Z")
const SEEN = Date.parse("2026-05-02T14:02:30Z")

const status: AccountStatus = {
  id: "bot",
  name: "Bot",
  state: "running",
  reason: "its child is subscribed",
  since: NOW - 3_600_000,
  pid: 4711,
  restarts: 2,
  lastRestart: undefined,
  lastError: undefined,
  cursor: 17,
  lastInboundAt: NOW - 1000,
  lastOutboundAt: undefined,
  fates: {},
  waitingRows: 0,
  clockBehindMs: 0,
  bridge: undefined
}
const local: AccountStatus = { ...status, state: "stopped", reason: "not started yet", pid: undefined }

const host = (name: string, state: HostState): Host => ({
  name,
  state,
  address: `${name}.local:7300`,
  version: "1.0.0",
  pid: 1,
  startedAt: 0,
  seenAt: SEEN,
  clockBehindMs: 0
})

const shown = (
  runsOn: ReadonlyArray<string> | undefined,
  hosts: ReadonlyArray<Host>,
  of: string | undefined = "studio",
  enabled = true
) =>
  elsewhere(
    { enabled, ...(runsOn === undefined ? {} : { runsOn }) },
    local,
    of === undefined ? undefined : { host: of, status },
    hosts,
    NOW
  )

describe("an account that does not run here", () => {
  it("is as its host wrote it while that is up", () => {
    expect(shown(["studio"], [host("studio", "up"), host("server", "here")])).toEqual({
      ...status,
      name: undefined,
      host: "studio"
    })
  })

  it.each([
    {
      what: "waits for its host where no other may run it",
      runsOn: ["studio"],
      hosts: [host("studio", "silent"), host("server", "here")],
      state: "stopped",
      reason: "its host studio is silent since 14:02 UTC; it waits for studio"
    },
    {
      what: "waits for any of those that may run it",
      runsOn: ["studio", "spare"],
      hosts: [host("studio", "stopped"), host("spare", "silent"), host("server", "here")],
      state: "stopped",
      reason: "its host studio was stopped at 14:02 UTC; it waits for studio or spare"
    },
    {
      what: "is taken over by another that may run it",
      runsOn: ["studio", "spare"],
      hosts: [host("studio", "silent"), host("spare", "up")],
      state: "backoff",
      reason: "its host studio is silent since 14:02 UTC; another host takes it over"
    },
    {
      what: "is taken over by any host where the config names none",
      runsOn: undefined,
      hosts: [host("studio", "stopped"), host("server", "here")],
      state: "backoff",
      reason: "its host studio was stopped at 14:02 UTC; another host takes it over"
    },
    {
      what: "is between two hosts",
      runsOn: undefined,
      hosts: [host("studio", "here"), host("server", "up")],
      state: "backoff",
      reason: "its host studio does not run it any more; another host takes it over"
    },
    {
      what: "was of a host that is forgotten",
      runsOn: ["studio"],
      hosts: [host("server", "here")],
      state: "stopped",
      reason: "its host studio is not known any more; it waits for studio"
    }
  ])("$what", ({ hosts, reason, runsOn, state }) => {
    const found = shown(runsOn, hosts)
    expect(found).toMatchObject({ state, reason, pid: undefined, host: "studio", cursor: 17 })
    expect(found.lastError?.message).toBe(state === "stopped" ? reason : undefined)
  })

  it("that never ran says who is to run it, or that nobody can", () => {
    const never = elsewhere(
      { enabled: true, runsOn: ["studio"] },
      local,
      undefined,
      [host("studio", "up")],
      NOW
    )
    expect(never).toMatchObject({ state: "stopped", reason: "studio is to run it", lastError: undefined })
    const nowhere = elsewhere(
      { enabled: true, runsOn: ["studio"] },
      local,
      undefined,
      [host("server", "here")],
      NOW
    )
    expect(nowhere.reason).toBe("no host that may run it is up; it waits for studio")
    expect(nowhere.lastError?.hint).toContain("Start the gateway on studio")
  })

  it("that is disabled is that alone", () => {
    const disabled: AccountStatus = { ...local, state: "disabled" }
    const found = elsewhere(
      { enabled: false },
      disabled,
      { host: "studio", status },
      [host("studio", "up")],
      NOW
    )
    expect(found).toBe(disabled)
  })
})
