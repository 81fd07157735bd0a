/** Commands that are stopped before they are done, by a signal or because nobody reads them. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Array as Arr, Effect, Option } from "effect"
import { MAIN, run, runWith, start, startWith } from "../support/command.ts"
import { awaitControl } from "../support/control.ts"
import { conversation, makeHome, openAccount, PERSON } from "../support/gateway.ts"
import { makeUser } from "../support/service.ts"
import { eventually, makeSimulator, type Simulator } from "../support/simulator.ts"

/** A config over a simulator in which one person has a chat; no gateway runs. */
const withoutGateway = Effect.gen(function* () {
  const imsg = yield* makeSimulator()
  yield* imsg.chats.addDirectChat({ handle: PERSON })
  const home = yield* makeHome({ imessage: openAccount(imsg) })
  return { imsg, home }
})

/** Waits until the simulator was asked this. */
const asked = (imsg: Simulator, method: string) =>
  eventually(`a request for ${method}`, imsg.chats.recorded(), (events) =>
    events.some(({ event }) => event._tag === "request" && event.method === method)
  )

const sendOf = (home: { readonly configFile: string }, ...more: ReadonlyArray<string>) =>
  start("send", "--config", home.configFile, "--to", PERSON, "--text", "hello", ...more)

const deadLetters = (home: { readonly configFile: string }, ...args: ReadonlyArray<string>) =>
  Effect.map(run("deadletters", ...args, "--json", "--config", home.configFile), ({ stdout }): unknown =>
    JSON.parse(stdout)
  )

