/** Prometheus' text format, version 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/ */

/** A metric and all its samples. Names are checked by nobody here: they are the program's own. */
export interface Family {
  readonly name: string
  readonly help: string
  readonly type: "counter" | "gauge" | "histogram"
  readonly series: ReadonlyArray<Series>
}

interface Series {
  readonly labels: Readonly<Record<string, string>>
  readonly value: Value
}

/** A number, or what a histogram saw: `buckets` are cumulative, each with its upper bound. */
export type Value =
  | number
  | {
      readonly buckets: ReadonlyArray<readonly [upperBound: number, count: number]>
      readonly sum: number
      readonly count: number
    }

const escaped = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")

const printed = (value: number): string => {
  if (value === Number.POSITIVE_INFINITY) return "+Inf"
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value)
}

const labelled = (labels: Readonly<Record<string, string>>): string => {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${escaped(value).replaceAll('"', '\\"')}"`
  )
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`
}

const samplesOf = (name: string, { labels, value }: Series): ReadonlyArray<string> => {
  if (typeof value === "number") return [`${name}${labelled(labels)} ${printed(value)}`]
  const { buckets, count, sum } = value
  const bucket = (le: number, seen: number) =>
    `${name}_bucket${labelled({ ...labels, le: printed(le) })} ${seen}`
  return [
    ...buckets.filter(([le]) => Number.isFinite(le)).map(([le, seen]) => bucket(le, seen)),
    bucket(Number.POSITIVE_INFINITY, count),
    `${name}_sum${labelled(labels)} ${printed(sum)}`,
    `${name}_count${labelled(labels)} ${count}`
  ]
}

/** The families as a text that ends with a line break, in the order in which they are given. */
export const print = (families: ReadonlyArray<Family>): string =>
  families
    .flatMap(({ help, name, series, type }) => [
      `# HELP ${name} ${escaped(help)}`,
      `# TYPE ${name} ${type}`,
      ...series.flatMap((one) => samplesOf(name, one))
    ])
    .map((line) => `${line}\n`)
    .join("")
