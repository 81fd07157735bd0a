import { describe, expect, it } from "@effect/vitest"
import { Array as Arr, Effect } from "effect"
import { Router } from "../../../src/services/Router.ts"
import type { ConfigFileContent } from "../../support/configs.ts"
import { alwaysTable, reasons } from "./accessAlways.ts"
import { commandTable } from "./accessCommands.ts"
import { directTable, OWNERS, PEOPLE } from "./accessDirect.ts"
import { groupTable } from "./accessGroups.ts"
import { reactionTable } from "./accessReactions.ts"
import { matches, type Scene, scenesOf } from "./accessScenes.ts"
import { knowingStores, requestOf, routerOf } from "./accessStores.ts"
import type { AccessTable } from "./accessTable.ts"

type Row = AccessTable["rows"][number]

const tables: ReadonlyArray<readonly [string, AccessTable]> = [
  ["a direct message", directTable],
  ["a group message", groupTable],
  ["what is written by who is let in", commandTable],
  ["a reaction", reactionTable],
  ["whatever the policy, a message", alwaysTable]
]

const named = ({ when }: Row): string =>
  Object.entries(when)
    .map(([column, word]) => `${column} ${word}`)
    .join(", ")

/** What the Router of one config says to situations, as the tables write it. */
const verdictsOn = (config: ConfigFileContent, scenes: ReadonlyArray<Scene>) =>
  Effect.gen(function* () {
    const router = yield* Router
    return yield* Effect.forEach(scenes, ({ baselineAt, envelope, what }) =>
      Effect.map(router.judge(envelope, { baselineAt }), ({ _tag, reason }) => ({
        what,
        verdict: `${_tag}: ${reason}`
      }))
    )
  }).pipe(Effect.provide(routerOf({ ...config, people: PEOPLE, owners: OWNERS })))

/** The situations of a row that are not judged as it says, with what was said instead. */
const misjudged = (table: AccessTable, row: Row) =>
  Effect.gen(function* () {
    const byConfig = Object.values(
      Arr.groupBy(scenesOf(table, row), ({ agents, imessage }) => JSON.stringify([agents, imessage]))
    )
    const judged = yield* Effect.forEach(byConfig, (scenes) => {
      const [{ agents, imessage }] = scenes
      return verdictsOn({ agents, imessage }, scenes)
    })
    return judged.flat().filter(({ verdict }) => verdict !== row.verdict)
  }).pipe(Effect.provide(knowingStores))

for (const [title, table] of tables) {
  describe(title, () => {
    for (const row of table.rows) {
      it.effect(`${named(row)}: ${row.verdict}`, () =>
        Effect.map(misjudged(table, row), (wrong) => expect(wrong).toEqual([]))
      )
    }

    it("is in one row of the table and in no second, whatever it is", () => {
      expect(matches(table).filter(({ rows }) => rows.length !== 1)).toEqual([])
    })

    it("is tried in every row", () => {
      expect(table.rows.filter((row) => scenesOf(table, row).length === 0)).toEqual([])
    })
  })
}

/** The situations of a row in which a tool would see what it may not, or not what it may. */
const missighted = (table: AccessTable, row: Row) =>
  Effect.forEach(scenesOf(table, row), ({ envelope, imessage, what }) =>
    Effect.flatMap(Router, ({ admits }) => admits(envelope)).pipe(
      Effect.provide(routerOf({ imessage, people: PEOPLE, owners: OWNERS })),
      Effect.map((isAdmitted) => ({ what, isAdmitted }))
    )
  ).pipe(
    Effect.map((seen) =>
      seen.filter(({ isAdmitted }) => isAdmitted !== /^(?:Dispatch|Command|Remember):/u.test(row.verdict))
    ),
    Effect.provide(knowingStores)
  )

describe("whoever is admitted for tools", () => {
  for (const [title, table] of tables.filter(([, one]) => ![alwaysTable, reactionTable].includes(one))) {
    it.effect(`is who is let in: ${title}`, () =>
      Effect.gen(function* () {
        for (const row of table.rows) expect(yield* missighted(table, row)).toEqual([])
      })
    )
  }
})

describe("somebody who is to pair", () => {
  for (const row of directTable.rows) {
    const { pairing } = row
    if (pairing === undefined) continue
    const requests = new Map(
      scenesOf(directTable, row).map(({ envelope: { sender }, maxPending }) => [
        `${sender} ${maxPending}`,
        { sender, maxPending }
      ])
    )
    it.effect(`${named(row)}: ${pairing}`, () =>
      Effect.gen(function* () {
        for (const { maxPending, sender } of requests.values()) {
          const outcome = yield* Effect.provide(requestOf("default", sender, maxPending), knowingStores)
          expect(`${sender}: ${outcome._tag}`).toBe(`${sender}: ${pairing}`)
        }
      })
    )
  }

  it("is in every row with that verdict and in no other", () => {
    const rows = tables.flatMap(([, { rows }]) => rows)
    expect(
      rows.filter(({ pairing, verdict }) => (pairing !== undefined) !== verdict.startsWith("Pair:"))
    ).toEqual([])
  })
})

describe("the tables together", () => {
  it("have every reason that there is", () => {
    const told = new Set(tables.flatMap(([, { rows }]) => rows.map(({ verdict }) => verdict.split(": ")[1])))
    expect(Object.keys(reasons).filter((reason) => !told.has(reason))).toEqual([])
  })
})
