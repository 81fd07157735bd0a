import { describe, expect, it } from "@effect/vitest"
import { inOrder, translate } from "../../../src/layers/postgres/dialect.ts"

describe("a statement for PostgreSQL", () => {
  const cases: ReadonlyArray<readonly [what: string, sql: string, translated: string]> = [
    ["has numbers for question marks", "a = ? AND b = ?", "a = $1 AND b = $2"],
    ["has a number for each name", "a = $x AND b = $why OR c = $x", "a = $1 AND b = $2 OR c = $1"],
    ["is left alone within quotes", `'a?''$b' = "c?$d" AND ?`, `'a?''$b' = "c?$d" AND $1`],
    ["is left alone in a comment", "a -- why? for $1\n= ?", "a -- why? for $1\n= $1"],
    [
      "unrolls a list that is bound",
      "id IN (SELECT value FROM json_each(?)) AND b = ?",
      "id IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON)) AS listed(value)) AND b = $2"
    ],
    [
      "unrolls a list under the name that it is given",
      "FROM json_each($ids) AS ids WHERE ids.value = a",
      "FROM json_array_elements_text(CAST($1 AS JSON)) AS ids(value) WHERE ids.value = a"
    ],
    [
      "unrolls what is made of something",
      "FROM t, json_each(coalesce(list, '[)]')) WHERE a = ?",
      "FROM t, json_array_elements_text(CAST(coalesce(list, '[)]') AS JSON)) AS listed(value) WHERE a = $1"
    ],
    ["counts bytes", "length(CAST(text AS BLOB))", "length(convert_to(text, 'UTF8'))"],
    [
      "leaves other casts, also around one",
      "CAST(length(CAST(? AS BLOB)) AS BIGINT)",
      "CAST(length(convert_to($1, 'UTF8')) AS BIGINT)"
    ]
  ]
  it.for(cases)("%s", ([_, sql, translated]) => {
    expect(translate(sql).sql).toBe(translated)
  })
})

describe("what is bound to a statement", () => {
  const named = translate("a = $x AND b = $y OR c = $x")
  const placed = translate("a = ? AND b = ?")

  it("stands in its order", () => {
    expect(inOrder(placed, [1, "two"])).toEqual([1, "two"])
    expect(inOrder(named, [{ y: null, x: 1n, other: 3 }])).toEqual([1n, null])
  })

  it("may be bytes alone", () => {
    expect(inOrder(translate("?"), [new Uint8Array([1])])).toEqual([new Uint8Array([1])])
  })

  it("has something for each name", () => {
    expect(() => inOrder(named, [{ x: 1 }])).toThrow("nothing is bound to $y")
  })

  it("has no NUL, which no text there can hold", () => {
    expect(inOrder(placed, ["a\0b", "c"])).toEqual(["a\uFFFDb", "c"])
  })

  it("has no NUL in a list either, and what only looks like one in it as it is", () => {
    const list = JSON.stringify(["a\0\0b", "\\\0", "\\u0000", "\\\\u0000"])
    const kept = JSON.stringify(["a\uFFFD\uFFFDb", "\\\uFFFD", "\\u0000", "\\\\u0000"])
    const [placedList, text] = inOrder(translate("json_each(?) AND ?"), [list, list])
    expect([JSON.parse(String(placedList)), text]).toEqual([JSON.parse(kept), list])
    const [namedList] = inOrder(translate("json_each($ids)"), [{ ids: list }])
    expect(JSON.parse(String(namedList))).toEqual(JSON.parse(kept))
  })
})
