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

  it("merge the variables of children by name, and replace the names of those that are passed on", () => {
    const text = `{ imessage: {
      env: { A: "1", B: "2" }, passEnv: ["C"],
      accounts: { a: { env: { B: "3" }, passEnv: ["D_*"] } } } }`
    expect(account(text, "a")).toMatchObject({ env: { A: "1", B: "3" }, passEnv: ["D_*"] })
  })

  it("refuse a name of a variable that could be none, and one that is all of them", () => {
    expect(problems('{ imessage: { passEnv: ["A-B", "*", "OK"] } }')).toMatchObject([
      expect.stringContaining(
        'imessage.passEnv[0]: expected the name of a variable, or the beginning of names and "*"'
      ),
      expect.stringContaining("imessage.passEnv[1]")
    ])
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
      attachmentRoots: ["/Users/me", "/tmp", "/Users/me/a"],
      remoteAttachmentRoots: ["~", "/tmp", "~/a"]
    })
  })

  it("warn when every member of every group can trigger an agent", () => {
    const text = '{ imessage: { groups: { "*": { requireMention: false } } } }'
    expect(config(text).warnings).toContain(
      'every member of every group can trigger an agent through account default: groupPolicy is "open" and groups.* has requireMention false'
    )
  })

  it("warn when an allow list of groups admits everyone only because that of direct messages does", () => {
    const everyone = (imessage: string) =>
      config(`{ imessage: { allowFrom: ["*"], groupPolicy: "allowlist", ${imessage} } }`).warnings.filter(
        (warning) => warning.startsWith("every member of every group")
      ).length
    expect(everyone("")).toBe(1)
    expect(everyone('groupAllowFrom: ["*"]')).toBe(0)
    expect(everyone("enabled: false")).toBe(0)
  })

  it("may leave approved strangers without a word", () => {
    expect(account('{ imessage: { pairing: { approvedMessage: "" } } }')?.pairing.approvedMessage).toBe("")
  })

  it("open to everyone may say so with spaces", () => {
    expect(problems('{ imessage: { dmPolicy: "open", allowFrom: [" * "] } }')).toEqual([])
  })
})

describe("a malformed entry of an allow list", () => {
  const number = "a positive whole number after the colon, as in chat_id:42"

  it.each<[what: string, text: string, warning: string]>([
    [
      "of imessage",
      '{ imessage: { allowFrom: ["+15555550123", "chat_id:abc"] } }',
      `imessage.allowFrom[1]: "chat_id:abc" admits nobody: expected ${number}`
    ],
    [
      "of the groups",
      '{ channels: { imessage: { groupAllowFrom: ["chat_id:*"] } } }',
      `channels.imessage.groupAllowFrom[0]: "chat_id:*" admits nobody: expected ${number}`
    ],
    [
      "of an account",
      '{ imessage: { accounts: { a: { allowFrom: ["guid:"] }, b: { dbPath: "/b.db" } } } }',
      'imessage.accounts.a.allowFrom[0]: "guid:" admits nobody: expected the guid of a chat after the colon, as in chat_guid:iMessage;+;chat42'
    ],
    [
      "of several accounts, once",
      '{ imessage: { allowFrom: ["chat:x"], accounts: { a: {}, b: { dbPath: "/b.db" } } } }',
      `imessage.allowFrom[0]: "chat:x" admits nobody: expected ${number}`
    ]
  ])("%s is named, and the gateway starts", (_, text, warning) => {
    expect(config(text).warnings.filter((each) => each.includes("admits nobody"))).toEqual([warning])
  })

  it("is not what only is no target", () => {
    const text = '{ imessage: { allowFrom: ["26266", "BANK", "urn:biz:example", "*", "chat_id:7"] } }'
    expect(config(text).warnings.filter((each) => each.includes("admits nobody"))).toEqual([])
  })
})

describe("two accounts", () => {
  const twin =
    "imessage.accounts.b: has the cliPath and dbPath of account a, so every message would be answered twice; give it its own, or disable it"

  it.each<[what: string, a: string, b: string]>([
    ["that say nothing", "{}", "{}"],
    ["of which one writes the default database", "{}", '{ dbPath: "~/Library/Messages/chat.db" }'],
    ["of which one writes it in full", '{ dbPath: "/Users/me/Library/Messages/chat.db" }', "{}"],
    ["with two spellings of a database", '{ dbPath: "/a//b/../c.db" }', '{ dbPath: "/a/./c.db/" }'],
    ["with two spellings of a program", '{ cliPath: "/bin/../opt/imsg" }', '{ cliPath: "/opt/imsg" }'],
    [
      "with two spellings of the home folder",
      '{ dbPath: "~/x/chat.db" }',
      '{ dbPath: "/Users/me/x//chat.db" }'
    ]
  ])("%s share what they read", (_, a, b) => {
    expect(problems(`{ imessage: { accounts: { a: ${a}, b: ${b} } } }`)).toEqual([twin])
  })

  it.each<[what: string, a: string, b: string]>([
    ["with databases of their own", "{}", '{ dbPath: "/Users/bot/Library/Messages/chat.db" }'],
    ["with programs of their own", "{}", '{ cliPath: "~/bin/imsg-bot" }'],
    ["of which one is found in the working folder", '{ cliPath: "imsg" }', '{ cliPath: "./imsg" }'],
    ["of which one is disabled", "{}", "{ enabled: false }"]
  ])("%s may run side by side", (_, a, b) => {
    expect(problems(`{ imessage: { accounts: { a: ${a}, b: ${b} } } }`)).toEqual([])
  })
})
