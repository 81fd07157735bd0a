/** Files fetched from a real web server on this machine, through the layer. */
import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, TestClock } from "effect"
import { LIMIT, serve } from "./server.ts"
import { agent, makeStaging } from "./staging.ts"

const LOCAL = agent({ mediaHosts: ["127.0.0.1"] })

const test = Effect.gen(function* () {
  const hung = yield* Deferred.make<void>()
  const { asked, port } = yield* serve(() => Deferred.unsafeDone(hung, Effect.void))
  return {
    ...(yield* makeStaging),
    fs: yield* FileSystem.FileSystem,
    path: yield* Path.Path,
    asked,
    at: (path: string, host: string = "127.0.0.1") => `http://${host}:${port}${path}`,
    port,
    hung: Deferred.await(hung)
  }
})

const scoped = <A, E>(
  body: (context: Effect.Effect.Success<typeof test>) => Effect.Effect<A, E, NodeContext.NodeContext>
) => Effect.flatMap(test, body).pipe(Effect.provide(NodeContext.layer))

describe("a file at an address", () => {
  it.scoped.each<readonly [address: string, name: string]>([
    ["/photo.jpg", "photo.jpg"],
    ["/photo.txt", "photo.jpg"],
    ["/named", "a.jpg"],
    ["/most.bin", "most.bin"],
    ["/to?/photo.jpg", "photo.jpg"],
    ["/hops?5", "photo.jpg"]
  ])("%s is staged as %s", ([address, name]) =>
    scoped(({ at, path, stage }) =>
      Effect.gen(function* () {
        const copy = yield* stage({ source: at(address), agent: LOCAL, maxBytes: LIMIT })
        expect(path.basename(copy)).toBe(name)
      })
    )
  )

  it.scoped("is asked for as it was given, without compression", () =>
    scoped(({ at, fs, stage }) =>
      Effect.gen(function* () {
        const copy = yield* stage({ source: at("/headers.txt?a=b%20c+d&e&~=1"), agent: LOCAL })
        expect(yield* fs.readFileString(copy)).toBe("/headers.txt?a=b%20c+d&e&~=1 identity")
      })
    )
  )

  it.scoped.each<readonly [address: string, reason: string, detail: string]>([
    ["/nothing", "unreachable", "HTTP 404"],
    ["/declared.bin", "too-large", "1025 bytes"],
    ["/chunked.bin", "too-large", "more than 1024 bytes"],
    ["/endless.bin", "too-large", "more than 1024 bytes"],
    ["/broken.bin", "unreachable", expect.any(String)],
    ["/broken-chunked.bin", "unreachable", expect.any(String)],
    ["/empty.bin", "unreachable", "no content came"],
    ["/packed.bin", "unreachable", "the answer is compressed, which was not asked for"],
    ["/lost", "unreachable", "HTTP 302 without an address"],
    ["/to?file:///etc/passwd", "bad-address", "of a redirect, the scheme is file:"],
    ["/to?ftp://example.com/a", "bad-address", "of a redirect, the scheme is ftp:"],
    ["/to?http://u:p@127.0.0.1/", "bad-address", "of a redirect, it carries credentials"]
  ])("%s is refused as %s", ([address, reason, detail]) =>
    scoped(({ at, refusal, staged }) =>
      Effect.gen(function* () {
        const source = at(address)
        expect(yield* refusal({ source, agent: LOCAL, maxBytes: LIMIT })).toMatchObject({
          _tag: "MediaRejected",
          source: source.split("?")[0],
          reason,
          detail
        })
        expect(yield* staged).toEqual([])
      })
    )
  )

  it.scoped.each(["/loop", "/hops?6"])("behind too many redirects is refused: %s", (address) =>
    scoped(({ asked, at, refusal }) =>
      Effect.gen(function* () {
        expect(yield* refusal({ source: at(address), agent: LOCAL })).toMatchObject({
          reason: "unreachable",
          detail: expect.stringContaining("more than 5 redirects")
        })
        expect(asked).toHaveLength(6)
      })
    )
  )

  it.scoped.each(["/stalled.bin", "/silent.bin"])("is waited for 30 seconds, not longer: %s", (address) =>
    scoped(({ at, hung, refusal, staged }) =>
      Effect.gen(function* () {
        const refused = yield* Effect.fork(refusal({ source: at(address), agent: LOCAL }))
        yield* hung
        yield* TestClock.adjust("29 seconds")
        expect(yield* Fiber.poll(refused)).toMatchObject({ _tag: "None" })
        yield* TestClock.adjust("1 second")
        expect(yield* Fiber.join(refused)).toMatchObject({
          reason: "unreachable",
          detail: "not fetched within 30 seconds"
        })
        expect(yield* staged).toEqual([])
      })
    )
  )

  it.scoped("leaves nothing when its fetch is interrupted", () =>
    scoped(({ at, hung, stage, staged }) =>
      Effect.gen(function* () {
        const staging = yield* Effect.fork(stage({ source: at("/stalled.bin"), agent: LOCAL }))
        yield* hung
        yield* Fiber.interrupt(staging)
        expect(yield* staged).toEqual([])
      })
    )
  )

  it.scoped("that nobody serves is refused by the network's code, without its query", () =>
    scoped(({ refusal }) =>
      Effect.gen(function* () {
        const refused = yield* refusal({ source: "http://127.0.0.1:1/a?token=secret", agent: LOCAL })
        expect(refused).toMatchObject({
          source: "http://127.0.0.1:1/a",
          reason: "unreachable",
          detail: "ECONNREFUSED"
        })
        expect(`${refused.message} ${JSON.stringify(refused)}`).not.toContain("secret")
      })
    )
  )
})

