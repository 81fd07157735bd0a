/** Spawn and handshake, over a child that the test plays, and what is written for each method. */
import { FileSystem, Path } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer, Ref, Scope, TestClock } from "effect"
import { layer } from "../../../src/layers/imsg/ImsgProcessLive.ts"
import { Methods } from "../../../src/schemas/ImsgProtocol.ts"
import { ImsgProcess, type ImsgSession } from "../../../src/services/ImsgProcess.ts"
import { type FakeLeader, fakeProcessGroup, makeFakeLeader, type Spawned } from "../../support/fakeLeader.ts"
import { freeze, ProcessesLive, running } from "../../support/processes.ts"

const READY = {
  version: "0.15.0",
  protocol_version: 1,
  database: { path: "/chat.db", ready: true, features: {} },
  bridge: { ready: false },
  methods: ["status"],
  supported_methods: ["status", "send"],
  capabilities: {}
}
const NO_SUCH_METHOD = { code: -32601, message: "Method not found" }
const START_TIMEOUT_MS = 5000

/** Starts to open a child, which the test then answers for. */
const opening = (dbPath?: string) =>
  Effect.gen(function* () {
    const child = yield* makeFakeLeader
    const spawned = yield* Ref.make<ReadonlyArray<Spawned>>([])
    const session = yield* Effect.flatMap(ImsgProcess, (imsg) =>
      imsg.open({
        cliPath: "/opt/imsg",
        dbPath,
        remoteHost: undefined,
        env: {},
        passEnv: [],
        startTimeoutMs: START_TIMEOUT_MS
      })
    ).pipe(
      Effect.provide(
        Layer.provide(
          layer,
          Layer.mergeAll(fakeProcessGroup(child, spawned), FileSystem.layerNoop({}), Path.layer)
        )
      ),
      Effect.forkScoped
    )
    return { child, session, spawned }
  })

const answer = (child: FakeLeader, id: number, outcome: object) =>
  child.say({ jsonrpc: "2.0", id, ...outcome })

/** An open session of a build that knows `initialize`. */
const opened = Effect.gen(function* () {
  const { child, session } = yield* opening()
  yield* child.heard
  yield* answer(child, 1, { result: READY })
  return { child, session: yield* Fiber.join(session) }
})

describe("a child", () => {
  it.scoped.each([
    { what: "with a database of its own", dbPath: "/data/chat.db", args: ["rpc", "--db", "/data/chat.db"] },
    { what: "with the database of the user", dbPath: undefined, args: ["rpc"] }
  ])("is started $what, and given time to end", ({ args, dbPath }) =>
    Effect.gen(function* () {
      const { child, spawned } = yield* opening(dbPath)
      yield* child.heard
      expect(yield* Ref.get(spawned)).toMatchObject([
        { command: { command: "/opt/imsg", args }, options: { graceMs: 2000 } }
      ])
    })
  )
})

describe("the handshake", () => {
  it.scoped("asks a build from 0.14 what it can do", () =>
    Effect.gen(function* () {
      const { child, session } = yield* opening()
      expect(yield* child.heard).toEqual({ jsonrpc: "2.0", id: 1, method: "initialize" })
      yield* answer(child, 1, { result: READY })
      expect(yield* Fiber.join(session)).toMatchObject({
        pid: child.leader.pid,
        command: "/opt/imsg rpc",
        build: {
          version: "0.15.0",
          concurrentReads: true,
          methods: new Set(["status", "send"])
        }
      })
    })
  )

  it.scoped("asks an older build for a chat", () =>
    Effect.gen(function* () {
      const { child, session } = yield* opening()
      yield* child.heard
      yield* answer(child, 1, { error: NO_SUCH_METHOD })
      expect(yield* child.heard).toEqual({
        jsonrpc: "2.0",
        id: 2,
        method: "chats.list",
        params: { limit: 1 }
      })
      yield* answer(child, 2, { result: { chats: [] } })
      expect(yield* Fiber.join(session)).toMatchObject({
        build: { version: undefined, concurrentReads: false, methods: new Set() }
      })
    })
  )

  it.scoped("is not disturbed by a message that comes early", () =>
    Effect.gen(function* () {
      const { child, session } = yield* opening()
      yield* child.heard
      yield* child.say({
        method: "message",
        params: { message: { id: 1, guid: "g", is_from_me: false, chat_id: 1 } }
      })
      yield* answer(child, 1, { result: READY })
      const { notifications } = yield* Fiber.join(session)
      expect(yield* notifications.take).toMatchObject({ method: "message" })
    })
  )
})

