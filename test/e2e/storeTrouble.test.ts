/** The store in trouble, through real processes: no room, a folder that cannot be used, a corrupt file. */
import { fileURLToPath } from "node:url"
import { Command, FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import * as Sqlite from "../../src/layers/sqlite/Sqlite.ts"
import { run } from "../support/command.ts"
import { asking } from "../support/control.ts"
import { damagePages } from "../support/damage.ts"
import { type Gateway, type Home, makeHome, openAccount, PERSON, startGateway } from "../support/gateway.ts"
import { program } from "../support/programs.ts"
import { eventually, makeSimulator } from "../support/simulator.ts"
import { selectFrom } from "../support/sqliteFile.ts"

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url))

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)
const echoes = (from: number, to: number) => numbers(from, to).map((n) => `echo: message ${n}`)

/** A person with a chat, and a gateway's folder. What the gateway may not write, its child may. */
const conversationWith = (inbound: { readonly debounceMs: number }) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const imsg = yield* makeSimulator()
    const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
    const cliPath = `${imsg.dir}/unlimited`
    yield* fs.writeFileString(cliPath, `#!/bin/sh\nulimit -S -f unlimited\nexec ${imsg.cliPath} "$@"\n`, {
      mode: 0o755
    })
    const home = yield* makeHome({
      imessage: openAccount({ ...imsg, cliPath }),
      messages: { loopGuard: { maxPerMinute: 0 }, budget: false, inbound }
    })
    return {
      imsg,
      home,
      store: `${home.stateDir}/gateway.db`,
      say: (from: number, to: number) =>
        imsg.chats.insertMany(
          numbers(from, to).map((n) => ({ chatId: chat.id, sender: PERSON, text: `message ${n}` }))
        ),
      texts: Effect.map(imsg.chats.sent(), (sent) => sent.map(({ text }) => text))
    }
  }).pipe(Effect.provide(NodeContext.layer))
const conversation = conversationWith({ debounceMs: 0 })

const started = (home: Home) => Effect.tap(startGateway(home), (gateway) => gateway.awaitRunning())

/** Lets no file of a process grow beyond so many bytes: what a full disk is to it. */
const limitFiles = ({ pid }: Gateway, bytes: number | "unlimited") =>
  program("prlimit").pipe(
    Effect.flatMap((prlimit) =>
      Command.exitCode(Command.make(prlimit, "--pid", String(pid), `--fsize=${bytes}:unlimited`))
    ),
    Effect.provide(NodeContext.layer)
  )

/** Leaves room for a few messages more. */
const fillDisk = (gateway: Gateway, store: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { size } = yield* fs.stat(`${store}-wal`)
    yield* limitFiles(gateway, Number(size) + 100_000)
  }).pipe(Effect.provide(NodeContext.layer))

const noRoom = (gateway: Gateway) =>
  gateway.awaitLog("no room", ({ message }) => String(message).startsWith("the store cannot be written"))

/** How each message of a session ended, in their order, as `Session Success`, then the deliveries; or that it `waits`. */
const endsOf = (store: string) =>
  selectFrom<{ readonly end: string }>(
    store,
    `SELECT entity_type || ' ' || iif(processed, json_extract(exit, '$.exit._tag'), 'waits') AS end
     FROM mailbox WHERE kind = 'Request'
     UNION ALL SELECT 'Delivery ' || iif(place = 'ended', 'Success', 'waits') FROM outbox`
  ).pipe(Effect.map((rows) => rows.map(({ end }) => end)))

const asideOf = (home: Home) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    return (yield* fs.readDirectory(home.stateDir)).filter((name) => /^gateway\.db\.corrupt-.*Z$/u.test(name))
  }).pipe(Effect.provide(NodeContext.layer))

describe("a disk that is full", () => {
  it.scopedLive("is said, and when there is room again everything goes on by itself, once and in order", () =>
    Effect.gen(function* () {
      const { home, imsg, say, store, texts } = yield* conversation
      const gateway = yield* started(home)
      yield* say(1, 1)
      yield* imsg.awaitSent(1)
      yield* fillDisk(gateway, store)
      yield* say(2, 200)
      const [said] = yield* noRoom(gateway)
      expect(said?.annotations).toMatchObject({
        code: "store_unavailable",
        detail: expect.stringContaining(store),
        hint: expect.stringContaining("disk is not full")
      })
      yield* limitFiles(gateway, "unlimited")
      yield* imsg.awaitSent((sent) => sent.some(({ text }) => text === "echo: message 200"), "50 seconds")
      yield* gateway.awaitLog("room again", ({ message }) => message === "the store can be written again")
      expect(yield* texts).toEqual(echoes(1, 200))
    })
  )

  it.scopedLive("loses nothing when the gateway is killed over it, and another one finds room", () =>
    Effect.gen(function* () {
      const { home, imsg, say, store, texts } = yield* conversation
      const gateway = yield* started(home)
      yield* say(1, 1)
      yield* imsg.awaitSent(1)
      yield* fillDisk(gateway, store)
      yield* say(2, 100)
      yield* noRoom(gateway)
      yield* gateway.signal("SIGKILL")
      yield* gateway.exitCode
      yield* startGateway(home)
      yield* imsg.awaitSent((sent) => sent.some(({ text }) => text === "echo: message 100"), "50 seconds")
      expect(yield* texts).toEqual(echoes(1, 100))
      expect(yield* asideOf(home)).toEqual([])
    })
  )
})

