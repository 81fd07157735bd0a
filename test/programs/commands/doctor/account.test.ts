/** The look at one account, over children that the test plays, in virtual time. */
import { FileSystem } from "@effect/platform"
import { SystemError } from "@effect/platform/Error"
import { NodeContext } from "@effect/platform-node"
import { expect, layer } from "@effect/vitest"
import { Effect, Fiber, Layer, Ref, TestClock, TestServices } from "effect"
import { type AccountLook, examineAccount } from "../../../../src/programs/commands/doctor/account.ts"
import { findProgram, describe as inWords } from "../../../../src/programs/commands/doctor/program.ts"
import { versionIn } from "../../../../src/programs/commands/doctor/readiness.ts"
import { NO_CAPABILITIES } from "../../../../src/schemas/Capabilities.ts"
import {
  ChildExited,
  ChildStuck,
  DatabaseUnavailable,
  ImsgNotFound,
  ImsgUnsupported,
  PermissionDenied,
  RpcFailed
} from "../../../../src/schemas/errors/imsg.ts"
import type { ImsgSession, OpenError } from "../../../../src/services/ImsgProcess.ts"
import { ProcessGroup } from "../../../../src/services/ProcessGroup.ts"
import { makeAccount } from "../../../support/configs.ts"
import { type Answer, emptyDatabase, makeChild, makeProgram } from "../../../support/fakeImsg.ts"

const NODE = "/opt/node/bin/node"
const account = makeAccount({ cliPath: process.execPath })
const look: AccountLook = {
  account,
  surroundings: { env: { TERM_PROGRAM: "Apple_Terminal", PATH: "" }, nodePath: NODE },
  sendTo: undefined
}

const noOtherProcess = Layer.succeed(ProcessGroup, {
  spawn: () => new SystemError({ reason: "NotFound", module: "Command", method: "spawn" })
})

/** Looks, while time passes as quickly as it can, and answers the checks by their ids. */
const examined = (
  open: (start: number) => Effect.Effect<ImsgSession, OpenError>,
  changes: Partial<AccountLook> = {}
) =>
  Effect.gen(function* () {
    const program = yield* makeProgram(open)
    const looking = yield* examineAccount({ ...look, ...changes }).pipe(
      Effect.provide(Layer.merge(program.layer, noOtherProcess)),
      Effect.fork
    )
    // Disks are real: their time is not the test's.
    const findings = yield* Fiber.join(looking).pipe(
      Effect.raceFirst(
        Effect.forever(
          Effect.zipRight(TestClock.adjust("500 millis"), TestServices.provideLive(Effect.sleep("1 millis")))
        )
      )
    )
    return { ...findings, of: (id: string) => findings.checks.find((check) => check.id === id) }
  })

const CHATS = { chats: [{ id: 1, last_message_at: "2026-03-04T08:00:00Z" }] }
const READY = { database: { path: "/chat.db", ready: true }, contacts: { available: true } }

/** A child with a chat, which answers some requests in another way. */
const childWith = (others: { readonly [method: string]: Answer } = {}, concurrentReads = true) =>
  Effect.map(
    makeChild({
      concurrentReads,
      answer: (asked) => {
        const other = others[asked.method]
        if (other !== undefined) return other(asked)
        if (asked.method === "chats.list") return Effect.succeed(CHATS)
        return asked.method === "status" ? Effect.succeed(READY) : emptyDatabase(asked)
      }
    }),
    ({ session }) => session
  )

const BRIDGES = [
  { what: "none", has: NO_CAPABILITIES, detail: /^none, as on most Macs: .*`imsg launch`: docs\/mac\.md$/u },
  {
    what: "one that works",
    has: { ...NO_CAPABILITIES, bridge: "ready", methods: new Set(["typing", "tapback"]) },
    detail: /^ready \(typing, tapbacks\)$/u
  },
  {
    what: "one of before an update",
    has: { ...NO_CAPABILITIES, bridge: "broken", error: "helper_version_mismatch" },
    detail: /^does not work: helper_version_mismatch\. Run `imsg launch` on its Mac/u
  }
] as const

const TARGET = { _tag: "ChatId", chatId: 1 } as const

