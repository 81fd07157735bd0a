/** Commands in chats, through the built gateway. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { run } from "../support/command.ts"
import { readLines } from "../support/files.ts"
import { conversation, makeHome, openAccount, PERSON, QUICK, startGateway } from "../support/gateway.ts"
import { eventually, isAlive, makeSimulator, type Simulator } from "../support/simulator.ts"

const OTHER = "+15555550112"
const OWNER = "+15555550119"
const STRANGER = "+15555550123"

/**
 * Answers `echo: …`. A text with `slow` takes for ever: its process group is written to a file before, and is not ended
 * by being asked to where the text says `stubborn`.
 */
const sleeping = (file: string) => ({
  agents: {
    list: [
      {
        id: "main",
        name: "Robin",
        runtime: {
          type: "command",
          command: [
            "/bin/sh",
            "-c",
            `text=$(cat)
            case $text in *stubborn*) trap "" TERM;; esac
            case $text in *slow*) echo $$ >> "$0"; while true; do sleep 600; done;; esac
            printf "echo: %s" "$text"`,
            file
          ]
        }
      }
    ]
  }
})

const linesOf = (file: string) => Effect.orElseSucceed(readLines(file), (): ReadonlyArray<string> => [])

/** The process groups of the turns that were begun and take for ever. */
const running = (file: string, count = 1) =>
  Effect.map(
    eventually("a turn that takes for ever", linesOf(file), (lines) => lines.length >= count),
    (lines) => lines.map(Number)
  )

const tempFile = Effect.flatMap(FileSystem.FileSystem, (fs) =>
  Effect.map(fs.makeTempDirectoryScoped({ prefix: "imsg-agent-" }), (dir) => `${dir}/asked`)
).pipe(Effect.provide(NodeContext.layer))

/** What was said in a chat, in order. */
const saidIn = (imsg: Simulator, chatId: number) =>
  Effect.map(imsg.chats.sent(), (sent) => sent.flatMap((row) => (row.chatId === chatId ? [row.text] : [])))

const awaitSaid = (imsg: Simulator, chatId: number, ...texts: ReadonlyArray<string>) =>
  eventually(
    `${texts.join(", ")} in ${chatId}`,
    saidIn(imsg, chatId),
    (said) => JSON.stringify(said) === JSON.stringify(texts)
  )