describe("a `send` without a gateway that is stopped", () => {
  it.scopedLive("while its message is being sent has failed, and keeps the message as uncertain", () =>
    Effect.gen(function* () {
      const { home, imsg } = yield* withoutGateway
      yield* imsg.chats.fault({ _tag: "hang", on: "send" })
      const command = yield* sendOf(home)
      yield* asked(imsg, "send")
      yield* command.signal("SIGTERM")
      const { code, stderr } = yield* command.ended
      expect(code).toBe(143)
      expect(stderr).toContain("interrupted by SIGTERM")
      expect(stderr).toContain("may have been sent")
      expect(yield* deadLetters(home, "show", "1")).toMatchObject({
        code: "delivery_uncertain",
        parts: [{ state: "Uncertain" }]
      })
    })
  )

  it.scopedLive("before it has a child has failed, and leaves nothing", () =>
    Effect.gen(function* () {
      const { home, imsg } = yield* withoutGateway
      yield* imsg.chats.fault({ _tag: "hang", on: "request", method: "initialize" })
      const command = yield* sendOf(home, "--file", home.configFile)
      yield* asked(imsg, "initialize")
      yield* command.signal("SIGINT")
      expect((yield* command.ended).code).toBe(130)
      expect(yield* deadLetters(home, "list")).toEqual([])
      const fs = yield* FileSystem.FileSystem
      const media = `${home.stateDir}/media`
      expect(yield* Effect.orElseSucceed(fs.readDirectory(media), () => [])).toEqual([])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("between two parts keeps the one as uncertain, and the other as not sent", () =>
    Effect.gen(function* () {
      const { home, imsg } = yield* withoutGateway
      yield* imsg.chats.fault({ _tag: "hang", on: "send" })
      const command = yield* sendOf(home, "--file", home.configFile)
      yield* asked(imsg, "send")
      yield* command.signal("SIGINT")
      expect((yield* command.ended).code).toBe(130)
      expect(yield* deadLetters(home, "show", "1")).toMatchObject({
        parts: [{ state: "Uncertain" }, { state: "Failed" }]
      })
    })
  )
})

describe("a `send` through the gateway that is stopped", () => {
  it.scopedLive("has failed, and says that the gateway goes on", () =>
    Effect.gen(function* () {
      const { home, imsg } = yield* Effect.tap(conversation(), (so) => awaitControl(so.home))
      yield* imsg.chats.fault({ _tag: "slowSend", ms: 2000 })
      const command = yield* sendOf(home)
      yield* asked(imsg, "send")
      yield* command.signal("SIGINT")
      const { code, stderr } = yield* command.ended
      expect(code).toBe(130)
      expect(stderr).toContain("the gateway has taken")
      expect((yield* imsg.awaitSent(1)).map(({ text }) => text)).toEqual(["hello"])
    })
  )
})

describe("a command with an end of its own", () => {
  const commands = [
    { name: "doctor", args: ["doctor"] },
    { name: "chats", args: ["chats"] }
  ]
  for (const { args, name } of commands) {
    it.scopedLive(`has failed where \`${name}\` is stopped, and says so`, () =>
      Effect.gen(function* () {
        const { home, imsg } = yield* withoutGateway
        yield* imsg.chats.fault({ _tag: "hang", on: "request", method: "initialize" })
        const command = yield* start(...args, "--config", home.configFile)
        yield* asked(imsg, "initialize")
        yield* command.signal("SIGINT")
        const { code, stderr } = yield* command.ended
        expect({ code, stderr }).toEqual({
          code: 130,
          stderr: expect.stringMatching(/^interrupted by SIGINT before it was done\n[^\n]+\n$/u)
        })
      })
    )
  }
})

/** A user with a line in their log. */
const withLog = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const user = yield* makeUser()
  const file = `${user.logs}/gateway.log`
  yield* fs.makeDirectory(user.logs, { recursive: true })
  yield* fs.writeFileString(file, "one\n")
  return { ...user, file, write: (text: string) => fs.writeFileString(file, text, { flag: "a" }) }
})

describe("a command that goes on until it is stopped", () => {
  it.scopedLive("has done what it should when `status --watch` is stopped", () =>
    Effect.gen(function* () {
      const { configFile } = yield* makeHome({ imessage: { enabled: false } })
      const command = yield* start("status", "--watch", "--config", configFile)
      yield* eventually("a look", command.stdout, (text) => text.includes("gateway"))
      yield* command.signal("SIGINT")
      expect(yield* command.ended).toMatchObject({ code: 0, stderr: "" })
    })
  )

  it.scopedLive("has done what it should when `logs --follow` is stopped", () =>
    Effect.gen(function* () {
      const user = yield* withLog
      const command = yield* startWith(
        { HOME: user.home },
        "node",
        MAIN,
        "logs",
        "--follow",
        "--json",
        "--config",
        user.configFile
      )
      yield* eventually("a line", command.stdout, (text) => text === "one\n")
      yield* command.signal("SIGTERM")
      expect(yield* command.ended).toMatchObject({ code: 0, stderr: "" })
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

/** Runs a command of the built program into a reader of one line; prints that line and the command's own exit code. */
const intoHeadScript = (redirection = "") =>
  `{ { node "$@" ${redirection} 3>&-; echo "$?" >&3; } | head -n 1; } 3>&1`

const intoHead = (env: Record<string, string>, ...args: ReadonlyArray<string>) =>
  runWith(env, "sh", "-c", intoHeadScript(), "sh", MAIN, ...args)

describe("a command whose reader goes away", () => {
  it.scopedLive("ends without a word when it was `status --watch`", () =>
    Effect.gen(function* () {
      const { configFile } = yield* makeHome({ imessage: { enabled: false } })
      const { stderr, stdout } = yield* intoHead({}, "status", "--watch", "--json", "--config", configFile)
      expect({ stderr, code: stdout.trim().split("\n").at(-1) }).toEqual({ stderr: "", code: "141" })
    })
  )

  it.scopedLive("ends without a word when it was `logs --follow`, at the next line", () =>
    Effect.gen(function* () {
      const user = yield* withLog
      const writing = Effect.forever(Effect.delay(user.write("more\n"), "100 millis"))
      const { stderr, stdout } = yield* Effect.raceFirst(
        intoHead({ HOME: user.home }, "logs", "--follow", "--json", "--config", user.configFile),
        writing
      )
      expect({ stderr, stdout }).toEqual({ stderr: "", stdout: "one\n141\n" })
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("a gateway that is stopped while it starts", () => {
  it.scopedLive("ends well whenever that is, and says nothing of it", () =>
    Effect.gen(function* () {
      const { home } = yield* withoutGateway
      const ends = yield* Effect.forEach(
        Arr.makeBy(12, (nth) => nth * 60),
        (afterMs) =>
          Effect.gen(function* () {
            const gateway = yield* start("--config", home.configFile, "--log-level", "error")
            yield* Effect.sleep(afterMs)
            yield* gateway.signal("SIGTERM")
            // Before the program has begun it is the signal that ends the process: there is no exit code then.
            const end = yield* Effect.option(gateway.ended)
            return Option.map(end, ({ code, stderr }) => ({ afterMs, code, stderr }))
          })
      )
      expect(Arr.getSomes(ends).filter(({ code, stderr }) => code !== 0 || stderr !== "")).toEqual([])
    })
  )
})

describe("a gateway whose log nobody reads any more", () => {
  it.scopedLive("goes on, and ends well when it is stopped", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
      const home = yield* makeHome({ imessage: openAccount(imsg) })
      const shell = yield* Effect.fork(
        runWith(
          { HOME: home.dir },
          "sh",
          "-c",
          intoHeadScript("2>&1"),
          ...["sh", MAIN, "--config", home.configFile, "--log-level", "debug"]
        )
      )
      const say = (text: string) => imsg.chats.receive({ chatId: chat.id, sender: PERSON, text })
      const fs = yield* FileSystem.FileSystem
      yield* awaitControl(home)
      yield* eventually("a child", imsg.chats.recorded(), (events) =>
        events.some(({ event }) => event._tag === "request" && event.method === "watch.subscribe")
      )
      yield* say("one")
      yield* imsg.awaitSent(1)
      yield* say("two")
      yield* imsg.awaitSent(2)
      const pid = Number(yield* fs.readFileString(`${home.stateDir}/gateway.pid`))
      process.kill(pid, "SIGTERM")
      const { stdout } = yield* shell
      expect(stdout.trim().split("\n").at(-1)).toBe("0")
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