layer(NodeContext.layer)("an account", (it) => {
  for (const { detail, has, what } of BRIDGES) {
    it.effect(`of before 0.14 is asked by the command for its bridge, and ${what} is in order`, () =>
      Effect.gen(function* () {
        const printed = Effect.succeedSome(has)
        const { of } = yield* examined(() =>
          Effect.map(
            makeChild({ concurrentReads: false, printed, answer: () => Effect.succeed(CHATS) }),
            ({ session }) => session
          )
        )
        expect(of("bridge")).toMatchObject({ status: "ok", detail: expect.stringMatching(detail) })
      })
    )
  }

  it.effect("in order says where its database is, and when somebody wrote last", () =>
    Effect.gen(function* () {
      const { checks, newest, of } = yield* examined(() => childWith())
      expect(checks.map(({ status }) => status)).toEqual(["ok", "ok", "ok", "ok", "ok", "ok"])
      expect(of("imsg")?.detail).toContain("version 0.15.0")
      expect(of("full-disk-access")?.detail).toBe("/chat.db can be read")
      expect(newest).toEqual({ account: "default", at: Date.parse("2026-03-04T08:00:00Z") })
    })
  )

  it.effect("whose imsg takes long to answer is a warning", () =>
    Effect.gen(function* () {
      const { of } = yield* examined(() => Effect.delay(childWith(), "7 seconds"))
      expect(of("handshake")).toMatchObject({
        status: "warning",
        detail: expect.stringContaining("which is slow")
      })
      expect(of("full-disk-access")?.status).toBe("ok")
    })
  )

  it.effect("gives Contacts the time to load", () =>
    Effect.gen(function* () {
      const asked = yield* Ref.make(0)
      const status = () =>
        Effect.map(
          Ref.updateAndGet(asked, (count) => count + 1),
          (count) => ({ contacts: { available: count > 3 } })
        )
      expect((yield* examined(() => childWith({ status }))).of("contacts")?.status).toBe("ok")
    })
  )

  it.effect("without Contacts is a warning that says how to give them", () =>
    Effect.gen(function* () {
      const status = () => Effect.succeed({ contacts: { available: false } })
      const { of } = yield* examined(() => childWith({ status }))
      expect(of("contacts")).toMatchObject({
        status: "warning",
        remedy: expect.stringContaining("Contacts: switch on Terminal")
      })
    })
  )

  it.effect("of an older build is not asked for what that does not know", () =>
    Effect.gen(function* () {
      const status = () => Effect.die("asked for its status")
      const { of } = yield* examined(() => childWith({ status }, false))
      expect(of("contacts")).toMatchObject({ status: "ok", detail: expect.stringContaining("says nothing") })
    })
  )

  it.effect("whose database fails after the handshake says so", () =>
    Effect.gen(function* () {
      const gone = () => new DatabaseUnavailable({ detail: "unable to open database file" })
      const { of } = yield* examined(() => childWith({ "chats.list": gone }))
      expect(of("full-disk-access")).toMatchObject({
        status: "failed",
        detail: expect.stringContaining("unable to open database file"),
        remedy: expect.stringMatching(/switch on Terminal\..*dbPath/u)
      })
    })
  )

  it.effect.each([
    { error: new ImsgNotFound({ cliPath: "x", detail: "no such file" }), id: "imsg" },
    { error: new ImsgUnsupported({ cliPath: "x", detail: "unknown command" }), id: "rpc" },
    { error: new ChildExited({ command: "x", exitCode: 1, stderr: "out of luck" }), id: "rpc" },
    { error: new RpcFailed({ method: "initialize", rpcCode: -32603, reason: "internal" }), id: "rpc" },
    { error: new PermissionDenied({ permission: "FullDiskAccess", detail: "no" }), id: "full-disk-access" },
    { error: new DatabaseUnavailable({ detail: "no" }), id: "full-disk-access" },
    {
      error: new ChildStuck({ command: "x", watch: "start", method: "initialize", afterMs: 1 }),
      id: "handshake"
    }
  ])("whose imsg ends in $error._tag fails at $id, with a remedy", ({ error, id }) =>
    Effect.gen(function* () {
      const { checks } = yield* examined(() => Effect.fail(error))
      const failures = checks.filter(({ status }) => status === "failed")
      expect(failures).toMatchObject([
        { id, account: "default", detail: expect.stringContaining(error.message) }
      ])
      expect(failures[0]?.remedy).toBeTruthy()
    })
  )

  it.effect("whose start never ends is given up, and what was found before is shown", () =>
    Effect.gen(function* () {
      const { checks } = yield* examined(() => Effect.never)
      expect(checks).toMatchObject([
        { id: "imsg", status: "ok" },
        { id: "time", status: "failed" }
      ])
    })
  )

  it.effect("sends nothing unless it is told to", () =>
    Effect.gen(function* () {
      const send = () => Effect.die("something was sent")
      const { of } = yield* examined(() => childWith({ send }))
      expect(of("automation")).toBeUndefined()
    })
  )

  it.effect("whose send is not answered does not say that nothing was sent", () =>
    Effect.gen(function* () {
      const { of } = yield* examined(() => childWith({ send: () => Effect.never }), { sendTo: TARGET })
      expect(of("automation")).toMatchObject({
        status: "failed",
        detail: expect.stringContaining("may have been sent")
      })
    })
  )
})

