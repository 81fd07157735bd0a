/** A chart of a day, with its sum in words and all its numbers in a table. */
import type { JSX } from "preact"
import type { Bar } from "../figures.ts"

const WIDTH = 480
const HEIGHT = 80
const GAP = 2

/** A series: its name, and how it looks. */
interface Series {
  readonly name: string
  readonly look: string
}

export interface Table {
  readonly head: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<string>>
}

const bars = (
  rows: ReadonlyArray<ReadonlyArray<Bar>>,
  series: ReadonlyArray<Series>
): ReadonlyArray<JSX.Element> => {
  const step = WIDTH / Math.max(1, rows.length)
  return rows.flatMap((row, at) =>
    row.flatMap(({ from, to }, which) =>
      to > from
        ? [
            <rect
              key={`${at} ${which}`}
              class={series[which]?.look ?? ""}
              x={at * step}
              // The least that happened can be seen.
              y={HEIGHT - Math.max(to * HEIGHT, from * HEIGHT + 2)}
              width={step - GAP}
              height={Math.max((to - from) * HEIGHT, 2)}
            />
          ]
        : []
    )
  )
}

const Numbers = ({ table: { head, rows }, title }: { readonly table: Table; readonly title: string }) => (
  <details>
    <summary>
      Numbers<span class="unseen"> of {title}</span>
    </summary>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached with the keyboard */}
    <section class="scrolls" tabIndex={0} aria-label={`Numbers of ${title}`}>
      <table>
        <thead>
          <tr>
            {head.map((cell) => (
              <th key={cell} scope="col">
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([first = "", ...cells]) => (
            <tr key={first}>
              <th scope="row">{first}</th>
              {cells.map((cell, at) => (
                <td key={head[at + 1]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  </details>
)

interface ChartProps {
  /** What the top of the chart stands for. */
  readonly most: string
  readonly rows: ReadonlyArray<ReadonlyArray<Bar>>
  readonly series: ReadonlyArray<Series>
  readonly table: Table
  readonly title: string
  readonly words: string
}

/** Where nothing happened the words alone say so. */
const Drawn = ({ most, rows, series, table, title, words }: ChartProps) => (
  <>
    <p class="most quiet" aria-hidden="true">
      {most}
    </p>
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${title}: ${words}`}
    >
      <line class="floor" x1="0" y1={HEIGHT - 0.5} x2={WIDTH} y2={HEIGHT - 0.5} />
      {bars(rows, series)}
    </svg>
    <div class="axis quiet" aria-hidden="true">
      <span>a day ago</span>
      <span>now</span>
    </div>
    <ul class="legend quiet" aria-hidden="true">
      {series.map(({ look, name }) => (
        <li key={name}>
          <span class={`swatch ${look}`} /> {name}
        </li>
      ))}
    </ul>
    <Numbers table={table} title={title} />
  </>
)

export const Chart = (chart: ChartProps) => (
  <figure class="chart">
    <figcaption>
      <h3>{chart.title}</h3>
      <p class="said">{chart.words}</p>
    </figcaption>
    {chart.rows.some((row) => row.some(({ from, to }) => to > from)) && <Drawn {...chart} />}
  </figure>
)
