import { describe, expect, it } from "@effect/vitest"
import { config, problems } from "./decoding.ts"

describe("session", () => {
  it("is as nobody has chosen where the file says nothing", () => expect(config("{}").session).toEqual({}))

  it.each(["main", "per-peer", "per-channel-peer", "per-account-channel-peer"])("has the scope %s", (scope) =>
    expect(config(`{ session: { dmScope: "${scope}" } }`).session).toEqual({ dmScope: scope })
  )

  it("has no other scope", () =>
    expect(problems('{ session: { dmScope: "per-person" } }')).toEqual([
      'session.dmScope: expected one of: main, per-peer, per-channel-peer, per-account-channel-peer; got "per-person"'
    ]))

  it("passes over what does not decide who sees what, with one warning", () => {
    const { warnings } = config(`{ session: {
      scope: "per-sender", mainKey: "main", reset: { mode: "daily", atHour: 4 }, resetTriggers: ["/new"],
      identityLinks: { alice: ["telegram:1", "discord:2"] },
      sendPolicy: { default: "allow", rules: [{ action: "deny", match: { channel: "discord" } }] } } }`)
    expect(warnings[0]).toBe(
      "these keys are not known here and are ignored: session.scope, session.mainKey, session.reset, session.resetTriggers, session.identityLinks, session.sendPolicy"
    )
  })

  it.each([
    ["one session for all", '{ scope: "global" }', "session.scope: one session for groups"],
    [
      "a link of this channel",
      '{ identityLinks: { a: ["imessage:+15555550100"] } }',
      "session.identityLinks: "
    ],
    ["a link without a channel", '{ identityLinks: { a: ["+15555550100"] } }', "session.identityLinks: "],
    ["a policy that denies", '{ sendPolicy: { default: "deny" } }', "session.sendPolicy: what is not to be"],
    [
      "a rule that denies here",
      '{ sendPolicy: { rules: [{ action: "deny", match: { chatType: "group" } }] } }',
      "session.sendPolicy: what is not to be"
    ],
    ["a misspelling", '{ dmScop: "main" }', 'session.dmScop: unknown key; did you mean "dmScope"?']
  ])("refuses %s", (_, session, problem) => {
    const found = problems(`{ session: ${session} }`)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(problem)
  })
})

describe("people", () => {
  it("are read in any spelling that means the same in every account", () => {
    const { people } = config(`{
      imessage: { region: "US" },
      people: { sam: ["(555) 555-0100", "Sam@Example.com", "auto:+1 555 555 0100"] } }`)
    expect(people).toEqual([{ name: "sam", handles: ["+15555550100", "sam@example.com"] }])
  })

  const expected = "expected a phone number with its country code, or an email address; got"
  it.each([
    ["nobody's handle", '{ sam: ["MYBANK"] }', [`people.sam[0]: ${expected} "MYBANK"`]],
    ["a short code", '{ sam: ["26266"] }', [`people.sam[0]: ${expected} "26266"`]],
    [
      "a service, which a person's handle has not",
      '{ sam: ["imessage:+15555550100", "imessage:sms:+15555550101", "sms:MYBANK"] }',
      [
        `people.sam[0]: expected +15555550100 alone, for a handle is its person's by every service; got "imessage:+15555550100"`,
        `people.sam[1]: expected +15555550101 alone, for a handle is its person's by every service; got "imessage:sms:+15555550101"`,
        `people.sam[2]: ${expected} "sms:MYBANK"`
      ]
    ],
    ["a chat", '{ sam: ["chat_id:5"] }', [`people.sam[0]: ${expected} "chat_id:5"`]],
    [
      "a handle of two people",
      '{ sam: ["+15555550100"], kim: ["kim@example.com", "(555) 555-0100"] }',
      ['people.kim[1]: "(555) 555-0100" is a handle of sam too; a handle belongs to one person']
    ],
    [
      "a person without a handle",
      "{ sam: [] }",
      ["people.sam: names no handle; name one at least, or take the person out"]
    ],
    [
      "a name that could not stand in a session's key",
      '{ "sam:x": ["+15555550100"] }',
      [
        'people["sam:x"]: expected an id: a letter or digit, then up to 63 letters, digits, ".", "-" or "_" as the key; got "sam:x"'
      ]
    ]
  ])("are refused with %s", (_, people, found) => expect(problems(`{ people: ${people} }`)).toEqual(found))

  it("are refused with a number that means another one in another account", () =>
    expect(
      problems(`{ imessage: { accounts: { us: {}, no: { region: "NO", cliPath: "/no" } } },
        people: { sam: ["5555550100"] } }`)
    ).toEqual([`people.sam[0]: ${expected} "5555550100"`]))
})

describe("the keys of groups", () => {
  const keys = (groups: string) =>
    Object.keys(config(`{ imessage: { groups: ${groups} } }`).accounts[0]?.groups ?? {})

  it.each([
    ["a chat_id", '"42"', "42"],
    ["a chat_id as a target is written", '"chat_id:42"', "42"],
    ["an identifier", '"chat_identifier:chat42"', "chat_identifier:chat42"],
    ["a bare identifier", '"chat42"', "chat_identifier:chat42"],
    [
      "a bare identifier that begins with 0",
      '"0123456789abcdef0123456789abcdef"',
      "chat_identifier:0123456789abcdef0123456789abcdef"
    ],
    ["the guid of a group", '"chat_guid:iMessage;+;chat42"', "chat_identifier:chat42"],
    ["a bare guid", '"any;+;chat42"', "chat_identifier:chat42"],
    ["the guid of a chat that is no group", '"iMessage;-;chat42"', "chat_guid:any;-;chat42"],
    ["all groups", '"*"', "*"]
  ])("may be %s", (_, written, key) => expect(keys(`{ ${written}: {} }`)).toEqual([key]))

  it("name a group once", () =>
    expect(problems('{ imessage: { groups: { "iMessage;+;chat42": {}, chat42: {} } } }')).toEqual([
      'imessage.groups.chat42: names the same group as "iMessage;+;chat42"; keep one of them'
    ]))

  it("of an account take the place of those of imessage, however they are written", () => {
    const [account] = config(`{ imessage: {
      groups: { "chat_id:42": { historyLimit: 1 }, chat7: {} },
      accounts: { home: { groups: { "42": { historyLimit: 2 } } } } } }`).accounts
    expect(account?.groups).toEqual({ 42: { historyLimit: 2 }, "chat_identifier:chat7": {} })
  })
})