describe("/stop", () => {
  it.scopedLive("ends the program that answers, drops what waits, and lets the chat go on", () =>
    Effect.gen(function* () {
      const file = yield* tempFile
      const { chat, gateway, imsg, say } = yield* conversation({}, sleeping(file))
      yield* say("something slow")
      const [group = 0] = yield* running(file)
      expect(isAlive(-group)).toBe(true)
      yield* say("and this")
      yield* say("and that")
      yield* gateway.awaitLog("both accepted", ({ message }) => message === "verdict: Dispatch", { count: 3 })
      yield* say("/Stop\u00a0")
      yield* awaitSaid(imsg, chat.id, "Stopped: 3 messages are not answered.")
      yield* eventually(
        "the end of its process group",
        Effect.sync(() => isAlive(-group)),
        (is) => !is
      )
      yield* say("hello")
      yield* awaitSaid(imsg, chat.id, "Stopped: 3 messages are not answered.", "echo: hello")
      expect(yield* linesOf(file)).toHaveLength(1)
    })
  )

  it.scopedLive("holds over a crash: what was stopped is not answered after it, nor begun", () =>
    Effect.gen(function* () {
      const file = yield* tempFile
      const { chat, gateway, home, imsg, say } = yield* conversation({}, sleeping(file))
      yield* say("something slow and stubborn")
      yield* running(file)
      yield* say("and this")
      yield* gateway.awaitLog("both accepted", ({ message }) => message === "verdict: Dispatch", { count: 2 })
      yield* say("/stop")
      yield* awaitSaid(imsg, chat.id, "Stopped: 2 messages are not answered.")
      yield* gateway.signal("SIGKILL")
      yield* gateway.exitCode
      const again = yield* startGateway(home)
      yield* again.awaitLog(
        "both dropped",
        ({ message }) => message === "a message was stopped before it was answered",
        { count: 2 }
      )
      yield* say("hello")
      yield* awaitSaid(imsg, chat.id, "Stopped: 2 messages are not answered.", "echo: hello")
      expect(yield* linesOf(file)).toHaveLength(1)
    })
  )

  it.scopedLive("of one chat ends nothing of another, though they share a session", () =>
    Effect.gen(function* () {
      const file = yield* tempFile
      const { chat, gateway, imsg, say } = yield* conversation({}, sleeping(file))
      const other = yield* imsg.chats.addDirectChat({ handle: OTHER })
      const sayToo = (text: string) => imsg.chats.receive({ chatId: other.id, sender: OTHER, text })
      yield* say("something slow")
      const [group = 0] = yield* running(file)
      yield* sayToo("/stop")
      yield* awaitSaid(imsg, other.id, "Nothing was running.")
      yield* sayToo("and me?")
      yield* gateway.awaitLog("both accepted", ({ message }) => message === "verdict: Dispatch", { count: 2 })
      yield* sayToo("/stop")
      yield* awaitSaid(imsg, other.id, "Nothing was running.", "Stopped.")
      expect(isAlive(-group)).toBe(true)
      expect(yield* saidIn(imsg, chat.id)).toEqual([])
      yield* say("/stop")
      yield* awaitSaid(imsg, chat.id, "Stopped.")
      yield* sayToo("hello")
      yield* awaitSaid(imsg, other.id, "Nothing was running.", "Stopped.", "echo: hello")
    })
  )

  it.scopedLive("in a group is an owner's alone", () =>
    Effect.gen(function* () {
      const file = yield* tempFile
      const { gateway, imsg } = yield* conversation({}, { ...sleeping(file), owners: [OWNER] })
      const group = yield* imsg.chats.addGroupChat({ handles: [PERSON, OWNER], name: "Hiking" })
      const say = (sender: string, text: string) => imsg.chats.receive({ chatId: group.id, sender, text })
      yield* say(PERSON, "something slow")
      const [processes = 0] = yield* running(file)
      yield* say(PERSON, "/stop")
      yield* gateway.awaitLog("both accepted", ({ message }) => message === "verdict: Dispatch", { count: 2 })
      expect(isAlive(-processes)).toBe(true)
      yield* say(OWNER, "@Robin /stop")
      yield* awaitSaid(imsg, group.id, "Stopped: 2 messages are not answered.")
      yield* eventually(
        "the end of its process group",
        Effect.sync(() => isAlive(-processes)),
        (is) => !is
      )
    })
  )
})

