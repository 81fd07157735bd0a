/** Whose messages are whose to edit and to take back. */
import { describe, expect, it } from "@effect/vitest"
import { answering, handPrefix, mayChange, toolPrefix } from "../../src/schemas/deliveryNames.ts"
import type { Grant } from "../../src/schemas/Grant.ts"
import { toldToOwners } from "../../src/schemas/owners.ts"

const ADMIN: Grant = { scopes: ["admin"] }
const token = (number: number): Grant => ({ scopes: ["chat", "send"], by: { _tag: "Token", number } })
const agent = answering("main", "default", 7)

/** Between turns an agent is nobody. */
const idle: Grant = { scopes: ["chat"], only: { accountId: "", chatId: 0 } }

const CALLERS = { admin: ADMIN, agent, first: token(1), eleventh: token(11), idle }
type Caller = keyof typeof CALLERS

const by = (prefix: typeof handPrefix, grant: Grant): string => `${prefix("default", grant)}name`

describe("what a delivery said may be changed", () => {
  it.each<[what: string, id: string, by: ReadonlyArray<Caller>]>([
    ["that a turn answered", "default:8E5A1F0C-2B7D", ["admin", "agent"]],
    ["that is a later piece of a turn", "default:8E5A1F0C-2B7D/2", ["admin", "agent"]],
    ["of a turn of another account", "other:8E5A1F0C-2B7D", ["admin"]],
    ["that asks an owner", `${toldToOwners("default", "permission-1")}+15555550100`, ["admin"]],
    ["that says a turn failed", "failed:default:8E5A1F0C-2B7D", ["admin"]],
    ["that is a sign of life", "interim:default:8E5A1F0C-2B7D", ["admin"]],
    ["that answers a command", "command:default:8E5A1F0C-2B7D", ["admin"]],
    ["that acknowledges", "ack:default:8E5A1F0C-2B7D", ["admin"]],
    ["that has a pairing code", "pairing:default:ABCDEFGH", ["admin"]],
    ["that says who is let in", "approved:default:ABCDEFGH", ["admin"]],
    ["that an owner sent by hand", by(handPrefix, ADMIN), ["admin"]],
    ["that an owner sent by tools", by(toolPrefix, ADMIN), ["admin"]],
    ["that a token sent by hand", by(handPrefix, token(1)), ["admin", "first"]],
    [
      "that a token sent by hand under a name with colons",
      `${by(handPrefix, token(1))}:a`,
      ["admin", "first"]
    ],
    ["that a token sent by tools", by(toolPrefix, token(1)), ["admin", "first"]],
    ["that another token sent by hand", by(handPrefix, token(11)), ["admin", "eleventh"]],
    ["that another token sent by tools", by(toolPrefix, token(11)), ["admin", "eleventh"]],
    ["that the agent sent by tools there", by(toolPrefix, agent), ["admin", "agent"]],
    ["that it sent by tools elsewhere", by(toolPrefix, answering("main", "default", 77)), ["admin"]],
    ["that another agent sent by tools", by(toolPrefix, answering("other", "default", 7)), ["admin"]]
  ])("%s", (_, id, callers) => {
    const may = Object.entries(CALLERS).filter(([, grant]) => mayChange(id, "default", grant))
    expect(may.map(([name]) => name).toSorted()).toEqual([...callers].toSorted())
  })

  it.each(["owner", "failed", "interim", "command", "ack", "pairing", "approved", "send"])(
    "of an account that is called %s: what its turns answered, and no more",
    (account) => {
      const mine = answering("main", account, 7)
      expect(mayChange(`${account}:8E5A1F0C-2B7D`, account, mine)).toBe(true)
      expect(mayChange(`${account}:${account}:8E5A1F0C-2B7D`, account, mine)).toBe(false)
    }
  )

  it("by an agent that answers where Messages has no number of the chat: what its turns answered", () => {
    const nowhere = answering("main", "default", undefined)
    expect(mayChange("default:8E5A1F0C-2B7D", "default", nowhere)).toBe(true)
    expect(mayChange(by(toolPrefix, agent), "default", nowhere)).toBe(false)
  })
})