describe("a start that fails", () => {
  const denied = { _tag: "PermissionDenied", permission: "FullDiskAccess" }
  it.scoped.each([
    {
      what: "Full Disk Access is missing (up to 0.8.1)",
      say: (child: FakeLeader) =>
        Effect.zipRight(child.print("authorization denied (code: 23)\n"), child.exit(1)),
      error: denied
    },
    {
      what: "Full Disk Access is missing (0.8.2 to 0.13, at the first request)",
      say: (child: FakeLeader) =>
        answer(child, 1, { error: { code: -32603, message: "x", data: "authorization denied (code: 23)" } }),
      error: denied
    },
    {
      what: "Full Disk Access is missing (0.8.2 to 0.13, at the second request)",
      say: (child: FakeLeader) =>
        Effect.zipRight(
          answer(child, 1, { error: NO_SUCH_METHOD }),
          answer(child, 2, {
            error: { code: -32603, message: "x", data: "permissionDenied(path: x, underlying: y)" }
          }).pipe(Effect.delay(1))
        ),
      error: denied
    },
    {
      what: "Full Disk Access is missing (0.14)",
      say: (child: FakeLeader) =>
        answer(child, 1, {
          result: { ...READY, database: { ready: false, error: "authorization denied (code: 23)" } }
        }),
      error: denied
    },
    {
      what: "Full Disk Access is missing (0.14, as an object)",
      say: (child: FakeLeader) =>
        answer(child, 1, {
          result: {
            ...READY,
            database: { ready: false, error: { message: "authorization denied (code: 23)" } }
          }
        }),
      error: denied
    },
    {
      what: "the database is missing",
      say: (child: FakeLeader) =>
        answer(child, 1, { result: { ...READY, database: { ready: false, error: "unable to open" } } }),
      error: { _tag: "DatabaseUnavailable", detail: "unable to open" }
    },
    {
      what: "the database is not ready, for no reason that is told",
      say: (child: FakeLeader) => answer(child, 1, { result: { ...READY, database: { ready: false } } }),
      error: { _tag: "DatabaseUnavailable", detail: "it is not ready" }
    },
    {
      what: "the database is unavailable to a request",
      say: (child: FakeLeader) =>
        answer(child, 1, { error: { code: -32002, message: "unavailable", data: "locked" } }),
      error: { _tag: "DatabaseUnavailable", detail: "locked" }
    },
    {
      what: "the build has no rpc",
      say: (child: FakeLeader) => Effect.zipRight(child.complain("unknown command: rpc"), child.exit(1)),
      error: { _tag: "ImsgUnsupported", cliPath: "/opt/imsg" }
    },
    {
      what: "a wrapper's program is missing",
      say: (child: FakeLeader) => Effect.zipRight(child.complain("imsg: not found"), child.exit(127)),
      error: { _tag: "ImsgNotFound", cliPath: "/opt/imsg" }
    },
    {
      what: "the child ends",
      say: (child: FakeLeader) => child.exit(0),
      error: { _tag: "ChildExited", exitCode: 0, command: "/opt/imsg rpc" }
    },
    {
      what: "the answer has another form",
      say: (child: FakeLeader) => answer(child, 1, { result: { database: "yes" } }),
      error: { _tag: "ProtocolViolation", command: "/opt/imsg rpc" }
    },
    {
      what: "the request is refused",
      say: (child: FakeLeader) => answer(child, 1, { error: { code: -32000, message: "Server busy" } }),
      error: { _tag: "RpcFailed", rpcCode: -32000 }
    }
  ])("says why: $what", ({ error, say }) =>
    Effect.gen(function* () {
      const { child, session } = yield* opening()
      yield* child.heard
      yield* Effect.fork(say(child))
      yield* TestClock.adjust(10)
      expect(yield* Effect.flip(Fiber.join(session))).toMatchObject(error)
    })
  )

  it.scoped("says which request got no answer, in the time of the whole start", () =>
    Effect.gen(function* () {
      const { child, session } = yield* opening()
      yield* child.heard
      yield* TestClock.adjust(START_TIMEOUT_MS - 100)
      yield* answer(child, 1, { error: NO_SUCH_METHOD })
      yield* child.heard
      yield* TestClock.adjust(100)
      expect(yield* Effect.flip(Fiber.join(session))).toMatchObject({
        _tag: "ChildStuck",
        watch: "start",
        method: "chats.list",
        afterMs: START_TIMEOUT_MS
      })
    })
  )

  it.live.each([
    { file: "/nowhere/imsg", detail: "there is no such program" },
    { file: "/etc", detail: "it is not executable" }
  ])("says that $file cannot be run", ({ detail, file }) =>
    Effect.gen(function* () {
      const imsg = yield* ImsgProcess
      const failure = yield* Effect.flip(
        Effect.scoped(
          imsg.open({
            cliPath: file,
            dbPath: undefined,
            remoteHost: undefined,
            env: {},
            passEnv: [],
            startTimeoutMs: START_TIMEOUT_MS
          })
        )
      )
      expect(failure).toMatchObject({ _tag: "ImsgNotFound", cliPath: file, detail })
    }).pipe(Effect.provide(Layer.provide(layer, ProcessesLive)))
  )

  it.live("says what else the system has against it", () =>
    Effect.gen(function* () {
      const imsg = yield* ImsgProcess
      const failure = yield* Effect.flip(
        Effect.scoped(
          imsg.open({
            cliPath: "/etc/passwd/imsg",
            dbPath: undefined,
            remoteHost: undefined,
            env: {},
            passEnv: [],
            startTimeoutMs: 1000
          })
        )
      )
      expect(failure).toMatchObject({ _tag: "ImsgNotFound", detail: expect.stringContaining("ENOTDIR") })
    }).pipe(Effect.provide(Layer.provide(layer, ProcessesLive)))
  )
})