describe("a store that another program writes to for long", () => {
  it.scopedLive(
    "is said, while the gateway goes on, and what waited is answered then, once and in order",
    () =>
      Effect.gen(function* () {
        const { home, imsg, say, store, texts } = yield* conversation
        const gateway = yield* started(home)
        yield* say(1, 1)
        yield* imsg.awaitSent(1)
        const other = yield* Sqlite.connect(store)
        other.exec("BEGIN IMMEDIATE")
        yield* say(2, 5)
        const [said] = yield* noRoom(gateway)
        expect(said?.annotations).toMatchObject({
          detail: expect.stringContaining("locked"),
          hint: expect.stringContaining("Another program")
        })
        yield* eventually(
          "the error of the account",
          asking(home, (client) => client.status()),
          ({ accounts }) => accounts.some(({ lastError }) => lastError?.code === "store_unavailable")
        )
        other.exec("ROLLBACK")
        yield* imsg.awaitSent((sent) => sent.some(({ text }) => text === "echo: message 5"), "50 seconds")
        expect(yield* texts).toEqual(echoes(1, 5))
      })
  )
})

describe("a state folder that cannot be used", () => {
  /** A start that fails: how it ends, and what is in the folder then. */
  const failing = (home: Home, ...command: ReadonlyArray<string>) =>
    Effect.gen(function* () {
      const [first = "", ...rest] = [...command, "node", MAIN, "--config", home.configFile]
      const process = yield* Command.start(Command.make(first, ...rest))
      const [code, stderr] = yield* Effect.all(
        [process.exitCode, process.stderr.pipe(Stream.decodeText(), Stream.mkString)],
        { concurrency: 2 }
      )
      return { code: Number(code), stderr }
    }).pipe(Effect.provide(NodeContext.layer))

  const cases: ReadonlyArray<{
    readonly what: string
    readonly arrange: (stateDir: string) => Effect.Effect<void, unknown, FileSystem.FileSystem>
    readonly command?: ReadonlyArray<string>
  }> = [
    {
      what: "because it is a file",
      arrange: (stateDir) =>
        Effect.flatMap(FileSystem.FileSystem, (fs) => fs.writeFileString(stateDir, "a file"))
    },
    {
      what: "because the store is a folder",
      arrange: (stateDir) =>
        Effect.flatMap(FileSystem.FileSystem, (fs) =>
          fs.makeDirectory(`${stateDir}/gateway.db`, { recursive: true })
        )
    },
    {
      what: "because the disk is full",
      arrange: () => Effect.void,
      command: ["/bin/sh", "-c", 'ulimit -f 0; exec "$0" "$@"']
    }
  ]
  for (const { arrange, command = [], what } of cases) {
    it.scopedLive(`${what} ends the start with what is wrong, where, and what to do`, () =>
      Effect.gen(function* () {
        const home = yield* makeHome({ imessage: { cliPath: "/nowhere/imsg" } })
        yield* Effect.provide(arrange(home.stateDir), NodeContext.layer)
        const { code, stderr } = yield* failing(home, ...command)
        expect(code).toBe(1)
        expect(stderr).toContain(`the store ${home.stateDir}`)
        expect(stderr).toContain("Check that the folder exists")
        expect(stderr).not.toMatch(/^\s+at /mu)
      })
    )
  }

  it.scopedLive("because the disk is full works once there is room", () =>
    Effect.gen(function* () {
      const { home, imsg, say } = yield* conversation
      yield* failing(home, "/bin/sh", "-c", 'ulimit -f 0; exec "$0" "$@"')
      yield* started(home)
      yield* say(1, 1)
      yield* imsg.awaitSent(1)
      expect(yield* asideOf(home)).toEqual([])
    })
  )
})

