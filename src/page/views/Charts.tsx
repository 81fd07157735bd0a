/** A day in three charts. */
import type { Figures } from "../../schemas/Decision.ts"
import {
  failuresIn,
  failuresInWords,
  latencyInWords,
  messagesInWords,
  stacked,
  together
} from "../figures.ts"
import { Section } from "../parts/basics.tsx"
import { Chart, type Table } from "../parts/Chart.tsx"
import { figures } from "../state.ts"
import { took } from "../words.ts"

const hour = (at: number): string =>
  new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })
const highest = (values: ReadonlyArray<number>): number => Math.max(0, ...values)

const MESSAGES = [
  { name: "let through", look: "good" },
  { name: "others", look: "other" }
]
const LATENCY = [
  { name: "the usual one", look: "accent" },
  { name: "the slowest", look: "other" }
]
const FAILURES = [
  { name: "turns that failed", look: "bad" },
  { name: "parts not certainly sent", look: "doubtful" }
]

const tableOf = (
  hours: ReadonlyArray<Figures>,
  head: ReadonlyArray<string>,
  cells: (one: Figures) => ReadonlyArray<string>
): Table => ({
  head: ["From", ...head],
  rows: hours
    .map((one) => [`${new Date(one.from).toLocaleDateString()} ${hour(one.from)}`, ...cells(one)])
    .reverse()
})

const ms = (value: number | null): string => (value === null ? "–" : took(value))

const Day = ({ all }: { readonly all: ReadonlyArray<Figures> }) => {
  const hours = together(all, 2)
  const most = highest(all.map(({ admitted, others }) => admitted + others))
  const slowest = highest(all.map(({ slowestMs }) => slowestMs ?? 0))
  return (
    <div class="charts">
      <Chart
        title="Messages"
        words={messagesInWords(all)}
        most={most === 0 ? "" : `${most} in half an hour`}
        series={MESSAGES}
        rows={stacked(all.map(({ admitted, others }) => [admitted, others]))}
        table={tableOf(hours, ["let through", "others"], (one) => [String(one.admitted), String(one.others)])}
      />
      <Chart
        title="Time to answer"
        words={latencyInWords(all)}
        most={slowest === 0 ? "" : took(slowest)}
        series={LATENCY}
        rows={stacked(
          all.map(({ medianMs, slowestMs }) => [medianMs ?? 0, (slowestMs ?? 0) - (medianMs ?? 0)])
        )}
        table={tableOf(hours, ["usual", "slowest"], (one) => [ms(one.medianMs), ms(one.slowestMs)])}
      />
      <Chart
        title="Failures"
        words={failuresInWords(all)}
        most={highest(all.map(failuresIn)) === 0 ? "" : `${highest(all.map(failuresIn))} in half an hour`}
        series={FAILURES}
        rows={stacked(all.map(({ failedTurns, unsentParts }) => [failedTurns, unsentParts]))}
        table={tableOf(hours, ["turns", "parts"], (one) => [
          String(one.failedTurns),
          String(one.unsentParts)
        ])}
      />
    </div>
  )
}

export const Charts = () => {
  const all = figures.value.value
  return (
    <Section id="charts" title="The last 24 hours">
      {all === undefined ? <p class="empty">Not known yet.</p> : <Day all={all} />}
    </Section>
  )
}
