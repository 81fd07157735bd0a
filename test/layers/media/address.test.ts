/** What is taken for an address, which hosts are allowed, and what errors show of it. */
import { describe, expect, it } from "@effect/vitest"
import { isAllowedHost, nameOf, redirectTarget, shown, sourceOf } from "../../../src/layers/media/address.ts"

describe("the source of a file", () => {
  it.each([
    ["/tmp/a.png", "File"],
    ["//tmp/a.png", "File"],
    ["file:///tmp/a.png", "FileUrl"],
    ["FILE:///tmp/a.png", "FileUrl"],
    ["https://example.com/a.png", "Address"],
    ["HTTP://EXAMPLE.COM", "Address"],
    ["a.png", "Bad"],
    ["./a.png", "Bad"],
    ["~/a.png", "Bad"],
    ["", "Bad"],
    ["/tmp/a\0.png", "Bad"],
    [`/${"a".repeat(4096)}`, "Bad"],
    [`https://example.com/${"a".repeat(8192)}`, "Bad"],
    ["ftp://example.com/a.png", "Bad"],
    ["data:text/plain,hello", "Bad"],
    ["javascript:alert(1)", "Bad"],
    ["http://", "Bad"],
    ["https://user@example.com/a.png", "Bad"],
    ["https://:secret@example.com/a.png", "Bad"]
  ])("%s is %s", (text, expected) => {
    expect(sourceOf(text)._tag).toBe(expected)
  })
})

describe("a redirect", () => {
  const from = new URL("https://example.com/a/b?c=d")
  it.each([
    ["https://example.org/x", "Address", "https://example.org/x"],
    ["/x", "Address", "https://example.com/x"],
    ["x", "Address", "https://example.com/a/x"],
    ["//example.org/x", "Address", "https://example.org/x"],
    ["http://example.com/x", "Address", "http://example.com/x"],
    ["file:///etc/passwd", "Bad", undefined],
    ["ftp://example.com/", "Bad", undefined],
    ["https://user:secret@example.com/", "Bad", undefined],
    ["http://", "Bad", undefined]
  ])("to %s is %s", (location, tag, href) => {
    const target = redirectTarget(from, location)
    expect(target._tag).toBe(tag)
    expect(target._tag === "Address" ? target.url.href : undefined).toBe(href)
  })
})

describe("mediaHosts", () => {
  it.each<readonly [ReadonlyArray<string>, string, boolean]>([
    [[], "http://localhost/", false],
    [["localhost"], "http://localhost/", true],
    [["LOCALHOST"], "http://localhost:8080/", true],
    [["localhost"], "http://LocalHost./", true],
    [["localhost"], "http://127.0.0.1/", false],
    [["127.0.0.1"], "http://2130706433/", true],
    [["localhost"], "http://localhost.example.com/", false],
    [["localhost"], "http://evil.localhost/", false],
    [["nas.example.com:8080"], "http://nas.example.com:8080/", true],
    [["nas.example.com:8080"], "http://nas.example.com/", false],
    [["nas.example.com:443"], "https://nas.example.com/", true],
    [["nas.example.com:80"], "https://nas.example.com/", false],
    [["*.example.com"], "https://nas.example.com/", true],
    [["*.example.com"], "https://a.b.EXAMPLE.com/", true],
    [["*.example.com"], "https://example.com/", false],
    [["*.example.com"], "https://evilexample.com/", false],
    [["*.example.com:8080"], "http://nas.example.com:8080/", true],
    [["*.example.com:8080"], "http://nas.example.com:8081/", false],
    [["*"], "http://localhost/", false],
    [["*."], "http://localhost./", false],
    [["[::1]"], "http://[::1]/", true],
    [["::1"], "http://[0:0:0:0:0:0:0:1]/", true],
    [["[::1]:8080"], "http://[::1]:8080/", true],
    [["[::1]:8080"], "http://[::1]/", false],
    [["bücher.example"], "http://xn--bcher-kva.example/", true],
    [["http://localhost/"], "http://localhost/", false],
    [["", " "], "http://localhost/", false],
    [["example.org", " localhost "], "http://localhost/", true]
  ])("%j allow %s: %s", (hosts, url, expected) => {
    expect(isAllowedHost(hosts, new URL(url))).toBe(expected)
  })
})

describe("errors", () => {
  it.each([
    ["https://example.com/a.png?token=secret#part", "https://example.com/a.png"],
    ["https://user:secret@example.com:8443/a.png", "https://example.com:8443/a.png"],
    ["https://user:se/cret@example.com/a.png", "https://…"],
    ["https://user:se#cret@example.com/a.png", "https://…"],
    ["file:///tmp/a.png?secret", "file:/tmp/a.png"],
    ["/tmp/what?.png", "/tmp/what?.png"],
    ["a.png?secret", "a.png"],
    ["/tmp/a\nb", "/tmp/a\ufffdb"],
    [`data:text/plain,${"a".repeat(20_000)}`, `data:text/plain,${"a".repeat(284)}…`]
  ])("show %s as %s", (text, expected) => {
    expect(shown(text)).toBe(expected)
  })
})

describe("the name of what is fetched", () => {
  it.each<readonly [string, string | undefined, string]>([
    ["https://example.com/a/photo.jpg?x=y.png", undefined, "photo.jpg"],
    ["https://example.com/gr%C3%BC%C3%9Fe.txt", undefined, "grüße.txt"],
    ["https://example.com/50%25%", undefined, "50%25%"],
    ["https://example.com/", undefined, "file"],
    ["https://example.com/a/", "inline", "file"],
    ["https://example.com/x", 'attachment; filename="a b.jpg"', "a b.jpg"],
    ["https://example.com/x", "attachment; FileName=a.jpg; size=3", "a.jpg"],
    ["https://example.com/x", "attachment; filename*=UTF-8''%E2%82%AC.jpg; filename=e.jpg", "€.jpg"],
    ["https://example.com/x", "attachment; filename*=UTF-8''%E2; filename=e.jpg", "e.jpg"],
    ["https://example.com/x", 'attachment; filename="../../a.jpg"', "a.jpg"],
    ["https://example.com/a%2Fb%5Cc.jpg", undefined, "c.jpg"],
    ["https://example.com/x", 'attachment; filename=""', "x"]
  ])("of %s with %s is %s", (url, disposition, expected) => {
    expect(nameOf(new URL(url), disposition)).toBe(expected)
  })
})
