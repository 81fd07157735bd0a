/** What failed for good, from the failure to the owner's commands. */
import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { DeadLetters } from "../../src/services/DeadLetters.ts"
import { answering } from "../support/agents.ts"
import { run } from "../support/command.ts"
import { asking } from "../support/control.ts"
import { deadDelivery, deadTurn, onStoreOf, REASON } from "../support/deadLetters.ts"
import { readLines } from "../support/files.ts"
import { conversation, type Gateway, type Home, makeHome, startGateway } from "../support/gateway.ts"
import { eventually } from "../support/simulator.ts"
import { countIn } from "../support/sqliteFile.ts"

const Listed = Schema.parseJson(
  Schema.Array(
    Schema.Struct({
      id: Schema.Int,
      kind: Schema.String,
      accountId: Schema.String,
      chat: Schema.String,
      code: Schema.String,
      reason: Schema.String,
      status: Schema.String,
      attempts: Schema.Int
    })
  )
)

const deadletters = (home: Home, ...args: ReadonlyArray<string>) =>
  run("deadletters", ...args, "--config", home.configFile)

const listed = (home: Home) =>
  Effect.flatMap(deadletters(home, "list", "--json"), ({ stdout }) => Schema.decode(Listed)(stdout))

/** Waits by looking into the store: a command takes a second of a core each time. */
const awaitLetters = (home: Home, count: number) =>
  eventually(
    `${count} dead letters`,
    countIn(
      `${home.stateDir}/gateway.db`,
      "SELECT count(*) AS n FROM dead_letters WHERE status <> 'dropped'"
    ),
    (letters) => letters === count
  ).pipe(Effect.zipRight(listed(home)))

const isBuried = ({ message }: { readonly message: unknown }) =>
  message === "the turn failed and is kept as a dead letter"

const awaitBuried = (gateway: Gateway, count = 1) =>
  gateway.awaitLog("a turn given up", isBuried, { count, deadline: "40 seconds" })

/** A gateway whose agent fails until `mend`; it writes down the turns that it was asked. */
const brokenAgent = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const { join } = yield* Path.Path
  const dir = yield* fs.makeTempDirectoryScoped({ prefix: "imsg-agent-" })
  const asked = join(dir, "asked")
  const works = join(dir, "works")
  const runtime = {
    type: "command",
    command: [
      "/bin/sh",
      "-c",
      'printf "%s\\n" "$GATEWAY_TURN_ID" >> "$0"; text=$(cat); test -e "$1" || exit 3; printf "echo: %s" "$text"',
      asked,
      works
    ]
  }
  const talk = yield* conversation(
    {},
    { agents: { list: [{ id: "main", runtime }] }, messages: { failureNotice: false } }
  )
  return {
    ...talk,
    asked: readLines(asked),
    mend: Effect.provide(fs.writeFileString(works, ""), NodeContext.layer)
  }
}).pipe(Effect.provide(NodeContext.layer))

/** A folder with a store in which some letters lie, and no gateway on it. */
const lettersWithoutGateway = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const home = yield* makeHome({})
  yield* fs.makeDirectory(home.stateDir)
  yield* onStoreOf(
    home,
    Effect.gen(function* () {
      const { bury } = yield* DeadLetters
      yield* bury({ ...REASON, content: deadTurn("default:guid-1", "what was said \u001b[2J") })
      yield* bury({
        content: deadDelivery({
          id: "default:guid-2",
          accountId: "default",
          target: { _tag: "ChatId", chatId: 7 },
          replies: [{ text: "what was answered" }]
        }),
        attempt: 0,
        code: "delivery_uncertain",
        message: "the result was lost"
      })
    })
  )
  return home
}).pipe(Effect.provide(NodeContext.layer))