describe("a real child", () => {
  it.live("that is stopped while its stdin is full is ended with its session", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      const cliPath = path.join(yield* fs.makeTempDirectoryScoped(), "imsg")
      const response = JSON.stringify({ jsonrpc: "2.0", id: 1, result: READY })
      yield* fs.writeFileString(cliPath, `#!/bin/sh\nread -r line\necho '${response}'\nexec sleep 1000\n`, {
        mode: 0o755
      })
      const imsg = yield* ImsgProcess
      const scope = yield* Scope.make()
      const session = yield* Scope.extend(
        imsg.open({
          cliPath,
          dbPath: undefined,
          remoteHost: undefined,
          env: {},
          passEnv: [],
          startTimeoutMs: 20_000
        }),
        scope
      )
      yield* freeze(session.pid)
      const text = "x".repeat(1024 * 1024)
      const sending = yield* Effect.forkAll(
        Array.from({ length: 5 }, () =>
          Effect.flip(session.request(Methods.send, { chat_id: 7, text }, 60_000))
        )
      )
      yield* Effect.yieldNow()
      yield* Scope.close(scope, Exit.void)
      expect((yield* Fiber.join(sending)).map(({ _tag }) => _tag)).toEqual(Array(5).fill("ChildExited"))
      expect(yield* running([session.pid])).toEqual([])
    }).pipe(Effect.scoped, Effect.provide(Layer.provideMerge(layer, ProcessesLive)))
  )
})

describe("what is written", () => {
  const requests: ReadonlyArray<{
    readonly ask: (session: ImsgSession) => Effect.Effect<unknown, unknown>
    readonly line: string
  }> = [
    {
      ask: (session) => session.request(Methods.initialize, {}, 1),
      line: '{"jsonrpc":"2.0","id":2,"method":"initialize"}'
    },
    {
      ask: (session) => session.request(Methods.status, {}, 1),
      line: '{"jsonrpc":"2.0","id":2,"method":"status"}'
    },
    {
      ask: (session) => session.request(Methods.chatsList, { limit: 1 }, 1),
      line: '{"jsonrpc":"2.0","id":2,"method":"chats.list","params":{"limit":1}}'
    },
    {
      ask: (session) =>
        session.request(Methods.messagesHistory, { chat_id: 7, limit: 20, attachments: true }, 1),
      line: '{"jsonrpc":"2.0","id":2,"method":"messages.history","params":{"chat_id":7,"limit":20,"attachments":true}}'
    },
    {
      ask: (session) => session.request(Methods.watchSubscribe, {}, 1),
      line: '{"jsonrpc":"2.0","id":2,"method":"watch.subscribe"}'
    },
    {
      ask: (session) => session.request(Methods.watchSubscribe, { since_rowid: 40, attachments: true }, 1),
      line: '{"jsonrpc":"2.0","id":2,"method":"watch.subscribe","params":{"since_rowid":40,"attachments":true}}'
    },
    {
      ask: (session) => session.request(Methods.send, { chat_id: 7, text: "one\ntwo 👋 \u2028" }, 1),
      line: '{"jsonrpc":"2.0","id":2,"method":"send","params":{"chat_id":7,"text":"one\\ntwo 👋 \u2028"}}'
    },
    {
      ask: (session) =>
        session.request(Methods.send, { chat_guid: "iMessage;-;a@example.com", text: "hi" }, 1),
      line: '{"jsonrpc":"2.0","id":2,"method":"send","params":{"chat_guid":"iMessage;-;a@example.com","text":"hi"}}'
    },
    {
      ask: (session) =>
        session.request(Methods.send, { chat_identifier: "a@example.com", file: "/a b.png" }, 1),
      line: '{"jsonrpc":"2.0","id":2,"method":"send","params":{"chat_identifier":"a@example.com","file":"/a b.png"}}'
    },
    {
      ask: (session) =>
        session.request(Methods.send, { to: "+15555550123", service: "sms", region: "US", text: "hi" }, 1),
      line: '{"jsonrpc":"2.0","id":2,"method":"send","params":{"to":"+15555550123","service":"sms","region":"US","text":"hi"}}'
    }
  ]
  for (const { ask, line } of requests) {
    it.scoped(`is one line, with the documented parameters only: ${line}`, () =>
      Effect.gen(function* () {
        const { child, session } = yield* opened
        yield* Effect.fork(ask(session))
        expect(yield* child.heardLine).toBe(`${line}\n`)
      })
    )
  }
})
