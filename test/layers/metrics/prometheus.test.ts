import { describe, expect, it } from "@effect/vitest"
import { print } from "../../../src/layers/metrics/prometheus.ts"

describe("Prometheus' text format", () => {
  it("has a help, a type and a line for each sample", () => {
    expect(
      print([
        {
          name: "a_total",
          help: "Things.",
          type: "counter",
          series: [
            { labels: {}, value: 1 },
            { labels: { x: "1", y: "2" }, value: 0.5 }
          ]
        }
      ])
    ).toBe('# HELP a_total Things.\n# TYPE a_total counter\na_total 1\na_total{x="1",y="2"} 0.5\n')
  })

  it("has cumulative buckets, the last of which is everything, a sum and a count", () => {
    const value = { buckets: [[0.1, 1] as const, [1, 3] as const], sum: 2.5, count: 4 }
    expect(print([{ name: "a", help: "", type: "histogram", series: [{ labels: { x: "1" }, value }] }])).toBe(
      [
        "# HELP a ",
        "# TYPE a histogram",
        'a_bucket{x="1",le="0.1"} 1',
        'a_bucket{x="1",le="1"} 3',
        'a_bucket{x="1",le="+Inf"} 4',
        'a_sum{x="1"} 2.5',
        'a_count{x="1"} 4',
        ""
      ].join("\n")
    )
  })

  const odd = [
    { what: "a quotation mark", text: 'a"b', printed: 'a\\"b' },
    { what: "a backslash", text: "a\\b", printed: "a\\\\b" },
    { what: "a line break", text: "a\nb", printed: "a\\nb" }
  ]
  for (const { printed, text, what } of odd) {
    it(`escapes ${what} in a label`, () => {
      const family = {
        name: "a",
        help: "h",
        type: "gauge" as const,
        series: [{ labels: { x: text }, value: 1 }]
      }
      expect(print([family]).split("\n")[2]).toBe(`a{x="${printed}"} 1`)
    })
  }

  it("is nothing where there is nothing", () => {
    expect(print([])).toBe("")
  })
})
