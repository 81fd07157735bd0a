import { describe, expect, it } from "@effect/vitest"
import { isLoopback, isOwnName, isOwnPage } from "../../../../src/programs/control/web/origin.ts"

describe("the name that the server is asked under", () => {
  it.each([
    // Host header, control.http.host, whether it is the server's own
    ["127.0.0.1:8080", "127.0.0.1", true],
    ["localhost:8080", "127.0.0.1", true],
    ["LOCALHOST", "127.0.0.1", true],
    ["[::1]:8080", "127.0.0.1", true],
    ["localhost:9000", "127.0.0.1", true],
    ["localhost.example.com", "127.0.0.1", false],
    ["127.0.0.1.example.com", "127.0.0.1", false],
    ["example.com:8080", "127.0.0.1", false],
    ["192.0.2.7:8080", "127.0.0.1", false],
    ["192.0.2.7:8080", "192.0.2.7", true],
    ["mac.example.com:8080", "mac.example.com", true],
    ["MAC.example.com", "mac.example.com", true],
    ["other.example.com", "mac.example.com", false],
    ["[2001:db8::7]:8080", "2001:db8::7", true],
    ["[2001:db8::8]:8080", "2001:db8::7", false],
    ["192.0.2.7:8080", "0.0.0.0", true],
    ["[2001:db8::7]:8080", "::", true],
    ["rebound.example.com:8080", "0.0.0.0", false],
    ["user@localhost", "127.0.0.1", false],
    ["localhost/path", "127.0.0.1", false],
    ["", "127.0.0.1", false],
    [undefined, "127.0.0.1", false]
  ])("%s under the host %s: %s", (host, configured, own) => {
    expect(isOwnName(host, configured)).toBe(own)
  })

  it.each([
    ["127.0.0.1", true],
    ["127.8.8.8", true],
    ["::1", true],
    ["localhost", true],
    ["0.0.0.0", false],
    ["::", false],
    ["127.example.com", false],
    ["192.0.2.7", false]
  ])("%s stays on this machine: %s", (host, loopback) => {
    expect(isLoopback(host)).toBe(loopback)
  })
})

describe("the page that a request comes from", () => {
  const HOST = "127.0.0.1:8080"
  const OWN = `http://${HOST}`
  const TUNNELLED = `https://${HOST}`
  const FOREIGN = "http://example.com"

  it.each([
    // method, Origin, Sec-Fetch-Site, whether the token itself is sent, whether it may be the gateway's own page
    ["POST", OWN, undefined, false, true],
    ["POST", TUNNELLED, undefined, false, true],
    ["POST", OWN, "same-origin", false, true],
    ["POST", undefined, "same-origin", false, true],
    ["POST", undefined, undefined, false, false],
    ["POST", undefined, undefined, true, true],
    ["POST", FOREIGN, undefined, false, false],
    ["POST", FOREIGN, undefined, true, false],
    ["POST", "null", undefined, false, false],
    ["POST", "http://127.0.0.1:9090", undefined, false, false],
    ["POST", `ftp://${HOST}`, undefined, false, false],
    ["POST", OWN, "same-site", false, false],
    ["POST", OWN, "cross-site", false, false],
    ["POST", undefined, "none", false, false],
    ["DELETE", undefined, undefined, false, false],
    ["DELETE", OWN, undefined, false, true],
    ["GET", undefined, undefined, false, true],
    ["GET", undefined, "same-origin", false, true],
    ["GET", undefined, "none", false, true],
    ["GET", undefined, "same-site", false, false],
    ["GET", undefined, "cross-site", false, false],
    ["GET", FOREIGN, undefined, false, false]
  ] as const)(
    "%s with Origin %s and Sec-Fetch-Site %s, token %s: %s",
    (method, origin, fetchSite, explicit, own) => {
      expect(isOwnPage({ method, host: HOST, origin, fetchSite }, { explicit })).toBe(own)
    }
  )
})
