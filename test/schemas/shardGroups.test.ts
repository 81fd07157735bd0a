import { describe, expect, it } from "@effect/vitest"
import * as Groups from "../../src/schemas/shardGroups.ts"
import { config } from "./config/decoding.ts"

const hosted = config(
  JSON.stringify({
    cluster: {
      postgres: { url: "postgres://db/imsg" },
      name: "studio",
      address: "studio:7300",
      secret: "0123456789abcdef0123456789abcdef"
    },
    imessage: {
      accounts: {
        local: { runsOn: ["studio"] },
        one: { cliPath: "ssh one imsg", runsOn: ["studio", "spare"] },
        two: { cliPath: "ssh two imsg", runsOn: ["spare", "studio"] },
        any: { cliPath: "ssh three imsg" }
      }
    },
    agents: { list: [{ id: "main" }, { id: "coder", runsOn: ["studio", "spare"] }] }
  })
)

describe("shard groups", () => {
  it("are two where nobody chooses a host", () => {
    expect(Groups.shardGroupsOf(config("{}"))).toEqual(["accounts", "default"])
  })

  it("are one for each list of hosts in its order, whoever has it", () => {
    expect(Groups.shardGroupsOf(hosted)).toEqual([
      "accounts",
      "default",
      "runs:spare,studio",
      "runs:studio",
      "runs:studio,spare"
    ])
  })

  it("are of accounts what those say", () => {
    expect(hosted.accounts.map(Groups.groupOfAccount)).toEqual([
      "runs:studio",
      "runs:studio,spare",
      "runs:spare,studio",
      "accounts"
    ])
  })

  it.each([
    ["agent:main:main", "default"],
    ["agent:coder:main", "runs:studio,spare"],
    ["agent:coder:imessage:group:chat:with:colons", "runs:studio,spare"],
    ["agent:gone:main", "default"],
    ["no session", "default"]
  ])("are of the session %s what its agent says: %s", (sessionKey, group) => {
    expect(Groups.groupOfSession(hosted)(sessionKey)).toBe(group)
  })

  it("are none of a session whose agent the config has not, where it is asked for what is known", () => {
    const known = Groups.knownGroupOfSession(hosted)
    expect(["agent:main:main", "agent:coder:main", "agent:gone:main"].map(known)).toEqual([
      "default",
      "runs:studio,spare",
      undefined
    ])
  })

  it.each([
    ["studio", ["accounts", "default", "runs:spare,studio", "runs:studio", "runs:studio,spare"]],
    ["spare", ["accounts", "default", "runs:spare,studio", "runs:studio,spare"]],
    ["server", ["accounts", "default"]]
  ])("are of a host those that name it, and those of every host: %s", (name, groups) => {
    expect(Groups.groupsOfHost(hosted, name)).toEqual(groups)
  })

  it.each([
    ["runs:studio,spare", ["studio", "spare"]],
    ["runs:studio", ["studio"]],
    ["default", undefined],
    ["host:studio", undefined]
  ])("say whom they name: %s", (group, hosts) => {
    expect(Groups.hostsOfGroup(group)).toEqual(hosts)
  })

  it("say the name of a host, which is nothing to run", () => {
    const groups = ["default", Groups.nameGroup("studio")]
    expect(Groups.nameIn(groups)).toBe("studio")
    expect(Groups.nameIn(["default"])).toBeUndefined()
    expect(Groups.withoutName(groups)).toEqual(["default"])
  })
})
