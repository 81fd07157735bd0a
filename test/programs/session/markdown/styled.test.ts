/** What is done to a text and to how it is shown at once. */
import { describe, expect, it } from "@effect/vitest"
import { FastCheck as fc } from "effect"
import {
  atEndOf,
  disjoint,
  joined,
  linesOf,
  MAX_RANGES,
  replaced,
  type Styled,
  shown,
  sliced,
  trimmed,
  unstyled
} from "../../../../src/programs/session/markdown/styled.ts"
import type { Format } from "../../../../src/schemas/Delivery.ts"

const bold = (start: number, length: number): Format => ({ start, length, styles: ["bold"] })
const italic = (start: number, length: number): Format => ({ start, length, styles: ["italic"] })
const both = (start: number, length: number): Format => ({ start, length, styles: ["bold", "italic"] })

/** What each range of a text covers. */
const covered = ({ format, text }: Styled): ReadonlyArray<string> =>
  format.map(({ length, start }) => text.slice(start, start + length))

describe("the ranges of a text", () => {
  const one: Styled = { text: "ab cd", format: [bold(3, 2)] }

  it.each<[what: string, styled: Styled, expected: Styled]>([
    [
      "are moved behind another one",
      joined([unstyled("x"), one], "--"),
      { text: "x--ab cd", format: [bold(6, 2)] }
    ],
    ["stay before another one", joined([one, one]), { text: "ab cdab cd", format: [bold(3, 2), bold(8, 2)] }],
    ["are moved behind a prefix", atEndOf("> ab cd", one), { text: "> ab cd", format: [bold(5, 2)] }],
    ["are all of it", shown(one, "italic"), { text: "ab cd", format: [bold(3, 2), italic(0, 5)] }],
    ["are none of nothing", shown(unstyled(""), "bold"), unstyled("")],
    ["end where it is cut", sliced(one, 1, 4), { text: "b c", format: [bold(2, 1)] }],
    ["go with what is cut off", sliced(one, 0, 3), { text: "ab ", format: [] }],
    [
      "lose the white space at its edges",
      trimmed({ text: " a ", format: [bold(0, 3)] }),
      { text: "a", format: [bold(0, 1)] }
    ],
    ["lose what is taken out", replaced(one, /[bc]/gu, ""), { text: "a d", format: [bold(2, 1)] }],
    [
      "have what takes the place of what is in them",
      replaced(one, /c/gu, "xyz"),
      { text: "ab xyzd", format: [bold(3, 4)] }
    ],
    ["go with what is taken out", replaced(one, /cd/gu, ""), { text: "ab ", format: [] }],
    [
      "end where what they end in is taken out",
      replaced(one, /d$/gu, ""),
      { text: "ab c", format: [bold(3, 1)] }
    ],
    [
      "do not reach into what takes the place of their edge",
      replaced(one, /b c/gu, "-"),
      { text: "a-d", format: [bold(2, 1)] }
    ]
  ])("%s", (_, styled, expected) => {
    expect(styled).toEqual(expected)
  })

  it("are each of one line", () => {
    expect(linesOf({ text: "ab\n\ncd", format: [bold(1, 4)] })).toEqual([
      { text: "ab", format: [bold(1, 1)] },
      { text: "", format: [] },
      { text: "cd", format: [bold(0, 1)] }
    ])
  })

  it.each<[what: string, format: ReadonlyArray<Format>, expected: ReadonlyArray<Format>]>([
    ["may be none", [], []],
    ["are in their order", [bold(3, 1), italic(0, 1)], [italic(0, 1), bold(3, 1)]],
    ["are one where they touch", [bold(0, 1), bold(1, 1)], [bold(0, 2)]],
    ["are two where they are shown in two ways", [bold(0, 1), italic(1, 1)], [bold(0, 1), italic(1, 1)]],
    [
      "have the styles of what lies over them",
      [bold(0, 5), italic(1, 2)],
      [bold(0, 1), both(1, 2), bold(3, 2)]
    ],
    ["are cut where they cross", [bold(0, 3), italic(1, 4)], [bold(0, 1), both(1, 2), italic(3, 2)]],
    ["are one where they are the same", [bold(0, 5), bold(1, 2)], [bold(0, 5)]]
  ])("%s", (_, format, expected) => {
    expect(disjoint({ text: "abcde", format })).toEqual(expected)
  })

  it("are none of white space alone", () => {
    expect(disjoint({ text: "a \n b", format: [bold(1, 3)] })).toEqual([])
  })

  const range = fc
    .tuple(fc.nat(20), fc.integer({ min: 1, max: 10 }), fc.constantFrom("bold" as const, "italic" as const))
    .map(([start, length, style]): Format => ({ start, length, styles: [style] }))

  it("show each place as it was, whatever lies over it", () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 12 }), (format) => {
        const text = "x".repeat(31)
        const at = (ranges: ReadonlyArray<Format>, place: number) =>
          [
            ...new Set(
              ranges.flatMap(({ length, start, styles }) =>
                start <= place && place < start + length ? styles : []
              )
            )
          ].sort()
        const found = disjoint({ text, format })
        for (let place = 0; place < text.length; place++) {
          expect(
            found.filter(({ length, start }) => start <= place && place < start + length).length
          ).toBeLessThan(2)
          expect(at(found, place)).toEqual(at(format, place))
        }
      })
    )
  })

  const STYLES = ["bold", "italic", "strikethrough"] as const

  it("are the same, whatever lies in what: one after the other as they were nested", () => {
    const nested: fc.Arbitrary<Styled> = fc.letrec<{ readonly tree: Styled }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 6, withCrossShrink: true },
        fc.stringMatching(/^[a-z]{1,3}$/u).map(unstyled),
        fc
          .tuple(fc.array(tie("tree"), { maxLength: 3 }), fc.constantFrom(...STYLES))
          .map(([all, style]) => shown(joined(all), style))
      )
    })).tree
    fc.assert(
      fc.property(nested, fc.constantFrom(...STYLES), (styled, style) => {
        const { text } = styled
        const all = [...styled.format, { start: 0, length: text.length, styles: [style] }]
        expect(disjoint(shown(styled, style))).toEqual(text === "" ? [] : disjoint({ text, format: all }))
      })
    )
  })

  /** Ranges in one another, as many as 200 KB of `**a _b …` have, that count how often they are looked at. */
  const nestedCounting = (depth: number) => {
    let looks = 0
    const format = Array.from({ length: depth }, (_, at) => ({
      get start() {
        looks++
        return at
      },
      length: 2 * (depth - at),
      styles: [STYLES[at % 2 === 0 ? 0 : 1]]
    }))
    return { styled: { text: "a".repeat(2 * depth), format }, looks: () => looks }
  }

  it("take a few looks at each of them, however deep they lie in one another", () => {
    const depth = 20_000
    const { looks, styled } = nestedCounting(depth)
    expect(disjoint(styled)).toEqual([bold(0, 1), both(1, 2 * depth - 2), bold(2 * depth - 1, 1)])
    expect(looks()).toBeLessThanOrEqual(10 * depth)
  })

  it("are no more over a place than there are styles, however often it is emphasised", () => {
    let styled: Styled = unstyled("a")
    for (let depth = 0; depth < 5000; depth++) {
      styled = shown(joined([styled, unstyled("b")]), STYLES[depth % STYLES.length] ?? "bold")
    }
    expect(styled.format).toHaveLength(STYLES.length)
  })

  it("are the first of very many", () => {
    const many = Array.from({ length: MAX_RANGES + 10 }, (_, at) => bold(2 * at, 1))
    const found = disjoint({ text: "ab".repeat(many.length), format: many })
    expect(found).toEqual(many.slice(0, MAX_RANGES))
  })

  it("cover the words that they covered, when something is taken out between them", () => {
    const word = fc.stringMatching(/^[a-z]{1,5}$/u)
    fc.assert(
      fc.property(fc.array(fc.tuple(word, fc.boolean(), fc.nat(3)), { minLength: 1 }), (words) => {
        const styled = joined(
          words.flatMap(([one, isBold, marks]) => [
            unstyled("\r".repeat(marks)),
            isBold ? shown(unstyled(one), "bold") : unstyled(one)
          ]),
          " "
        )
        const clean = replaced(styled, /\r/gu, "")
        expect(clean.text).toBe(styled.text.replaceAll("\r", ""))
        expect(covered(clean)).toEqual(words.filter(([, isBold]) => isBold).map(([one]) => one))
      })
    )
  })
})
