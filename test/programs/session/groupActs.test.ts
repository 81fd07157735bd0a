/** What an agent may do to a group, and what of it is left out. */
import { describe, expect, it } from "@effect/vitest"
import { groupActsOf } from "../../../src/programs/session/groupActs.ts"
import type { GroupAct } from "../../../src/schemas/Act.ts"
import type { AskedGroup } from "../../../src/schemas/AgentOutput.ts"
import { ALICE, BOB } from "../../support/envelopes.ts"

const TERMS = { isGroup: true, groupActions: true, region: "US", most: 20 }

describe("what an agent asks to be done to its group", () => {
  it.each<[what: string, asked: AskedGroup, acts: ReadonlyArray<GroupAct>]>([
    ["may be nothing", {}, []],
    ["may be nothing, said at length", { rename: " ", add: [], remove: [], leave: false }, []],
    ["is another name", { rename: "Hiking" }, [{ _tag: "Rename", name: "Hiking" }]],
    ["is an icon, copied later", { icon: "/pictures/a.png" }, [{ _tag: "SetIcon", path: "/pictures/a.png" }]],
    ["is no icon any more", { icon: null }, [{ _tag: "SetIcon" }]],
    [
      "is who comes and who goes, each once, as Messages names them",
      { add: ["(555) 555-0101", "+15555550101"], remove: ["Kim@Example.com"] },
      [
        { _tag: "AddMember", handle: "+15555550101" },
        { _tag: "RemoveMember", handle: "kim@example.com" }
      ]
    ],
    [
      "is done in an order in which all of it can be: the account itself goes last",
      { leave: true, remove: [BOB], add: [ALICE], icon: null, rename: "Hiking" },
      [
        { _tag: "Rename", name: "Hiking" },
        { _tag: "SetIcon" },
        { _tag: "AddMember", handle: ALICE },
        { _tag: "RemoveMember", handle: BOB },
        { _tag: "Leave" }
      ]
    ]
  ])("%s", (_, asked, acts) => {
    expect(groupActsOf(asked, TERMS)).toEqual({ acts, leftOut: [] })
  })

  it.each([
    ["the turn is of one person", { isGroup: false }, "the turn is of no group"],
    ["its owner has not said so", { groupActions: false }, "agents.list[].groupActions"]
  ])("is left out where %s", (_, terms, why) => {
    expect(groupActsOf({ rename: "Hiking", leave: true }, { ...TERMS, ...terms })).toEqual({
      acts: [],
      leftOut: [expect.stringContaining(why)]
    })
  })

  it("has nobody who is named by no number or email, and the log has no word of theirs", () => {
    const asked = { add: ["Sam", "chat_id:5", "sms:26266", ALICE] }
    const { acts, leftOut } = groupActsOf(asked, TERMS)
    expect(acts).toEqual([{ _tag: "AddMember", handle: ALICE }])
    expect(leftOut).toHaveLength(3)
    expect(leftOut.join()).not.toMatch(/Sam|26266/u)
  })

  it("has bounds", () => {
    const add = Array.from({ length: 30 }, (_, index) => `sam${index}@example.com`)
    const { acts, leftOut } = groupActsOf({ add, leave: true }, { ...TERMS, most: 5 })
    expect(acts).toHaveLength(5)
    expect(leftOut).toEqual([expect.stringContaining("26 changes")])
  })
})
