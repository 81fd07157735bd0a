/** The status, asked of whatever listens on the socket. */
import { createServer, type RequestListener } from "node:http"
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, TestClock } from "effect"
import { askStatus } from "../../../src/programs/control/askStatus.ts"
import { StatusUnavailable, Unavailable } from "../../../src/schemas/control/failures.ts"
import { STATUS_PATH, type Status } from "../../../src/schemas/control/Status.ts"
import { SOCKET_FILE } from "../../../src/schemas/control/socket.ts"

const STATUS: Status = {
  version: "1.0.0",
  pid: 1,
  startedAt: 0,
  accounts: [],
  sessions: { busy: 0, waiting: 0, dead: 0 },
  paused: [],
  pairing: { pending: 0 },
  permissions: { waiting: 0 },
  budgets: [],
  deliveries: { queued: 0, uncertain: 0, dead: 0 }
}

/** The state folder of a gateway that answers like this. */
const folderOf = (answer: RequestListener) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped()
    yield* Effect.acquireRelease(
      Effect.async<ReturnType<typeof createServer>>((resume) => {
        const server = createServer(answer)
        server.listen(`${folder}/${SOCKET_FILE}`, () => resume(Effect.succeed(server)))
      }),
      (server) =>
        Effect.async<void>((resume) => {
          server.close(() => resume(Effect.void))
          server.closeAllConnections()
        })
    )
    return folder
  })

const saying =
  (code: number, body: unknown): RequestListener =>
  ({ url }, response) => {
    response.writeHead(url === STATUS_PATH ? code : 404)
    response.end(typeof body === "string" ? body : JSON.stringify(body))
  }

/** The tag of what it fails with. */
const failureOf = (folder: string) => Effect.map(Effect.flip(askStatus(folder)), ({ _tag }) => _tag)

describe("the status of a gateway", () => {
  it.scoped("is what it answers", () =>
    Effect.gen(function* () {
      expect(yield* askStatus(yield* folderOf(saying(200, STATUS)))).toEqual(STATUS)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("fails with what is known where the store says nothing", () =>
    Effect.gen(function* () {
      const known = { version: "1.0.0", pid: 1, startedAt: 0, accounts: [] }
      const failure = new StatusUnavailable({ code: "store_unavailable", message: "no", hint: "wait", known })
      expect(yield* Effect.flip(askStatus(yield* folderOf(saying(503, failure))))).toEqual(failure)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("cannot be had where nobody listens, with a socket or without", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      expect(yield* failureOf(folder)).toBe("GatewayNotRunning")
      yield* fs.writeFileString(`${folder}/${SOCKET_FILE}`, "")
      expect(yield* failureOf(folder)).toBe("GatewayNotRunning")
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped.each<[what: string, answer: RequestListener, tag: string]>([
    ["the gateway hangs up", (_, response) => response.destroy(), "GatewaySilent"],
    [
      "it ends in the middle of its answer",
      (_, response) => {
        response.writeHead(200, { "content-length": "1000" })
        response.write('{"version"', () => response.destroy())
      },
      "GatewaySilent"
    ],
    ["the answer is of another shape", saying(200, { ...STATUS, pid: "one" }), "GatewayIncompatible"],
    ["the answer is no JSON", saying(200, "<html>"), "GatewayIncompatible"],
    ["there is no such thing", saying(404, ""), "GatewayIncompatible"],
    [
      "it cannot read its store",
      saying(503, new Unavailable({ code: "store_unavailable", message: "no", hint: "wait" })),
      "Unavailable"
    ]
  ])("is refused with its reason where %s", ([, answer, tag]) =>
    Effect.gen(function* () {
      expect(yield* failureOf(yield* folderOf(answer))).toBe(tag)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("is waited for ten seconds", () =>
    Effect.gen(function* () {
      const hasCome = yield* Deferred.make<void>()
      const folder = yield* folderOf(() => Deferred.unsafeDone(hasCome, Effect.void))
      const asked = yield* Effect.fork(Effect.flip(askStatus(folder)))
      yield* Deferred.await(hasCome)
      yield* TestClock.adjust("10 seconds")
      expect(yield* Fiber.join(asked)).toMatchObject({
        _tag: "GatewaySilent",
        detail: "it took longer than 10000 ms"
      })
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