describe("a turn that no agent answered", () => {
  it.scopedLive(
    "is listed with its reason, and answered once it is tried again: once, under its own id",
    () =>
      Effect.gen(function* () {
        const { asked, chat, gateway, home, imsg, mend, say } = yield* brokenAgent
        yield* say("hello")
        yield* awaitBuried(gateway)
        const [letter] = yield* listed(home)
        expect(letter).toMatchObject({
          kind: "turn",
          accountId: "default",
          chat: `chat_id:${chat.id}`,
          code: "agent_failed",
          status: "dead",
          attempts: 1
        })
        expect(yield* asked).toHaveLength(3)
        expect((yield* deadletters(home, "show", String(letter?.id))).stdout).toContain("hello")

        yield* mend
        expect(yield* deadletters(home, "retry", String(letter?.id))).toMatchObject({ code: 0, stderr: "" })
        yield* imsg.awaitSent(1)
        yield* awaitLetters(home, 0)
        yield* say("and now?")
        yield* imsg.awaitSent(2)
        expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual(["echo: hello", "echo: and now?"])
        expect(new Set((yield* asked).slice(0, 4)).size).toBe(1)
      })
  )

  it.scopedLive(
    "is tried three times again, and is the same letter with the new count where that fails",
    () =>
      Effect.gen(function* () {
        const { asked, gateway, home, say } = yield* brokenAgent
        yield* say("hello")
        yield* awaitBuried(gateway)
        const [before] = yield* listed(home)
        yield* deadletters(home, "retry", "--all")
        yield* awaitBuried(gateway, 2)
        expect(yield* listed(home)).toMatchObject([{ id: before?.id, status: "dead", attempts: 2 }])
        expect(yield* asked).toHaveLength(6)
      })
  )

  it.scopedLive("that is ordered to be tried again while no gateway runs is tried by the next one", () =>
    Effect.gen(function* () {
      const { gateway, home, imsg, mend, say } = yield* brokenAgent
      yield* say("hello")
      yield* awaitBuried(gateway)
      yield* gateway.signal("SIGTERM")
      yield* gateway.exitCode
      yield* mend
      yield* deadletters(home, "retry", "--all")
      expect(yield* listed(home)).toMatchObject([{ status: "asked" }])
      const next = yield* startGateway(home)
      yield* next.awaitRunning()
      yield* imsg.awaitSent(1)
      yield* awaitLetters(home, 0)
      expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual(["echo: hello"])
    })
  )

  it.scopedLive("survives kill -9 at any time between the order and the answer", () =>
    Effect.gen(function* () {
      const { asked, gateway, home, imsg, mend, say } = yield* brokenAgent
      yield* say("hello")
      yield* awaitBuried(gateway)
      yield* deadletters(home, "retry", "--all")
      // It is being asked: the retry was taken up, and its letter is not settled.
      yield* eventually("the next ask", asked, ({ length }) => length >= 4, "20 seconds")
      yield* gateway.signal("SIGKILL")
      yield* mend
      const next = yield* startGateway(home)
      yield* next.awaitRunning()
      yield* imsg.awaitSent(1, "20 seconds")
      yield* awaitLetters(home, 0)
      yield* say("and now?")
      yield* imsg.awaitSent(2)
      expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual(["echo: hello", "echo: and now?"])
    })
  )
})

