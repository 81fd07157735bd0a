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
    const text = '{ imessage: { allowFrom: [15555550123, "*"], groupAllowFrom: [26266] } }'
    expect(account(text)).toMatchObject({ allowFrom: ["15555550123", "*"], groupAllowFrom: ["26266"] })
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

  it("may have other folders on a Mac over SSH", () => {
    const text = `{ imessage: { attachmentRoots: ["/a"], remoteAttachmentRoots: ["~/b"],
      accounts: { a: {}, b: { dbPath: "/b.db", attachmentRoots: ["/c"], remoteAttachmentRoots: ["/Users/*/d"] } } } }`
    expect(account(text, "a")).toMatchObject({ attachmentRoots: ["/a"], remoteAttachmentRoots: ["~/b"] })
    expect(account(text, "b")).toMatchObject({
      attachmentRoots: ["/c"],
      remoteAttachmentRoots: ["/Users/*/d"]
    })
  })

  describe("whose groups are open", () => {
    const everyone = (imessage: string) =>
      config(`{ imessage: { ${imessage} } }`).warnings.filter((warning) =>
        warning.startsWith("every member of")
      )
    const member = "every member of every group can trigger an agent through account default"
    const listed = 'groupPolicy is "allowlist", and groupAllowFrom has "*"'
    const inherited =
      'groupPolicy is "allowlist", groupAllowFrom is not set, and allowFrom, which then counts, has "*"'
    const anyway = 'groups: { "*": { requireMention: false } }'

    it.each([
      ["by their policy, without a mention", anyway, `${member}: groupPolicy is "open"`],
      [
        "by their list, without a mention",
        `groupPolicy: "allowlist", groupAllowFrom: ["*"], ${anyway}`,
        `${member}: ${listed}`
      ],
      [
        "by the other list, without a mention",
        `groupPolicy: "allowlist", allowFrom: ["*"], ${anyway}`,
        `${member}: ${inherited}`
      ]
    ])("say so: %s", (_, imessage, said) =>
      expect(everyone(imessage)).toEqual([`${said} and groups.* has requireMention false`])
    )

    it.each([
      ["by their list", 'groupPolicy: "allowlist", groupAllowFrom: ["*"]', listed],
      ["by the other list", 'groupPolicy: "allowlist", allowFrom: ["*"]', inherited]
    ])("say so where that looks closed: %s", (_, imessage, why) => {
      expect(everyone(imessage)).toEqual([`${member} by a mention: ${why}`])
      expect(everyone(`${imessage}, groups: { "42": {} }`)).toEqual([
        `every member of the groups in groups can trigger an agent through account default by a mention: ${why}`
      ])
    })

    it.each([
      ["a policy that says so", ""],
      ["members who are listed", 'groupPolicy: "allowlist", allowFrom: ["*"], groupAllowFrom: []'],
      ["no groups", `groupPolicy: "disabled", groupAllowFrom: ["*"], ${anyway}`],
      ["a disabled account", `enabled: false, allowFrom: ["*"], groupPolicy: "allowlist", ${anyway}`]
    ])("say nothing of %s", (_, imessage) => expect(everyone(imessage)).toEqual([]))
  })

  describe("whose groups are open to strangers", () => {
    const strangers = (imessage: string) =>
      config(`{ imessage: { ${imessage} } }`).warnings.filter((warning) =>
        warning.startsWith("strangers are answered in groups")
      )

    it.each(["allowlist", "disabled"])("say so while direct messages are closed to them: %s", (policy) => {
      expect(strangers(`dmPolicy: "${policy}"`)).toEqual([
        `strangers are answered in groups by account default: dmPolicy is "${policy}", but groupPolicy is "open", so whoever makes a group with the account and mentions the agent is answered; set groupPolicy to "allowlist" or "disabled", or name the groups that are answered in groups, without "*"`
      ])
    })

    it("say so too where a list admits everyone", () => {
      expect(strangers('dmPolicy: "disabled", groupPolicy: "allowlist", groupAllowFrom: ["*"]')).toEqual([
        'strangers are answered in groups by account default: dmPolicy is "disabled", but groupPolicy is "allowlist", and groupAllowFrom has "*", so whoever makes a group with the account and mentions the agent is answered; take "*" out of the list, or name the groups that are answered in groups, without "*"'
      ])
    })

    it.each([
      ["strangers may pair", ""],
      ["everyone may write", 'dmPolicy: "open", allowFrom: ["*"]'],
      ["everyone is listed", 'dmPolicy: "allowlist", allowFrom: ["*"]'],
      ["members are listed", 'dmPolicy: "disabled", groupPolicy: "allowlist"'],
      ["there are no groups", 'dmPolicy: "disabled", groupPolicy: "disabled"'],
      ["groups are named", 'dmPolicy: "allowlist", groups: { "42": {} }'],
      ["another warning says it", 'dmPolicy: "allowlist", groups: { "*": { requireMention: false } }'],
      ["the account is disabled", 'dmPolicy: "allowlist", enabled: false']
    ])("say nothing where %s", (_, imessage) => {
      expect(strangers(imessage)).toEqual([])
    })

    it("say so of each account that it holds for", () => {
      const text = `dmPolicy: "allowlist", accounts: {
        a: {}, b: { dbPath: "/b", groupPolicy: "disabled" }, c: { dbPath: "/c", groups: { "*": {}, "1": {} } } }`
      expect(strangers(text)).toEqual([
        expect.stringContaining("account a:"),
        expect.stringContaining("account c:")
      ])
    })
  })

  it("warn where a list admits everyone under a policy that looks closed", () => {
    const everyone = (imessage: string) =>
      config(`{ imessage: { ${imessage} } }`).warnings.filter((warning) =>
        warning.startsWith("everyone may write directly")
      )
    for (const policy of ["pairing", "allowlist"]) {
      expect(everyone(`dmPolicy: "${policy}", allowFrom: ["+15555550123", "*"]`)).toEqual([
        `everyone may write directly to account default: allowFrom has "*", so dmPolicy "${policy}" keeps nobody out; take "*" out of allowFrom, or say "open"`
      ])
    }
    for (const rest of ['dmPolicy: "open"', 'dmPolicy: "disabled"', "enabled: false"]) {
      expect(everyone(`${rest}, allowFrom: ["*"]`)).toEqual([])
    }
  })

  it("may leave approved strangers without a word", () => {
    expect(account('{ imessage: { pairing: { approvedMessage: "" } } }')?.pairing.approvedMessage).toBe("")
  })

  it("open to everyone may say so with spaces", () => {
    expect(problems('{ imessage: { dmPolicy: "open", allowFrom: [" * "] } }')).toEqual([])
  })
})

