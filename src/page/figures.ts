/** Figures as charts: sums, heights and words. Pure. */
import type { Figures } from "../schemas/Decision.ts"
import { counted, took } from "./words.ts"

const sum = (figures: ReadonlyArray<Figures>, of: (one: Figures) => number): number =>
  figures.reduce((total, one) => total + of(one), 0)

const largest = (values: ReadonlyArray<number>): number => Math.max(0, ...values)

/** What failed in a span: turns, and parts that were not certainly sent. */
export const failuresIn = ({ failedTurns, unsentParts }: Figures): number => failedTurns + unsentParts

export const messagesInWords = (figures: ReadonlyArray<Figures>): string => {
  const admitted = sum(figures, (one) => one.admitted)
  const others = sum(figures, (one) => one.others)
  return admitted + others === 0
    ? "No messages came in."
    : `${counted(admitted, "message was", "messages were")} let through, ${counted(others, "other was", "others were")} not.`
}

export const latencyInWords = (figures: ReadonlyArray<Figures>): string => {
  const slowest = largest(figures.map(({ slowestMs }) => slowestMs ?? 0))
  const medians = figures
    .flatMap(({ medianMs }) => (medianMs === null ? [] : [medianMs]))
    .sort((a, b) => a - b)
  const middle = medians[Math.floor((medians.length - 1) / 2)]
  return middle === undefined
    ? "No agent answered."
    : `Agents took about ${took(middle)} to answer; the slowest ${took(slowest)}.`
}

export const failuresInWords = (figures: ReadonlyArray<Figures>): string => {
  const turns = sum(figures, (one) => one.failedTurns)
  const parts = sum(figures, (one) => one.unsentParts)
  return turns + parts === 0
    ? "Nothing failed."
    : `${counted(turns, "turn", "turns")} failed; ${counted(parts, "part of an answer was", "parts of answers were")} not certainly sent.`
}

/** A bar: where it begins and ends, from 0 at the bottom to 1. */
export interface Bar {
  readonly from: number
  readonly to: number
}

/** Bars that stand on each other, for each span the first lowest. All are 0 where nothing happened. */
export const stacked = (rows: ReadonlyArray<ReadonlyArray<number>>): ReadonlyArray<ReadonlyArray<Bar>> => {
  const most = largest(rows.map((row) => row.reduce((a, b) => a + b, 0)))
  return rows.map((row) => {
    let below = 0
    return row.map((value) => {
      const from = below
      below += most === 0 ? 0 : value / most
      return { from, to: below }
    })
  })
}

/** Figures in fewer spans, for the table: so many of them are one. */
export const together = (figures: ReadonlyArray<Figures>, count: number): ReadonlyArray<Figures> => {
  const groups = Array.from({ length: Math.ceil(figures.length / count) }, (_, at) =>
    figures.slice(at * count, (at + 1) * count)
  )
  return groups.flatMap((group) => {
    const [first] = group
    const last = group.at(-1)
    if (first === undefined || last === undefined) return []
    const medians = group
      .flatMap(({ medianMs }) => (medianMs === null ? [] : [medianMs]))
      .sort((a, b) => a - b)
    const slowest = group.flatMap(({ slowestMs }) => (slowestMs === null ? [] : [slowestMs]))
    return [
      {
        from: first.from,
        until: last.until,
        admitted: sum(group, (one) => one.admitted),
        others: sum(group, (one) => one.others),
        turns: sum(group, (one) => one.turns),
        failedTurns: sum(group, (one) => one.failedTurns),
        medianMs: medians[Math.floor((medians.length - 1) / 2)] ?? null,
        slowestMs: slowest.length === 0 ? null : largest(slowest),
        sentParts: sum(group, (one) => one.sentParts),
        unsentParts: sum(group, (one) => one.unsentParts)
      }
    ]
  })
}
