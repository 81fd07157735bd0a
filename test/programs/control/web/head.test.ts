import { describe, expect, it } from "@effect/vitest"
import {
  bearerOf,
  bodyLength,
  headOf,
  LONGEST_HEAD,
  type Search,
  searchEnd
} from "../../../../src/programs/control/web/head.ts"

const GET = "GET /status HTTP/1.1\r\nHost: localhost\r\n"

describe("the head of a request", () => {
  it.each<[what: string, bytes: string, end: number | undefined]>([
    ["ends behind its empty line", `${GET}\r\n`, 41],
    ["ends there whatever follows", `${GET}\r\nGET / HTTP/1.1\r\n\r\n`, 41],
    ["ends at an empty line of bare line feeds too", "GET / HTTP/1.1\nHost: x\n\nmore", 24],
    ["has no end yet", GET, undefined],
    ["has no end yet within its empty line", `${GET}\r`, undefined],
    ["that is empty is over at once", "\r\n\r\nGET /", 4],
    [
      "is not looked for further than a parser would",
      `${GET}x: ${"y".repeat(LONGEST_HEAD)}\r\n\r\n`,
      undefined
    ]
  ])("%s", (_, bytes, end) => {
    expect(headOf(Buffer.from(bytes))?.end).toBe(end)
  })

  it.each([`${GET}\r\n`, "GET / HTTP/1.1\nHost: x\n\nmore", "\r\n\r\nGET /", `${GET}x: \r\r\n\n\r\r\n\r\n`])(
    "is found in pieces where it is found as a whole, and no piece is looked at twice: %j",
    (text) => {
      const bytes = Buffer.from(text)
      for (let size = 1; size <= bytes.length; size++) {
        let search: Search = "nothing"
        let end: number | undefined
        for (let at = 0; at < bytes.length && end === undefined; at += size) {
          const found = searchEnd(bytes.subarray(at, at + size), search)
          if (typeof found === "number") end = at + found
          else search = found
        }
        expect(end).toBe(headOf(bytes)?.end)
      }
    }
  )

  it("has its values by lower-case names, of which the first counts", () => {
    const head = headOf(
      Buffer.from(
        "GET / HTTP/1.1\r\nAUTHORIZATION:Bearer one\r\nno header\r\nAuthorization: Bearer two\r\n\r\n"
      )
    )
    expect([...(head?.headers ?? [])]).toEqual([["authorization", "Bearer one"]])
    expect(bearerOf(head?.headers.get("authorization"))).toBe("one")
    expect(bearerOf("Basic one")).toBe(undefined)
    expect(bearerOf(undefined)).toBe(undefined)
  })

  it.each<[header: string, length: number | undefined]>([
    ["x: y", 0],
    ["Content-Length: 12", 12],
    ["Content-Length: +12", undefined],
    ["Content-Length: 12, 12", undefined],
    ["Content-Length: 99999999999999999999", undefined],
    ["Transfer-Encoding: chunked", undefined],
    ["Content-Length: 5\r\nTransfer-Encoding: chunked", undefined]
  ])("with %j has a body of %s bytes", (header, length) => {
    const head = headOf(Buffer.from(`POST / HTTP/1.1\r\n${header}\r\n\r\n`))
    expect(head === undefined ? "no head" : bodyLength(head)).toBe(length)
  })
})
