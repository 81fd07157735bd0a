/** Markdown as a person would write it by hand. */
import { describe, expect, it } from "@effect/vitest"
import { FastCheck as fc } from "effect"
import { disjoint } from "../../../../src/programs/session/markdown/styled.ts"
import { styledText } from "../../../../src/programs/session/markdown/styledText.ts"

const plainText = (markdown: string): string => styledText(markdown).text

type Row = readonly [markdown: string, text: string]

const FENCED = ["```py", "def f(x):", "    return __x__ * 2  # *not* a heading", "```"].join("\n")

const cases: { readonly [what: string]: ReadonlyArray<Row> } = {
  "emphasis goes, and its words stay": [
    ["**Bold**, *slanted*, ***both*** and __very bold__", "Bold, slanted, both and very bold"],
    ["it is _really_ late", "it is really late"],
    ["~~ten~~ eleven", "ten eleven"],
    ["这是*重点*内容", "这是重点内容"],
    ["**a [link](https://example.com) in it**", "a link (https://example.com) in it"]
  ],
  "what only looks like emphasis stays": [
    [
      "call `__init__` or __init__ in __init__.py, not __FILE__",
      "call __init__ or __init__ in __init__.py, not __FILE__"
    ],
    ["snake_case_names and file_name.txt", "snake_case_names and file_name.txt"],
    ["2*3*4 is 24, 2 * 3 is 6, 2**3**4 is more", "2*3*4 is 24, 2 * 3 is 6, 2**3**4 is more"],
    ["$a*b$ and $c*d$, x_1 + x_2", "$a*b$ and $c*d$, x_1 + x_2"],
    ["^_^ or -_- or *_* or >_< and ¯\\_(ツ)_/¯", "^_^ or -_- or *_* or >_< and ¯\\_(ツ)_/¯"],
    ["a kiss :*) and another :*(", "a kiss :*) and another :*("],
    ["~5 to ~10, or ~5~", "~5 to ~10, or ~5~"],
    ["def f(*args, **kwargs)", "def f(*args, **kwargs)"]
  ],
  "a heading is a line": [
    ["# One\n\ntext\n\n## *Two* ##\ntext", "One\n\ntext\n\nTwo\ntext"],
    ["Title\n=====\ntext", "Title\ntext"],
    ["#hashtag and #5 are none", "#hashtag and #5 are none"]
  ],
  "a link shows where it leads": [
    ["[here](https://example.com/a)", "here (https://example.com/a)"],
    ["[here](https://example.com 'a title')", 'here (https://example.com "a title")'],
    ["[https://example.com](https://example.com)", "https://example.com"],
    ["[example.com](https://example.com/)", "https://example.com/"],
    ["[me@example.com](mailto:me@example.com)", "me@example.com"],
    ["<https://example.com> and <me@example.com>", "https://example.com and me@example.com"],
    ["[A](https://example.com/wiki/A_(b)_c)", "A (https://example.com/wiki/A_(b)_c)"],
    ["https://example.com/a_b_c?x=*y*&copy=1", "https://example.com/a_b_c?x=*y*&copy=1"],
    ["see [it][1]\n\n[1]: https://example.com", "see it (https://example.com)"],
    ["see [it][2]\n\n[1]: https://example.com", "see [it][2]\n\n[1]: https://example.com"],
    ["![a cat](https://example.com/cat.png)", "a cat (https://example.com/cat.png)"],
    ["![](https://example.com/cat.png)", "https://example.com/cat.png"],
    ["![a cat](data:image/png;base64,AAAA)", "a cat"],
    ["[half a link](https://exam", "[half a link](https://exam"]
  ],
  "a list keeps its numbers, its order and its nesting": [
    ["- one\n- two\n  - three\n    - four\n- five", "• one\n• two\n  • three\n    • four\n• five"],
    ["1. one\n2. two\n   - three", "1. one\n2. two\n  • three"],
    ["1. one\n1. two\n1. three", "1. one\n2. two\n3. three"],
    ["3) one\n4) two", "3) one\n4) two"],
    ["2021. That was a good year.", "2021. That was a good year."],
    ["2021. was good.\n2020. was not.", "2021. was good.\n2020. was not."],
    ["- [x] done\n- [ ] not yet", "☑ done\n☐ not yet"],
    ["* one\n\n* two\n\n  more of two", "• one\n\n• two\n\n  more of two"],
    ["- 3 degrees", "- 3 degrees"],
    ["+ 5 points", "+ 5 points"]
  ],
  "code is as it was written": [
    [FENCED, "def f(x):\n    return __x__ * 2  # *not* a heading"],
    ["text\n~~~\n**a**\n\n\n<b>\n~~~\ntext", "text\n**a**\n\n\n<b>\ntext"],
    ["- one\n  ```sh\n  ls *.md\n    cd\n  ```", "• one\n  ls *.md\n    cd"],
    ["run `ls *.md | sort` or ``a`b``", "run ls *.md | sort or a`b"],
    ["text\n\n    set in\n      more", "text\n\n    set in\n      more"],
    ["the answer was cut:\n```js\nconst a = 1\n", "the answer was cut:\nconst a = 1"],
    ["```hello", "hello"],
    ["```not a language\ntext\n```", "not a language\ntext"]
  ],
  "a table is rows, or what its columns are called": [
    ["| a | b |\n|---|:-:|\n| 1 | **2** |\n| 3 | 4 |", "a | b\n1 | 2\n3 | 4"],
    [
      "| Name | What |\n|---|---|\n| Ann | writes far more than there is room for |\n| Bob | |",
      "Name: Ann\nWhat: writes far more than there is room for\n\nName: Bob"
    ],
    ["| a |\n|---|\n| 1 | 2 |", "| a |\n|---|\n| 1 | 2 |"]
  ],
  "a quote stays one": [
    ["> one\n> two\n>\n> *three*\n\nfour", "> one\n> two\n>\n> three\n\nfour"],
    ["> 5 came", "> 5 came"],
    ["> > deep", "> > deep"]
  ],
  "HTML is read as far as it lays text out": [
    ["<b>bold</b> and <span style='color:red'>red</span>", "bold and red"],
    ["one<br>two<br/>three", "one\ntwo\nthree"],
    ["<ul>\n<li>one</li>\n<li>two</li>\n</ul>", "• one\n• two"],
    ['<a href="https://example.com?a=1&amp;b=2">here</a>.', "here (https://example.com?a=1&b=2)."],
    [
      "Dear <your name>, a List<String> of <T>, 1 <2> 3, I <3 you",
      "Dear <your name>, a List<String> of <T>, 1 <2> 3, I <3 you"
    ],
    ["a &lt; b &amp;&amp; c &gt; d &#8364;5 &#x2713; &bogus; AT&T", "a < b && c > d €5 ✓ &bogus; AT&T"],
    ["`&amp;` is &amp;", "&amp; is &"],
    ["<!-- not for people -->text", "text"],
    ["<script>alert(1)</script>", "<script>alert(1)</script>"]
  ],
  "lines stay lines": [
    ["one\ntwo  \nthree\\\nfour", "one\ntwo\nthree\nfour"],
    ["one\r\n\r\n\r\n**two**\r\n", "one\n\ntwo"],
    ["one\n\n---\n\ntwo", "one\n\n———\n\ntwo"],
    ["", ""],
    [" \n ", ""]
  ],
  "escapes and footnotes": [
    ["\\*not slanted\\*, 1\\. and \\# and \\[x\\]", "*not slanted*, 1. and # and [x]"],
    ["C:\\Users\\me and \\alpha\\, \\beta", "C:\\Users\\me and \\alpha\\, \\beta"],
    [
      "so they say[^1], also[^b]\n\n[^1]: a book\n[^b]: website",
      "so they say[1], also[b]\n\n[1]: a book\n[b]: website"
    ],
    ["the pattern [^a-z] is no footnote", "the pattern [^a-z] is no footnote"]
  ]
}

