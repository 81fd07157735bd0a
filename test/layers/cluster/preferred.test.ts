import { Runner, RunnerAddress } from "@effect/cluster"
import { describe, expect, it } from "@effect/vitest"
import { preferred, type Registered } from "../../../src/layers/cluster/preferred.ts"
import { nameGroup } from "../../../src/schemas/shardGroups.ts"

const CHOSEN = "runs:studio,spare,attic"

interface Host {
  readonly name: string
  readonly healthy?: boolean
  readonly settled?: boolean
  readonly groups?: ReadonlyArray<string>
  readonly host?: string
}

const registered = ({ groups = [CHOSEN], healthy = true, host, name, settled = true }: Host): Registered => ({
  runner: Runner.make({
    address: RunnerAddress.make(host ?? name, 7300),
    groups: ["accounts", "default", ...groups, nameGroup(name)],
    weight: 1
  }),
  healthy,
  settled
})

/** The hosts of each group, as the engine would have them in its rings. */
const ringsOf = (hosts: ReadonlyArray<Host>): Readonly<Record<string, ReadonlyArray<string>>> => {
  const rings: Record<string, ReadonlyArray<string>> = {}
  for (const [{ address, groups }, healthy] of preferred(hosts.map(registered))) {
    for (const group of healthy ? groups : []) rings[group] = [...(rings[group] ?? []), address.host]
  }
  return rings
}

describe("a group that says which hosts it prefers", () => {
  it.each<{ readonly when: string; readonly hosts: ReadonlyArray<Host>; readonly runs: string | undefined }>([
    {
      when: "all are there",
      hosts: [{ name: "attic" }, { name: "spare" }, { name: "studio" }],
      runs: "studio"
    },
    { when: "the first is gone", hosts: [{ name: "attic" }, { name: "spare" }], runs: "spare" },
    {
      when: "the first is ill",
      hosts: [{ name: "studio", healthy: false }, { name: "spare" }],
      runs: "spare"
    },
    {
      when: "the first has just come back",
      hosts: [{ name: "studio", settled: false }, { name: "spare" }],
      runs: "spare"
    },
    {
      when: "all have just come",
      hosts: [
        { name: "spare", settled: false },
        { name: "studio", settled: false }
      ],
      runs: "studio"
    },
    {
      when: "only the last is there, and has just come",
      hosts: [{ name: "attic", settled: false }],
      runs: "attic"
    },
    { when: "a host that it does not name has its group", hosts: [{ name: "server" }], runs: undefined },
    {
      when: "a host that it names has not its group",
      hosts: [{ name: "studio", groups: [] }, { name: "spare" }],
      runs: "spare"
    },
    { when: "nobody is there", hosts: [{ name: "server", groups: [] }], runs: undefined },
    {
      when: "two have one name",
      hosts: [
        { name: "studio", host: "b" },
        { name: "studio", host: "a" }
      ],
      runs: "a"
    }
  ])("runs on $runs where $when", ({ hosts, runs }) => {
    expect(ringsOf(hosts)[CHOSEN]).toEqual(runs === undefined ? undefined : [runs])
    expect(ringsOf(hosts.toReversed())[CHOSEN]).toEqual(runs === undefined ? undefined : [runs])
  })

  it("leaves the others as they are, and no host's name is something to run", () => {
    expect(ringsOf([{ name: "spare" }, { name: "studio" }, { name: "attic", healthy: false }])).toEqual({
      accounts: ["spare", "studio"],
      default: ["spare", "studio"],
      [CHOSEN]: ["studio"]
    })
  })

  it("is another runner to the engine than its host, and than what else that one leads", () => {
    const [host, ...led] = preferred([registered({ name: "studio", groups: ["runs:studio", CHOSEN] })])
    expect(host?.[0].weight).toBe(1)
    expect(new Set(led.map(([{ weight }]) => weight)).size).toBe(2)
    expect(led.every(([{ weight }]) => weight > 1)).toBe(true)
  })
})
