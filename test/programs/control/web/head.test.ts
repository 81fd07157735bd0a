import { describe, expect, it } from "@effect/vitest"
import { bearerOf, bodyLength, headOf, LONGEST_HEAD } from "../../../../src/programs/control/web/head.ts"

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