for (const [what, rows] of Object.entries(cases)) {
  describe(what, () => {
    it.each(rows)("%j is %j", (markdown, text) => {
      expect(plainText(markdown)).toBe(text)
    })
  })
}

describe("any text", () => {
  const word = fc.integer({ min: 100, max: 999 }).map((number) => `w${number}`)
  const mark = fc.constantFrom(
    ..."* ** _ __ ~~ ` [ ] ![ ](https://example.com) | |---| > \\ < & ( ) # ## - + 1. [x] <b> </b> <br> &amp; *** ===".split(
      " "
    ),
    ..." ,  ,\n,\n\n,    ,\n- ,\n1. ,\n> ,\n# ,\n```\n,\n|---|---|\n,\t".split(",")
  )
  const text = fc.array(fc.oneof(word, mark), { maxLength: 60 }).map((pieces) => pieces.join(""))
  const row = fc
    .array(fc.oneof(word, fc.constant("")), { minLength: 1, maxLength: 4 })
    .map((cells) => `| ${cells.join(" | ")} |`)
  const table = fc
    .tuple(fc.tuple(word, word), fc.array(row, { maxLength: 3 }))
    .map(([header, rows]) => [`| ${header.join(" | ")} |`, "|---|---|", ...rows].join("\n"))
  const wordsIn = (said: string) => said.match(/w\d{3}/gu) ?? []

  /** What stands behind the marks that begin a block of code is its language, which is not said. */
  const LANGUAGE = /(?:`{3,}|~{3,})[^\n]*/gu

  it("loses no word", () => {
    fc.assert(
      fc.property(fc.oneof(text, table), (markdown) => {
        const said = new Set(wordsIn(plainText(markdown)))
        expect(wordsIn(markdown.replace(LANGUAGE, "")).filter((one) => !said.has(one))).toEqual([])
      }),
      { numRuns: 3000, examples: [["~~~~w100\n|---|---|\n"]] }
    )
  })

  /** Markdown as agents write it, and the same by hand. */
  const phrase = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(" "))
  const marked = fc.oneof(
    phrase.map((said): Row => [said, said]),
    fc
      .tuple(fc.constantFrom("**", "*", "_", "~~", "`", "***"), phrase)
      .map(([mark, said]): Row => [`${mark}${said}${mark}`, said]),
    phrase.map((said): Row => [`[${said}](https://example.com)`, `${said} (https://example.com)`])
  )
  const line = fc
    .array(marked, { minLength: 1, maxLength: 4 })
    .map((parts): Row => [parts.map(([one]) => one).join(" "), parts.map(([, one]) => one).join(" ")])
  const block: fc.Arbitrary<Row> = fc.oneof(
    line,
    fc
      .tuple(fc.integer({ min: 1, max: 6 }), line)
      .map(([depth, [one, said]]): Row => [`${"#".repeat(depth)} ${one}`, said]),
    fc
      .array(line, { minLength: 1, maxLength: 3 })
      .map(
        (items): Row => [
          items.map(([one]) => `- ${one}`).join("\n"),
          items.map(([, said]) => `• ${said}`).join("\n")
        ]
      ),
    fc
      .array(line, { minLength: 2, maxLength: 3 })
      .map(
        (items): Row => [
          items.map(([one], at) => `${at + 1}. ${one}`).join("\n"),
          items.map(([, said], at) => `${at + 1}. ${said}`).join("\n")
        ]
      ),
    line.map(([one, said]): Row => [`> ${one}`, `> ${said}`]),
    line.map(([one]): Row => [`\`\`\`\n${one}\n\`\`\``, one])
  )

  it("has no mark left that an agent has set", () => {
    fc.assert(
      fc.property(fc.array(block, { minLength: 1, maxLength: 5 }), (blocks) => {
        // Two lists that follow each other are one.
        const apart = blocks.flatMap(
          (one, at): ReadonlyArray<Row> => (at === 0 ? [one] : [["and", "and"], one])
        )
        expect(plainText(apart.map(([one]) => one).join("\n\n"))).toBe(
          apart.map(([, said]) => said).join("\n\n")
        )
      }),
      { numRuns: 500 }
    )
  })

  it("that is nested too deeply stays as it is", () => {
    const deep = `${"> ".repeat(3000)}text`
    expect(plainText(deep)).toBe(deep)
  })
})