describe("an owner", () => {
  /** A gateway that strangers have to be let in to, with an owner who is in no list. */
  const closed = (config: Readonly<Record<string, unknown>> = {}) =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const own = yield* imsg.chats.addDirectChat({ handle: OWNER })
      const forged = yield* imsg.chats.addDirectChat({ handle: OWNER, service: "SMS" })
      const theirs = yield* imsg.chats.addDirectChat({ handle: STRANGER })
      const content = {
        imessage: { ...QUICK, cliPath: imsg.cliPath, dbPath: imsg.dbPath },
        owners: [OWNER],
        ...config
      }
      const home = yield* makeHome(content)
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      const sayIn = (chatId: number, sender: string) => (text: string) =>
        imsg.chats.receive({ chatId, sender, text })
      return {
        ...{ imsg, gateway, home, own, theirs, forged, content },
        say: sayIn(own.id, OWNER),
        ask: sayIn(theirs.id, STRANGER),
        forge: sayIn(forged.id, OWNER)
      }
    })

  const codeIn = (texts: ReadonlyArray<string>) =>
    /\/pair (?<code>\w{8})/u.exec(texts.join("\n"))?.groups?.code

  it.scopedLive(
    "hears of a stranger, lets them in from the chat, and is answered without being in a list",
    () =>
      Effect.gen(function* () {
        const { ask, imsg, own, say, theirs } = yield* closed()
        yield* ask("let me in, please")
        const told = yield* eventually("the request", saidIn(imsg, own.id), (said) => said.length === 1)
        expect(told[0]).toContain(`${STRANGER} asks to be let in`)
        expect(told[0]).not.toContain("please")
        yield* say(`/pair ${codeIn(told)}`)
        yield* eventually("the answer", saidIn(imsg, own.id), (said) =>
          String(said[1]).startsWith(`${STRANGER} may now write`)
        )
        yield* eventually("that they were told", saidIn(imsg, theirs.id), (said) => said.length === 2)
        yield* ask("hello")
        yield* eventually("their answer", saidIn(imsg, theirs.id), (said) => said[2] === "echo: hello")
        yield* say("and I?")
        yield* eventually("the owner's", saidIn(imsg, own.id), (said) => said[2] === "echo: and I?")
      })
  )

  it.scopedLive("is nobody by SMS: what is forged lets nobody in", () =>
    Effect.gen(function* () {
      const { ask, forge, forged, home, imsg, own } = yield* closed()
      yield* ask("let me in")
      const told = yield* eventually("the request", saidIn(imsg, own.id), (said) => said.length === 1)
      yield* forge(`/pair ${codeIn(told)}`)
      // They are a stranger there, and get a code as every stranger.
      yield* eventually("a code", saidIn(imsg, forged.id), (said) => said.length === 1)
      const { stdout } = yield* run("pairing", "list", "imessage", "--approved", "--config", home.configFile)
      expect(stdout).toContain("Nobody was let in")
      // Nor does the owner hear of what came in their own name.
      expect(yield* saidIn(imsg, own.id)).toHaveLength(1)
    })
  )

  it.scopedLive("is who the config says after it was read again", () =>
    Effect.gen(function* () {
      const { content, home, imsg, own, say } = yield* closed({ owners: [OTHER] })
      const fs = yield* FileSystem.FileSystem
      const write = (owners: ReadonlyArray<string>) =>
        fs.writeFileString(
          home.configFile,
          JSON.stringify({
            ...content,
            stateDir: home.stateDir,
            imessage: { ...content.imessage, allowFrom: [OWNER] },
            owners
          })
        )
      const reload = run("config", "reload", "--config", home.configFile)
      yield* write([OTHER])
      yield* reload
      yield* say("/pairing")
      yield* awaitSaid(imsg, own.id, "echo: /pairing")
      yield* write([OWNER])
      yield* reload
      yield* say("/pairing")
      yield* awaitSaid(imsg, own.id, "echo: /pairing", "Nobody waits to be let in.")
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("holds the chat of a person, and lets it go on", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const own = yield* imsg.chats.addDirectChat({ handle: OWNER })
      const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
      const home = yield* makeHome({ imessage: openAccount(imsg), owners: [OWNER] })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      const order = (text: string) => imsg.chats.receive({ chatId: own.id, sender: OWNER, text })
      const say = (text: string) => imsg.chats.receive({ chatId: chat.id, sender: PERSON, text })
      yield* say("hi")
      yield* awaitSaid(imsg, chat.id, "echo: hi")
      yield* order(`/pause ${PERSON}`)
      yield* awaitSaid(imsg, own.id, `chat_id:${chat.id} is paused: what is written there waits for /resume.`)
      yield* say("hello?")
      yield* gateway.awaitLog("it is accepted", ({ message }) => message === "verdict: Dispatch", {
        count: 2
      })
      yield* order("/status")
      const said = yield* eventually("the status", saidIn(imsg, own.id), (texts) => texts.length === 2)
      expect(said[1]).toContain("1 message waits")
      expect(said[1]).toContain("1 chat is paused")
      expect(yield* saidIn(imsg, chat.id)).toEqual(["echo: hi"])
      yield* order(`/resume ${chat.id}`)
      yield* awaitSaid(imsg, chat.id, "echo: hi", "echo: hello?")
    })
  )
})
