import { describe, expect, it } from "@effect/vitest"
import { account, config, problems } from "./decoding.ts"

describe("accounts", () => {
  it("take what they do not say from imessage", () => {
    const text = '{ imessage: { region: "gb", historyLimit: 5, accounts: { a: { historyLimit: 7 } } } }'
    expect(account(text, "a")).toMatchObject({ region: "GB", historyLimit: 7 })
  })

  it("merge nested objects key by key", () => {
    const text = `{ imessage: {
      supervision: { stallMs: 1, heartbeatMs: 2, backoff: { baseMs: 3, maxMs: 4 } },
      catchUp: { maxRows: 5 }, delivery: { settleMs: 6 }, pairing: { maxPending: 7 },
      accounts: { a: {
        supervision: { stallMs: 10, backoff: { baseMs: 30 } },
        catchUp: { maxAgeMs: 50 }, delivery: { ttlMs: 60 }, pairing: { ttlMs: 70 }
      } } } }`
    expect(account(text, "a")).toMatchObject({
      supervision: {
        stallMs: 10,
        heartbeatMs: 2,
        requestTimeoutMs: 10000,
        backoff: { baseMs: 30, maxMs: 4, factor: 2 }
      },
      catchUp: { maxRows: 5, maxAgeMs: 50 },
      delivery: { settleMs: 6, ttlMs: 60 },
      pairing: { maxPending: 7, ttlMs: 70 }
    })
  })

  it("merge groups by chat and replace the entry of a chat", () => {
    const text = `{ imessage: {
      groups: { "*": { historyLimit: 1 }, "42": { historyLimit: 2, requireMention: false } },
      accounts: { a: { groups: { "42": { historyLimit: 3 } } } } } }`
    expect(account(text, "a")?.groups).toEqual({ "*": { historyLimit: 1 }, "42": { historyLimit: 3 } })
  })

  it("replace lists", () => {
    const text =
      '{ imessage: { allowFrom: ["+15555550123"], accounts: { a: { allowFrom: ["friend@example.com"] } } } }'
    expect(account(text, "a")?.allowFrom).toEqual(["friend@example.com"])
  })

  it("are only the named ones where there are any", () => {
    expect(config("{ imessage: { accounts: { a: {}, b: { enabled: false } } } }").accounts).toMatchObject([
      { id: "a", enabled: true },
      { id: "b", enabled: false }
    ])
  })

  it("are all disabled by imessage.enabled", () => {
    const text = "{ imessage: { enabled: false, accounts: { a: { enabled: true }, b: {} } } }"
    expect(config(text).accounts.map(({ enabled }) => enabled)).toEqual([false, false])
  })

  it("that are disabled may contradict themselves", () => {
    const text = '{ imessage: { accounts: { a: {}, b: { enabled: false, dmPolicy: "open" } } } }'
    expect(problems(text)).toEqual([])
  })

  it("tell an empty groupAllowFrom from none", () => {
    expect(account("{ imessage: { groupAllowFrom: [] } }")?.groupAllowFrom).toEqual([])
    expect(account("{}")).not.toHaveProperty("groupAllowFrom")
  })

  it("accept handles that were written as numbers", () => {
    const text = '{ imessage: { allowFrom: [15555550123, "*"], groupAllowFrom: [42] } }'
    expect(account(text)).toMatchObject({ allowFrom: ["15555550123", "*"], groupAllowFrom: ["42"] })
  })

  it("have ~ expanded in their paths", () => {
    const text =
      '{ imessage: { cliPath: "~/bin/imsg", dbPath: "~/chat.db", attachmentRoots: ["~", "/tmp", "~/a"] } }'
    expect(account(text)).toMatchObject({
      cliPath: "/Users/me/bin/imsg",
      dbPath: "/Users/me/chat.db",
      attachmentRoots: ["/Users/me", "/tmp", "/Users/me/a"]
    })
  })

  it("warn when every member of every group can trigger an agent", () => {
    const text = '{ imessage: { groups: { "*": { requireMention: false } } } }'
    expect(config(text).warnings).toContain(
      'every member of every group can trigger an agent through account default: groupPolicy is "open" and groups.* has requireMention false'
    )
  })
})