describe("how markdown is shown", () => {
  const shownIn = (markdown: string): ReadonlyArray<readonly [words: string, styles: string]> => {
    const styled = styledText(markdown)
    return disjoint(styled).map(({ length, start, styles }) => [
      styled.text.slice(start, start + length),
      styles.join(" and ")
    ])
  }

  it.each<[markdown: string, shown: ReturnType<typeof shownIn>]>([
    [
      "**Bold**, *slanted*, ~~gone~~ and plain",
      [
        ["Bold", "bold"],
        ["slanted", "italic"],
        ["gone", "strikethrough"]
      ]
    ],
    [
      "***both*** and **bold *and slanted***",
      [
        ["both", "bold and italic"],
        ["bold ", "bold"],
        ["and slanted", "bold and italic"]
      ]
    ],
    [
      "# A *slanted* heading",
      [
        ["A ", "bold"],
        ["slanted", "bold and italic"],
        [" heading", "bold"]
      ]
    ],
    ["Title\n=====\ntext", [["Title", "bold"]]],
    [
      "- one **two**\n- *three*\n  - **four**",
      [
        ["two", "bold"],
        ["three", "italic"],
        ["four", "bold"]
      ]
    ],
    [
      "> a **b\n> c** d",
      [
        ["b", "bold"],
        ["c", "bold"]
      ]
    ],
    ["[**here**](https://example.com)", [["here", "bold"]]],
    ["[**example.com**](https://example.com)", []],
    ["**a [link](https://example.com) in it**", [["a link (https://example.com) in it", "bold"]]],
    ["`**code**` and __init__ and 2*3*4", []],
    ["```\n**code**\n```", []],
    ["| **a** | b |\n| --- | --- |\n| c | *d* |", []],
    [
      "👩‍🚀 **👩‍🚀** &amp; *&amp;&lt;*",
      [
        ["👩‍🚀", "bold"],
        ["&<", "italic"]
      ]
    ],
    ["** not bold **", []]
  ])("%s", (markdown, shown) => {
    expect(shownIn(markdown)).toEqual(shown)
  })

  const piece = fc.oneof(
    fc.constantFrom(..."*_~`[]()<>#|\\!&;: \n\n-+.>1"),
    fc.constantFrom(
      "**",
      "__",
      "~~",
      "```\n",
      "- ",
      "1. ",
      "> ",
      "# ",
      "| a | b |\n| - | - |\n",
      "&amp;",
      "😀",
      "👩‍🚀",
      "a",
      "word",
      "<b>",
      "[x](y)"
    )
  )

  it("is in ranges that lie within the text, over none other and through no character, whatever an agent writes", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const styled = styledText(pieces.join(""))
        let end = 0
        for (const { length, start } of disjoint(styled)) {
          expect(start).toBeGreaterThanOrEqual(end)
          expect(length).toBeGreaterThan(0)
          end = start + length
          // Halves of a character would be a pair only together.
          expect(styled.text.slice(start, end)).not.toMatch(/\p{Cs}/u)
        }
        expect(end).toBeLessThanOrEqual(styled.text.length)
      }),
      { numRuns: 3000 }
    )
  })
})