describe("a store that is corrupt", () => {
  it.scopedLive("is set aside at a start, which names it, and the gateway goes on with a new one", () =>
    Effect.gen(function* () {
      const { home, imsg, say, store } = yield* conversation
      const first = yield* started(home)
      yield* say(1, 1)
      yield* imsg.awaitSent(1)
      yield* first.signal("SIGTERM")
      expect(yield* first.exitCode).toBe(0)
      yield* Effect.provide(damagePages(store, ["cursors"]), NodeContext.layer)
      const second = yield* started(home)
      const [aside = ""] = yield* asideOf(home)
      const [said] = yield* second.awaitLog("the name", ({ message }) =>
        String(message).includes("set aside")
      )
      expect(said?.logLevel).toBe("ERROR")
      expect(said?.annotations).toMatchObject({
        file: store,
        setAside: `${home.stateDir}/${aside}`,
        hint: expect.stringContaining(".recover")
      })
      yield* say(2, 2)
      yield* imsg.awaitSent((sent) => sent.some(({ text }) => text === "echo: message 2"))
    })
  )

  it.scopedLive("while the gateway runs ends it with exit 1, and the next start sets it aside", () =>
    Effect.gen(function* () {
      const { home, imsg, say, store } = yield* conversation
      const first = yield* started(home)
      yield* say(1, 1)
      yield* imsg.awaitSent(1)
      yield* Effect.provide(damagePages(store, "all"), NodeContext.layer)
      yield* say(2, 2)
      expect(yield* first.exitCode).toBe(1)
      expect(yield* first.output).toContain(
        `the store ${store} cannot be used: database disk image is malformed`
      )
      expect(yield* asideOf(home)).toEqual([])
      yield* started(home)
      expect((yield* asideOf(home)).length).toBe(1)
      yield* say(3, 3)
      yield* eventually(
        "the answer",
        Effect.map(imsg.chats.sent(), (sent) => sent.map(({ text }) => text)),
        (texts) => texts.includes("echo: message 3")
      )
    })
  )

  const unreadable = [
    { table: "stranded_deliveries", actor: "Delivery", debounceMs: 0 },
    { table: "parts", actor: "Delivery", debounceMs: 0 },
    { table: "turn_members", actor: "Session", debounceMs: 50 }
  ] as const
  for (const { actor, debounceMs, table } of unreadable) {
    it.scopedLive(`where its ${table} cannot be read keeps what was accepted as not done`, () =>
      Effect.gen(function* () {
        const { home, say, store } = yield* conversationWith({ debounceMs })
        const gateway = yield* started(home)
        yield* say(1, 1)
        // A page that was written after its damage would be whole again.
        const done = ["Session Success", "Delivery Success"]
        yield* eventually("the end of the first", endsOf(store), (ends) => ends.join() === done.join())
        yield* Effect.provide(damagePages(store, [table]), NodeContext.layer)
        yield* say(2, 2)
        expect(yield* gateway.exitCode).toBe(1)
        const ends = yield* endsOf(store)
        expect(ends).toContain(`${actor} waits`)
        expect(ends.filter((end) => end.endsWith("Failure"))).toEqual([])
        expect(yield* gateway.output).not.toContain("closing took too long")
      })
    )
  }

  it.scopedLive("ends a `send` without a gateway with what is wrong, and nothing is sent", () =>
    Effect.gen(function* () {
      const { home, imsg, say, store } = yield* conversation
      const gateway = yield* started(home)
      yield* say(1, 1)
      yield* imsg.awaitSent(1)
      yield* gateway.signal("SIGTERM")
      yield* gateway.exitCode
      yield* Effect.provide(damagePages(store, ["parts"]), NodeContext.layer)
      const sent = yield* run("send", "--to", PERSON, "--text", "hello", "--config", home.configFile)
      expect(sent.code).toBe(1)
      expect(sent.stderr).toContain(`the store ${store} cannot be used`)
      expect((yield* imsg.chats.sent()).length).toBe(1)
    })
  )

  it.scopedLive("is not touched by a command that only looks: it says what to do", () =>
    Effect.gen(function* () {
      const { home, imsg, say, store } = yield* conversation
      const first = yield* started(home)
      yield* say(1, 1)
      yield* imsg.awaitSent(1)
      yield* first.signal("SIGTERM")
      yield* first.exitCode
      yield* Effect.provide(damagePages(store, "all"), NodeContext.layer)
      const looked = yield* run("pairing", "list", "imessage", "--config", home.configFile)
      expect(looked.code).toBe(1)
      expect(looked.stderr).toContain(`the store ${store} cannot be used`)
      expect(looked.stderr).toContain("sets a corrupt store aside")
      expect(yield* asideOf(home)).toEqual([])
    })
  )
})