describe("a delivery that was refused", () => {
  const REPLIES = ["one", "two", "three"]
  const refused = { _tag: "failSend", code: -32602, message: "no such chat" } as const

  it.scopedLive("is sent in order once it is tried again, and nothing twice", () =>
    Effect.gen(function* () {
      const { gateway, home, imsg, say } = yield* conversation(
        {},
        {
          agents: {
            list: [{ id: "main", runtime: answering({ replies: REPLIES.map((text) => ({ text })) }) }]
          }
        }
      )
      yield* imsg.chats.fault(refused)
      yield* say("go")
      const [letter] = yield* awaitLetters(home, 1)
      expect(letter).toMatchObject({ kind: "delivery", accountId: "default", attempts: 1 })
      const shown = yield* deadletters(home, "show", String(letter?.id))
      for (const text of REPLIES) expect(shown.stdout).toContain(text)
      expect(yield* imsg.chats.sent()).toEqual([])
      yield* deadletters(home, "retry", String(letter?.id))
      yield* imsg.awaitSent(3)
      yield* awaitLetters(home, 0)
      yield* say("again")
      yield* imsg.awaitSent(6)
      expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual([...REPLIES, ...REPLIES])
      expect(yield* gateway.output).not.toContain("defect")
    })
  )

  it.scopedLive("keeps its files until it is dropped", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { join } = yield* Path.Path
      const roots = yield* fs.makeTempDirectoryScoped({ prefix: "imsg-media-" })
      const photo = join(roots, "photo.txt")
      yield* fs.writeFileString(photo, "not really one")
      const { home, imsg, say } = yield* conversation(
        {},
        {
          agents: {
            list: [{ id: "main", mediaRoots: [roots], runtime: answering({ replies: [{ media: [photo] }] }) }]
          }
        }
      )
      const staged = fs.readDirectory(join(home.stateDir, "media"))
      yield* imsg.chats.fault(refused)
      yield* say("go")
      const [letter] = yield* awaitLetters(home, 1)
      expect(yield* staged).toHaveLength(1)
      expect(yield* deadletters(home, "drop", String(letter?.id))).toMatchObject({ code: 0, stderr: "" })
      expect(yield* listed(home)).toEqual([])
      yield* eventually("the files released", staged, ({ length }) => length === 0)
      expect(yield* imsg.chats.sent()).toEqual([])
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("the commands beside no gateway", () => {
  it.scopedLive("show what there is, newest first, and nothing that steers the terminal", () =>
    Effect.gen(function* () {
      const home = yield* lettersWithoutGateway
      expect((yield* listed(home)).map(({ code, id }) => ({ code, id }))).toEqual([
        { id: 2, code: "delivery_uncertain" },
        { id: 1, code: "agent_failed" }
      ])
      const { stdout } = yield* deadletters(home, "list")
      expect(stdout.split("\n").map((line) => line.split(/\s+/u)[0])).toEqual(["ID", "2", "1", ""])
      const shown = yield* deadletters(home, "show", "1")
      expect(shown.stdout).toContain("what was said \\u001b[2J")
      expect((yield* deadletters(home, "show", "2")).stdout).toContain("what was answered")
    })
  )

  it.scopedLive("do not send again what may have been sent, unless they are told to", () =>
    Effect.gen(function* () {
      const home = yield* lettersWithoutGateway
      const refused = yield* deadletters(home, "retry", "2")
      expect(refused.code).toBe(1)
      expect(refused.stderr).toContain("nobody knows whether it was sent")
      expect((yield* deadletters(home, "retry", "--all")).stdout).toContain("Left: dead letter 2")
      expect((yield* listed(home)).map(({ status }) => status)).toEqual(["dead", "asked"])
      expect(yield* deadletters(home, "retry", "2", "--anyway")).toMatchObject({ code: 0, stderr: "" })
      expect((yield* listed(home)).map(({ status }) => status)).toEqual(["asked", "asked"])
    })
  )

  it.scopedLive("refuse what is not there, and what is no order", () =>
    Effect.gen(function* () {
      const home = yield* lettersWithoutGateway
      for (const action of ["show", "retry", "drop"]) {
        const unknown = yield* deadletters(home, action, "99")
        expect(unknown.code).toBe(1)
        expect(unknown.stderr).toContain("there is no dead letter 99")
      }
      for (const args of [["retry"], ["drop"], ["retry", "1", "--all"], ["drop", "first"], ["show"]]) {
        expect((yield* deadletters(home, ...args)).code).toBe(2)
      }
      expect((yield* deadletters(home, "list", "--account", "nobody")).code).toBe(1)
      expect(yield* listed(home)).toHaveLength(2)
    })
  )

  it.scopedLive("drop one letter or all", () =>
    Effect.gen(function* () {
      const home = yield* lettersWithoutGateway
      expect((yield* deadletters(home, "drop", "1")).code).toBe(0)
      expect((yield* listed(home)).map(({ id }) => id)).toEqual([2])
      expect((yield* deadletters(home, "drop", "--all")).code).toBe(0)
      expect(yield* listed(home)).toEqual([])
      expect((yield* deadletters(home, "drop", "--all")).stdout).toContain("There are no dead letters.")
    })
  )
})

describe("a send that imsg answers with ok and Messages never writes", () => {
  for (const build of ["0.9.0", "0.15.0"]) {
    it.scopedLive(
      `is noticed, shown as uncertain and not sent again, and holds up nothing (imsg ${build})`,
      () =>
        Effect.gen(function* () {
          const { home, imsg, say } = yield* conversation({ build })
          yield* imsg.chats.fault({ _tag: "ghostSend", times: 1 })
          yield* say("never written")
          yield* eventually(
            "the doubt",
            asking(home, (client) => client.status()),
            ({ deliveries }) => deliveries.uncertain === 1
          )
          expect((yield* run("deadletters", "list", "--config", home.configFile)).stdout).toContain(
            "imsg answered that it was sent, and it is not in the chat"
          )
          yield* say("written")
          const sent = yield* imsg.awaitSent(1)
          expect(sent.map(({ text }) => text)).toEqual(["echo: written"])
          expect((yield* asking(home, (client) => client.status())).deliveries.uncertain).toBe(1)
        })
    )
  }

  it.scopedLive("is a dead letter at once where Messages does not have the chat, with imsg's reason", () =>
    Effect.gen(function* () {
      const { gateway, home, imsg, say } = yield* conversation()
      yield* imsg.chats.fault({
        _tag: "failSend",
        code: -32603,
        message: "Delivery failed before dispatch",
        data: {
          retry_safe: true,
          disposition: "not_started",
          transport: "applescript",
          operation: "send",
          detail: "Messages automation failed with AppleScript error -1728."
        }
      })
      yield* say("into nothing")
      yield* gateway.awaitLog(
        "the letter",
        ({ annotations, message }) =>
          String(message).includes("kept as a dead letter") && String(annotations.detail).includes("-1728")
      )
      const list = yield* run("deadletters", "list", "--json", "--config", home.configFile)
      expect(JSON.parse(list.stdout)).toMatchObject([
        { code: "delivery_refused", reason: expect.stringContaining("AppleScript error -1728.") }
      ])
    })
  )
})
