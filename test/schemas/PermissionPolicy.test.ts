import { describe, expect, it } from "@effect/vitest"
import type { PermissionRule } from "../../src/schemas/config/permissions.ts"
import { judge, type PermissionWanted, policyOf, titleOf } from "../../src/schemas/PermissionPolicy.ts"
import { makeConfig } from "../support/configs.ts"
import { withPermissions } from "../support/permissions.ts"

const subject = { agentId: "main", accountId: "default" }
const group = [{ chatId: 42, chatGuid: "iMessage;+;chat7", chatIdentifier: "chat7" }]

describe("the policy of a turn", () => {
  it("is to refuse everything, of an agent that asks for no leave or is gone", () => {
    expect(policyOf(makeConfig(), subject)).toMatchObject({ default: "deny", rules: [] })
    const config = withPermissions({ default: "allow" })
    expect(policyOf(config, { ...subject, agentId: "gone" })).toMatchObject({ default: "deny", rules: [] })
  })

  it("is what the agent's own permissions say, where one person hears the answer", () => {
    const rules: ReadonlyArray<PermissionRule> = [{ kind: "read", action: "allow" }]
    const config = withPermissions({ default: "ask", rules, askTimeoutMs: 5000 })
    expect(policyOf(config, subject)).toEqual({ default: "ask", rules, askTimeoutMs: 5000 })
  })

  it("waits for an owner ten minutes where nothing else is said", () => {
    expect(policyOf(withPermissions({}), subject)).toEqual({
      default: "deny",
      rules: [],
      askTimeoutMs: 600_000
    })
  })

  it.each([
    ["says nothing of the group", {}, "deny", 0],
    ["names another one", { "43": { permissions: "allow" } }, "deny", 0],
    ["says something else of it", { "42": { requireMention: false } }, "deny", 0],
    ["has ask for it", { "42": { permissions: "ask" } }, "ask", 1],
    [
      "has allow for it, by what Messages calls it",
      { "chat_identifier:chat7": { permissions: "allow" } },
      "allow",
      1
    ],
    // What is denied here no rule allows that was made for elsewhere.
    ["has deny for it", { "42": { permissions: "deny" } }, "deny", 0],
    ["has deny for every group", { "*": { permissions: "deny" } }, "deny", 0],
    ["has ask for every group", { "*": { permissions: "ask" } }, "ask", 1],
    ["takes it back for this one", { "*": { permissions: "ask" }, "42": { permissions: "deny" } }, "deny", 0]
  ] as const)("in a group, where the config %s", (_, groups, action, rules) => {
    const config = withPermissions(
      { default: "allow", rules: [{ kind: "read", action: "allow" }], acknowledgeOpen: true },
      // Whoever may trigger agents in groups is said, or "*" would be refused.
      { imessage: { groups, groupPolicy: "allowlist", groupAllowFrom: ["+15555550123"] } }
    )
    const policy = policyOf(config, { ...subject, group })
    expect(policy.default).toBe(action)
    expect(policy.rules).toHaveLength(rules)
  })

  it("is to refuse everything in a group of an account that is gone", () => {
    const config = withPermissions({ default: "allow" })
    expect(policyOf(config, { ...subject, accountId: "gone", group })).toMatchObject({ default: "deny" })
  })
})

const wanted = (kind: PermissionWanted["kind"], title = ""): PermissionWanted => ({ kind, title })

