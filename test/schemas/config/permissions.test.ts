import { describe, expect, it } from "@effect/vitest"
import { openPermissions } from "../../../src/schemas/config/openPermissions.ts"
import { type PermissionsConfig, permissionProblems } from "../../../src/schemas/config/permissions.ts"
import { renderPath } from "../../../src/schemas/config/problems.ts"
import type { ConfigFileContent } from "../../support/configs.ts"
import { withPermissions } from "../../support/permissions.ts"
import { problems } from "./decoding.ts"

const EVERYONE = { dmPolicy: "open", allowFrom: ["*"] }

const found = (said: Partial<PermissionsConfig>, partial: ConfigFileContent) => {
  const { accounts, agents } = withPermissions(said, partial)
  return openPermissions(agents.list, accounts, {
    permissions: (id) => ["agents", "entries", id, "runtime", "permissions"],
    groups: () => ["imessage", "groups"]
  }).map(({ message, path }) => `${renderPath(path)}: ${message}`)
}

describe("an agent to which anybody can write", () => {
  it.each([
    ["default", { default: "allow" as const }, "default"],
    ["default", { default: "ask" as const }, "default"],
    [
      "rule",
      {
        rules: [
          { kind: "read", action: "deny" },
          { kind: "edit", action: "ask" }
        ] as const
      },
      "rules[1].action"
    ]
  ])("is refused a %s above deny", (_, said, at) => {
    expect(found(said, { imessage: EVERYONE })).toEqual([
      `agents.entries.main.runtime.permissions.${at}: anybody can write to agent main through account default (dmPolicy is "open"), and what they write would decide what it asks for; use "deny", let an allow list or pairing say who may write, or, where that is meant, set agents.entries.main.runtime.permissions.acknowledgeOpen to true`
    ])
  })

  it("is so also where an allow list has everybody in it", () => {
    expect(found({ default: "ask" }, { imessage: { allowFrom: ["*"] } })).toEqual([
      expect.stringContaining('allowFrom has "*"')
    ])
  })

  it.each([
    ["that is meant", { default: "allow", acknowledgeOpen: true }, { imessage: EVERYONE }],
    ["nothing is above deny", { rules: [{ kind: "edit", action: "deny" }] }, { imessage: EVERYONE }],
    // There no rule allows anything: see the policy of a turn.
    [
      "groups are denied what rules allow elsewhere",
      { rules: [{ kind: "read", action: "allow" }] },
      { imessage: { groupPolicy: "open", groups: { "*": { permissions: "deny" } } } }
    ],
    ["somebody decides who may write", { default: "allow" }, { imessage: { allowFrom: ["+15555550123"] } }],
    ["nobody may write", { default: "allow" }, { imessage: { dmPolicy: "disabled", allowFrom: ["*"] } }],
    ["the account is disabled", { default: "allow" }, { imessage: { enabled: false, ...EVERYONE } }]
  ] as const)("is taken where %s", (_, said, partial) => {
    expect(found(said, partial)).toEqual([])
  })

  it("is not one that answers only somebody who is named", () => {
    const { accounts, agents } = withPermissions(
      { default: "ask" },
      {
        imessage: EVERYONE,
        agents: { list: [{ id: "main" }, { id: "tools" }] },
        bindings: [
          { agentId: "tools", match: { channel: "imessage", peer: { kind: "direct", id: "+15555550123" } } }
        ]
      }
    )
    const [main, tools] = agents.list.map(({ permissions, ...agent }) =>
      agent.id === "tools" && permissions !== undefined ? { ...agent, permissions } : agent
    )
    const places = { permissions: () => [], groups: () => [] }
    expect(
      openPermissions(
        [main, tools].flatMap((agent) => agent ?? []),
        accounts,
        places
      )
    ).toEqual([])
  })

  it("is the one that a binding for everybody names", () => {
    const partial = {
      imessage: EVERYONE,
      agents: { list: [{ id: "main" }, { id: "other" }] },
      bindings: [{ agentId: "other", match: { channel: "imessage" } }]
    }
    expect(found({ default: "ask" }, partial)).toEqual([expect.stringContaining("agent other")])
  })
})

describe("groups that anybody can make", () => {
  it("are refused what every group is permitted", () => {
    const said = found({}, { imessage: { groups: { "*": { permissions: "ask" } } } })
    expect(said).toEqual([
      expect.stringMatching(/^imessage\.groups\.\*\.permissions: whoever makes a group with account default/u)
    ])
  })

  it.each([
    ["those are named", { groups: { "42": { permissions: "allow" } } }],
    ["it is deny", { groups: { "*": { permissions: "deny" } } }],
    [
      "somebody decides who may trigger an agent",
      { groups: { "*": { permissions: "ask" } }, groupPolicy: "allowlist", groupAllowFrom: ["+15555550123"] }
    ]
  ] as const)("are no matter where %s", (_, imessage) => {
    expect(found({}, { imessage })).toEqual([])
  })
})

describe("the keys", () => {
  it("of a group are one of three words", () => {
    expect(problems(`{ imessage: { groups: { "42": { permissions: "yes" } } } }`)).toEqual([
      'imessage.groups.42.permissions: expected one of: allow, deny, ask; got "yes"'
    ])
  })

  it("of a rule name what it is for", () => {
    expect(
      permissionProblems({ rules: [{ kind: "read", action: "allow" }, { action: "deny" }] }, ["at"])
    ).toEqual([
      {
        path: ["at", "rules", 1],
        message: "names neither a kind nor a title, so it would be for everything: say that by default"
      }
    ])
  })
})