describe("an entry of an allow list that names nobody", () => {
  const international = "a phone number with its country code, such as +15555550123"
  const nobody = (entry: string, expected: string) =>
    `${JSON.stringify(entry)} names nobody, so it would let nobody in: expected ${expected}`

  it.each<[what: string, text: string, problem: string]>([
    [
      "of imessage",
      '{ imessage: { allowFrom: ["+15555550123", "++15551230001"] } }',
      `imessage.allowFrom[1]: ${nobody("++15551230001", international)}`
    ],
    [
      "of the groups",
      '{ channels: { imessage: { groupAllowFrom: ["chat_id:*"] } } }',
      `channels.imessage.groupAllowFrom[0]: ${nobody("chat_id:*", "a positive whole number after the colon, as in chat_id:42")}`
    ],
    [
      "of an account",
      '{ imessage: { accounts: { a: { allowFrom: ["sam@"] }, b: { dbPath: "/b.db" } } } }',
      `imessage.accounts.a.allowFrom[0]: ${nobody("sam@", "an email with both its sides, such as user@example.com")}`
    ],
    [
      "of several accounts, once",
      '{ imessage: { allowFrom: ["imessage:"], accounts: { a: {}, b: { dbPath: "/b.db" } } } }',
      `imessage.allowFrom[0]: ${nobody("imessage:", "a phone number or an email after imessage:")}`
    ],
    [
      "of a list that every account replaces",
      '{ imessage: { allowFrom: ["++1"], accounts: { a: { allowFrom: [] } } } }',
      `imessage.allowFrom[0]: ${nobody("++1", international)}`
    ],
    [
      "of a disabled account",
      '{ imessage: { enabled: false, allowFrom: ["++1"] } }',
      `imessage.allowFrom[0]: ${nobody("++1", international)}`
    ],
    [
      "that was written as a number",
      "{ imessage: { groupAllowFrom: [42] } }",
      `imessage.groupAllowFrom[0]: ${nobody("42", "a number that is a possible phone number in US (a chat is written chat_id:42)")}`
    ],
    [
      "that is a group of another gateway",
      '{ channels: { imessage: { allowFrom: ["accessGroup:family"] } } }',
      `channels.imessage.allowFrom[0]: ${nobody("accessGroup:family", "the phone numbers and emails themselves, for there are no access groups here; write those of the group instead")}`
    ],
    [
      "with a character that nobody sees, which is shown",
      '{ imessage: { allowFrom: ["ka\\u200bte@example.com"] } }',
      'imessage.allowFrom[0]: "ka\\u{200b}te@example.com" names nobody, so it would let nobody in: expected a handle without invisible characters'
    ]
  ])("%s is refused with its path", (_, text, problem) => {
    expect(problems(text)).toEqual([problem])
  })

  it("in one account may be a number in another", () => {
    const text = `{ imessage: { allowFrom: ["555 555 0123"], accounts: {
      a: { region: "NO" }, b: { region: "US", dbPath: "/b.db" } } } }`
    expect(problems(text)).toEqual([])
    expect(problems(text.replace('"US"', '"NO"'))).toHaveLength(1)
  })

  describe("by the services that are answered", () => {
    const only = (service: string, entries: string) =>
      problems(`{ imessage: { services: ["${service}"], allowFrom: [${entries}] } }`)
    const byNone = (at: number, entry: string, service: string, other: string) =>
      `imessage.allowFrom[${at}]: ${nobody(entry, `somebody who writes by ${service}, since ${other} is not in services`)}`

    it("is one for another, and what only writes by another", () => {
      expect(only("imessage", '"sms:+15555550123", "sms:MyBank", "26266"')).toEqual([
        byNone(0, "sms:+15555550123", "imessage", "sms"),
        byNone(1, "sms:MyBank", "imessage", "sms"),
        byNone(2, "26266", "imessage", "sms")
      ])
      expect(only("sms", '"imessage:+15555550123"')).toEqual([
        byNone(0, "imessage:+15555550123", "sms", "imessage")
      ])
    })

    it("is not one for all of them, for one of them, or for a chat", () => {
      expect(only("imessage", '"+15555550123", "imessage:+15555550124", "chat_id:7", "*"')).toEqual([])
      expect(only("sms", '"+15555550123", "sms:MyBank", "26266"')).toEqual([])
    })

    it("may be somebody in another account", () => {
      const text = `{ imessage: { allowFrom: ["sms:MyBank"], accounts: {
        a: { services: ["imessage"] }, b: { services: ["sms"], dbPath: "/b.db" } } } }`
      expect(problems(text)).toEqual([])
      expect(problems(text.replace('"sms"]', '"imessage"]'))).toHaveLength(1)
    })
  })

  it("is not what only is no person: a short code, a company, a business, a chat", () => {
    const text = '{ imessage: { allowFrom: ["26266", "sms:BANK", "urn:biz:example", "*", "chat_id:7"] } }'
    expect(problems(text)).toEqual([])
  })

  it("is not reported of a list that is not in the file", () => {
    expect(problems("{ imessage: { accounts: { a: {}, b: { dbPath: '/b.db' } } } }")).toEqual([])
  })
})