describe("a request", () => {
  const policy = (rules: ReadonlyArray<PermissionRule>, otherwise: "allow" | "ask" | "deny" = "deny") =>
    policyOf(withPermissions({ default: otherwise, rules }), subject)

  it("that no rule is for is answered by the default", () => {
    expect(judge(policy([], "ask"), wanted("read"))).toEqual({ action: "ask", reason: "default" })
    const other = policy([{ kind: "edit", action: "allow" }])
    expect(judge(other, wanted("read"))).toEqual({ action: "deny", reason: "default" })
  })

  it("is answered by the first rule that is for it", () => {
    const rules = policy([
      { kind: "execute", title: "^git ", action: "allow" },
      { kind: "execute", action: "ask" },
      { kind: "execute", action: "deny" }
    ])
    expect(judge(rules, wanted("execute", "git status"))).toEqual({ action: "allow", reason: "rule" })
    expect(judge(rules, wanted("execute", "rm -r ."))).toEqual({ action: "ask", reason: "rule" })
  })

  it("is answered by its kind before its title, in whichever order the rules stand: titles are the agent's words", () => {
    const rules = policy([
      { title: "^git status$", action: "allow" },
      { kind: "execute", action: "deny" }
    ])
    expect(judge(rules, wanted("execute", "git status"))).toEqual({ action: "deny", reason: "rule" })
    expect(judge(rules, wanted("read", "git status"))).toEqual({ action: "allow", reason: "rule" })
  })

  it("is matched by the whole of a title in any case, in one line, as it is seen", () => {
    const rules = policy([{ title: "^npm test$", action: "allow" }])
    for (const title of ["npm test", "NPM Test", " npm\n test ", "n\u200bpm test"]) {
      expect(judge(rules, wanted("execute", title)).action).toBe("allow")
    }
    for (const title of ["npm test; rm -r .", "x npm test", "npm test\nrm -r ."]) {
      expect(judge(rules, wanted("execute", title)).action).toBe("deny")
    }
  })

  it("is not allowed by a title that is too long to be read, but refused by any word of it", () => {
    const long = `ls ${"a".repeat(2000)}; rm -r .`
    const rules = policy([{ title: "^ls ", action: "allow" }], "deny")
    expect(judge(rules, wanted("execute", long)).action).toBe("deny")
    for (const title of ["^ls ", "rm -r"]) {
      const refusing = policy([{ title, action: "deny" }], "allow")
      expect(judge(refusing, wanted("execute", long))).toEqual({ action: "deny", reason: "rule" })
    }
    // What is not in it refuses nothing, however long it is.
    const other = policy([{ title: "curl", action: "deny" }], "allow")
    expect(judge(other, wanted("execute", long)).action).toBe("allow")
  })

  it.each([
    { what: "so long that it is not looked through", title: "a".repeat(100_000), isCut: false },
    { what: "cut before it came here", title: "a".repeat(1000), isCut: true }
  ])("whose title is $what may be what each rule speaks of: the strictest counts", ({ isCut, title }) => {
    const judged = (rules: ReadonlyArray<PermissionRule>, otherwise: "allow" | "ask" | "deny") =>
      judge(policy(rules, otherwise), { kind: "execute", title, isCut })
    const rm = { title: "rm -r" }
    expect(judged([{ ...rm, action: "deny" }], "allow")).toEqual({ action: "deny", reason: "rule" })
    expect(judged([{ ...rm, action: "ask" }], "allow")).toEqual({ action: "ask", reason: "rule" })
    expect(judged([{ ...rm, action: "ask" }], "deny")).toEqual({ action: "deny", reason: "default" })
    expect(judged([{ ...rm, action: "allow" }], "ask")).toEqual({ action: "ask", reason: "default" })
    expect(judged([{ ...rm, kind: "read", action: "deny" }], "allow").action).toBe("allow")
    // A rule that asks for no title is for it, whatever the title says, and those behind it are not.
    const first = { kind: "execute", action: "ask" } as const
    expect(judged([first, { ...rm, kind: "execute", action: "deny" }], "deny").action).toBe("ask")
    expect(judged([{ ...rm, kind: "execute", action: "deny" }, first], "allow").action).toBe("deny")
  })
})

describe("a title", () => {
  it("is one line of what can be seen, and bounded", () => {
    expect(titleOf({ title: "one\r\n\ttwo\u202ethree" }).title).toBe("one twothree")
    expect(titleOf({ title: "short" })).toEqual({ title: "short", isCut: false })
    expect(titleOf({ title: "short", isCut: true })).toEqual({ title: "short…", isCut: true })
    const { isCut, title } = titleOf({ title: "a".repeat(100_000) })
    expect([title.length, isCut, title.at(-1)]).toEqual([1001, true, "…"])
    expect(titleOf({ title: `${" ".repeat(5000)}hidden` })).toEqual({ title: "…", isCut: true })
  })
})
