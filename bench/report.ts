/** The figures as a table for people and as JSON. */
import { FileSystem } from "@effect/platform"
import { Console, Effect } from "effect"
import { isBusy, type Machine } from "./machine.ts"
import { median } from "./statistics.ts"

/** A figure as measured several times; the median counts. */
export interface Figure {
  readonly name: string
  readonly unit: string
  /** Digits after the point. */
  readonly digits: number
  readonly floor: ReadonlyArray<number>
  readonly gateway: ReadonlyArray<number>
  /** What the gateway's median should not exceed, or not fall below. */
  readonly target?: { readonly most: number } | { readonly least: number }
}

/** What the loads showed besides figures; all zero when the gateway did what it should. */
interface Correctness {
  readonly unanswered: number
  readonly unexpected: number
  readonly disordered: number
}

export interface Results {
  /** ISO 8601. */
  readonly at: string
  readonly machine: Machine
  /** The share of the cores in use while the gateway and the floor were idle. */
  readonly busyShareAtIdle: number
  /** How long the bench took. */
  readonly seconds: number
  readonly figures: ReadonlyArray<Figure>
  readonly correctness: Correctness
}

type Row = readonly [string, string, string, string, string, string]

const isMet = ({ gateway, target }: Figure): boolean | undefined => {
  if (target === undefined) return undefined
  const value = median(gateway)
  return "most" in target ? value <= target.most : value >= target.least
}

const shown = (values: ReadonlyArray<number>, digits: number, unit: string): string =>
  values.length === 0
    ? "–"
    : `${median(values).toFixed(digits)} ${unit}${
        values.length === 1
          ? ""
          : ` (${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)})`
      }`

const ratio = ({ floor, gateway }: Figure): string => {
  const [below, above] = [median(floor), median(gateway)]
  if (!(below > 0)) return "–"
  const times = above / below
  const digits = (value: number) => value.toFixed(value >= 10 ? 0 : 2)
  return times >= 1 ? `× ${digits(times)}` : `÷ ${digits(1 / times)}`
}

const targetShown = ({ digits, target, unit }: Figure): string => {
  if (target === undefined) return ""
  return "most" in target
    ? `≤ ${target.most.toFixed(digits)} ${unit}`
    : `≥ ${target.least.toFixed(digits)} ${unit}`
}

const rowOf = (figure: Figure): Row => {
  const met = isMet(figure)
  return [
    figure.name,
    shown(figure.floor, figure.digits, figure.unit),
    shown(figure.gateway, figure.digits, figure.unit),
    ratio(figure),
    targetShown(figure),
    met === undefined ? "" : met ? "met" : "MISSED"
  ]
}

const HEAD: Row = ["figure", "floor", "gateway", "ratio", "target", ""]

const table = (rows: ReadonlyArray<Row>): string => {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: Row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd()
  return [line(HEAD), widths.map((width) => "-".repeat(width)).join("  "), ...rows.slice(1).map(line)].join(
    "\n"
  )
}

const percent = (share: number) => `${Math.round(share * 100)} %`

/** The table with what is needed to judge it. */
const describe = ({ at, busyShareAtIdle, correctness, figures, machine, seconds }: Results): string => {
  const { disordered, unanswered, unexpected } = correctness
  const missed = figures.filter((figure) => isMet(figure) === false)
  return [
    `${at}, ${machine.platform}, node ${machine.node}, ${machine.cores} × ${machine.cpu}, ${machine.memoryGb} GB, ` +
      `load ${machine.load.toFixed(2)}, ${percent(machine.busyShare)} of the cores in use before the start, ${percent(busyShareAtIdle)} while all here was idle`,
    ...(isBusy(machine, [machine.busyShare, busyShareAtIdle])
      ? [
          "The machine was busy with other work: the times here are longer than without it, cpu times up to twice. Memory is not affected."
        ]
      : []),
    "",
    table([HEAD, ...figures.map(rowOf)]),
    "",
    `Medians, with the least and the most of several tries. Took ${seconds.toFixed(0)} s.`,
    `Under load the gateway left ${unanswered} messages unanswered, answered ${unexpected} twice or unasked, and ${disordered} out of order.`,
    missed.length === 0
      ? "All targets are met."
      : `Missed: ${missed.map((figure) => figure.name).join("; ")}.`
  ].join("\n")
}

/** Prints the results, and writes them to `folder/<date>.json`. */
export const publish = (results: Results, folder: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* Console.log(describe(results))
    const file = `${folder}/${results.at.replaceAll(":", "-").replace(/\.\d+Z$/, "Z")}.json`
    const json = {
      ...results,
      figures: results.figures.map((figure) => ({
        ...figure,
        floorMedian: figure.floor.length === 0 ? null : median(figure.floor),
        gatewayMedian: median(figure.gateway),
        met: isMet(figure) ?? null
      }))
    }
    yield* fs.makeDirectory(folder, { recursive: true })
    yield* fs.writeFileString(file, `${JSON.stringify(json, undefined, 2)}\n`)
    yield* Console.log(`Written to ${file}`)
  })