layer(NodeContext.layer)("the program of an account", (it) => {
  const find = (cliPath: string, PATH = "", env = {}) => findProgram(makeAccount({ cliPath, env }), { PATH })

  const prepared = Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const dir = yield* Effect.flatMap(fs.makeTempDirectoryScoped({ prefix: "imsg-program-" }), fs.realPath)
    yield* fs.makeDirectory(`${dir}/my bin`)
    yield* fs.makeDirectory(`${dir}/folder`)
    const write = (name: string, text: string, mode: number) =>
      fs.writeFileString(`${dir}/my bin/${name}`, text, { mode })
    yield* write("binary", "\u007fELF", 0o755)
    yield* write("script", "#!/bin/sh\nexec imsg\n", 0o755)
    yield* write("remote", '#!/bin/sh\nexec /usr/bin/ssh -T bot@mac.example.com imsg "$@"\n', 0o755)
    yield* write("text", "", 0o644)
    yield* fs.symlink(`${dir}/my bin/binary`, `${dir}/imsg`)
    return dir
  })

  it.scoped("is found in PATH, through links", () =>
    Effect.gen(function* () {
      const dir = yield* prepared
      const found = yield* find("imsg", `/nowhere:${dir}`)
      expect(inWords(found)).toBe(`${dir}/imsg (${dir}/my bin/binary)`)
    })
  )

  it.scoped("is found where its own PATH leads, as when it is started", () =>
    Effect.gen(function* () {
      const dir = yield* prepared
      expect((yield* find("script", dir, { PATH: `${dir}/my bin` })).path).toBe(`${dir}/my bin/script`)
      const refused = yield* Effect.flip(find("imsg", dir, { PATH: "/nowhere" }))
      expect(refused.message).toContain("it is in no folder of PATH (/nowhere)")
    })
  )

  it.scoped("may be a script, in a folder with a space", () =>
    Effect.gen(function* () {
      const dir = yield* prepared
      expect(inWords(yield* find(`${dir}/my bin/script`))).toBe(`${dir}/my bin/script, a script`)
    })
  )

  it.scoped("may lead to another Mac", () =>
    Effect.gen(function* () {
      const dir = yield* prepared
      expect(inWords(yield* find(`${dir}/my bin/remote`))).toBe(
        `${dir}/my bin/remote, reaches bot@mac.example.com over ssh`
      )
    })
  )

  it.scoped.each([
    { name: "gone", detail: "there is no such program" },
    { name: "my bin/gone", detail: "there is no such program" },
    { name: "my bin/text", detail: "it is not executable" },
    { name: "folder", detail: "it is a folder" }
  ])("is refused: $detail", ({ detail, name }) =>
    Effect.gen(function* () {
      const dir = yield* prepared
      const refused = yield* Effect.flip(find(`${dir}/${name}`))
      expect(refused.message).toContain(detail)
    })
  )

  it.effect.each([
    { printed: "0.9.1\n", version: "0.9.1" },
    { printed: "imsg 0.15.0-beta.2 (abc)", version: "0.15.0-beta.2" },
    { printed: "unknown command", version: undefined }
  ])("says its version as $version", ({ printed, version }) =>
    Effect.sync(() => {
      expect(versionIn(printed)).toBe(version)
    })
  )
})