describe("the folders that files may lie in", () => {
  const lists: ReadonlyArray<readonly [key: string, text: (root: string) => string]> = [
    ["imessage.attachmentRoots", (root) => `{ imessage: { attachmentRoots: [${root}] } }`],
    ["imessage.remoteAttachmentRoots", (root) => `{ imessage: { remoteAttachmentRoots: [${root}] } }`],
    ["agents.list[0].mediaRoots", (root) => `{ agents: { list: [{ id: "a", mediaRoots: [${root}] }] } }`]
  ]

  it.each(["/", "~", "~/", "/a//b/", "/a/../b", "/Users/*/Library", "~/*", "/*", "/*/*/x", "/a/[b]/{c}"])(
    "may be %j",
    (root) => {
      for (const [, text] of lists) expect(problems(text(JSON.stringify(root)))).toEqual([])
    }
  )

  it.each(["", "a", "./a", "~user/a", "/a/**", "/a/**/b", "/a/*.d", "/a*/b", "/a/?/b", "/*/../b", "/a/./*"])(
    "cannot be %j",
    (root) => {
      for (const [key, text] of lists) {
        expect(problems(text(JSON.stringify(root)))).toEqual([
          `${key}[0]: expected an absolute path, or one that starts with ~/, in which * may stand for the whole name of a folder (and neither ? nor ** nor *.x means anything); got ${JSON.stringify(root)}`
        ])
      }
    }
  )
})

describe("the services of an account", () => {
  it("are all of them where nothing is said", () => {
    expect(account("{}")?.services).toEqual(["imessage", "sms"])
  })

  it("are those of the account before those of imessage", () => {
    const text = `{ imessage: { services: ["imessage"], accounts: {
      a: {}, b: { dbPath: "/b.db", services: ["sms", "imessage"] } } } }`
    expect(account(text, "a")?.services).toEqual(["imessage"])
    expect(account(text, "b")?.services).toEqual(["sms", "imessage"])
  })

  it.each([
    ["[]", "a list"],
    ['["rcs"]', "a list"],
    ['"imessage"', '"imessage"']
  ])("are not %s", (services, got) => {
    expect(problems(`{ imessage: { services: ${services} } }`)).toEqual([
      `imessage.services: expected a list of "imessage" and "sms"; got ${got}`
    ])
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
