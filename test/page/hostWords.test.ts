import { describe, expect, it } from "vitest"
import { accountsOn, clockOff, hostSince } from "../../src/page/hostWords.ts"
import { spanOf } from "../../src/page/words.ts"
import type { AccountReport, HostReport } from "../../src/schemas/control/Status.ts"

const host: HostReport = {
  ...{ name: "studio", state: "up", address: "studio:7300", version: "1.0.0", pid: 1 },
  ...{ startedAt: 100, seenAt: 900, clockBehindMs: 0 }
}

const account = (id: string, name: string | null, on?: string): AccountReport => ({
  ...{ id, name, state: "running", reason: "", since: 0, pid: 1, restarts: 0, lastRestart: null },
  ...{ lastError: null, cursor: null, lastInboundAt: null, lastOutboundAt: null, queued: 0 },
  ...{ waitingRows: 0, clockBehindMs: 0, verdicts: {}, bridge: null },
  ...(on === undefined ? {} : { host: on })
})

describe("a host on the page", () => {
  it("is up since its start, and away since it was seen", () => {
    expect(hostSince(host)).toBe(100)
    expect(hostSince({ ...host, state: "here" })).toBe(100)
    expect(hostSince({ ...host, state: "silent" })).toBe(900)
    expect(hostSince({ ...host, state: "stopped" })).toBe(900)
  })

  it.each([
    [0, undefined],
    [2000, undefined],
    [-2001, "2 s ahead of the database's"],
    [65_000, "1 min behind the database's"]
  ])("has a clock that is off by %s ms", (clockBehindMs, words) => {
    expect(clockOff({ ...host, clockBehindMs }, spanOf)).toBe(words)
  })

  it("has the accounts that it runs, by their names", () => {
    const accounts = [
      account("a", "Ada", "studio"),
      account("b", null, "studio"),
      account("c", null, "spare")
    ]
    expect(accountsOn([...accounts, account("d", null)], "studio")).toEqual(["Ada", "b"])
  })
})
