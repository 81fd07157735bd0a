/** Which host runs what several may run, as every host finds it from the same rows. */
import { Runner } from "@effect/cluster"
import { Hash } from "effect"
import { hostsOfGroup, nameIn, withoutName } from "../../schemas/shardGroups.ts"

/** A host as it is on record. */
export interface Registered {
  readonly runner: Runner.Runner
  readonly healthy: boolean
  /** Whether it has been there without a gap for long enough to be trusted with what others do meanwhile. */
  readonly settled: boolean
}

type Entry = readonly [runner: Runner.Runner, healthy: boolean]

/** More than any runner's own weight: 2, and the rest of it tells one group from another. */
const weightOf = (group: string): number => 2 + (Hash.string(group) >>> 0) / 2 ** 32

/**
 * The host that a group belongs to now: of those that are there and may run it the most preferred one that has been there
 * for a while, else the most preferred one. Of two with one name the first address counts, wherever that is asked.
 */
const leaderOf = (group: string, all: ReadonlyArray<Registered>): Runner.Runner | undefined => {
  const there = (hostsOfGroup(group) ?? []).flatMap((name) =>
    all
      .filter(
        ({ healthy, runner }) => healthy && runner.groups.includes(group) && nameIn(runner.groups) === name
      )
      .sort((one, other) => (`${one.runner.address}` < `${other.runner.address}` ? -1 : 1))
  )
  return (there.find(({ settled }) => settled) ?? there[0])?.runner
}

/**
 * The runners as the engine is to see them, of which it makes a ring for each group: in the rings of groups that say whom
 * they prefer there is one alone. The engine knows a runner by its address and weight and takes its groups as they were
 * when it came; so what a host leads is a runner of its own there, which comes and goes, while the host stays.
 */
export const preferred = (all: ReadonlyArray<Registered>): Array<Entry> => {
  const isChosen = (group: string) => hostsOfGroup(group) !== undefined
  const hosts = all.map(({ healthy, runner }): Entry => {
    const groups = withoutName(runner.groups).filter((group) => !isChosen(group))
    return [Runner.make({ address: runner.address, groups, weight: runner.weight }), healthy]
  })
  const chosen = [...new Set(all.flatMap(({ runner }) => runner.groups.filter(isChosen)))].sort()
  return [
    ...hosts,
    ...chosen.flatMap((group): ReadonlyArray<Entry> => {
      const leader = leaderOf(group, all)
      return leader === undefined
        ? []
        : [[Runner.make({ address: leader.address, groups: [group], weight: weightOf(group) }), true]]
    })
  ]
}