describe("a private address", () => {
  it.scoped.each([
    "127.0.0.1",
    "localhost",
    "127.1",
    "0x7f.1",
    "0177.0.0.1",
    "2130706433",
    "0x7f000001",
    "0.0.0.0",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "10.0.0.1",
    "192.168.1.1",
    "172.16.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "[fe80::1]",
    "[fd00::1]"
  ])("is refused: %s", (host) =>
    scoped(({ asked, at, refusal, staged }) =>
      Effect.gen(function* () {
        expect(yield* refusal({ source: at("/photo.jpg", host) })).toMatchObject({
          reason: "private-address"
        })
        expect(asked).toEqual([])
        expect(yield* staged).toEqual([])
      })
    )
  )

  it.scoped("is refused over https too", () =>
    scoped(({ port, refusal }) =>
      Effect.gen(function* () {
        expect(yield* refusal({ source: `https://localhost:${port}/` })).toMatchObject({
          reason: "private-address"
        })
      })
    )
  )

  it.scoped("is refused behind a redirect from a host that is allowed", () =>
    scoped(({ asked, at, port, refusal }) =>
      Effect.gen(function* () {
        expect(yield* refusal({ source: at("/astray"), agent: LOCAL })).toMatchObject({
          source: at("/astray"),
          reason: "private-address",
          detail: `redirected to http://localhost:${port}/photo.jpg`
        })
        expect(asked).toEqual(["/astray"])
      })
    )
  )

  it.scoped("is fetched where each host on the way is named", () =>
    scoped(({ asked, at, port, stage }) =>
      Effect.gen(function* () {
        const mediaHosts = ["127.0.0.1", `LOCALHOST:${port}`]
        yield* stage({ source: at("/astray"), agent: agent({ mediaHosts }) })
        expect(asked).toEqual(["/astray", "/photo.jpg"])
      })
    )
  )

  it.scoped("is named with its port or without", () =>
    scoped(({ asked, at, port, refusal }) =>
      Effect.gen(function* () {
        const mediaHosts = [`127.0.0.1:${port + 1}`]
        expect(yield* refusal({ source: at("/photo.jpg"), agent: agent({ mediaHosts }) })).toMatchObject({
          reason: "private-address"
        })
        expect(asked).toEqual([])
      })
    )
  )

  it.scoped("is not fetched with credentials, even where it is named", () =>
    scoped(({ asked, at, refusal }) =>
      Effect.gen(function* () {
        const refused = yield* refusal({ source: at("/photo.jpg", "user:secret@127.0.0.1"), agent: LOCAL })
        expect(refused).toMatchObject({ reason: "bad-address", source: at("/photo.jpg") })
        expect(refused.message).not.toContain("secret")
        expect(asked).toEqual([])
      })
    )
  )
})
