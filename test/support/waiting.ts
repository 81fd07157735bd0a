/** What a gateway leaves behind that is killed at the worst time: something of each kind waits in its store. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Array as Arr, Effect, Option, Record, Schema } from "effect"
import { runWith } from "./command.ts"
import { ask } from "./control.ts"
import { readLines } from "./files.ts"
import { type Home, makeHome, PERSON, QUICK, startGateway } from "./gateway.ts"
import { eventually, makeSimulator, type Simulator } from "./simulator.ts"
import { selectFrom, withSqlite } from "./sqliteFile.ts"

const ALEX = "+15555550123"
const CODE = /\b[ABCDEFGHJKLMNPQRSTUVWXYZ23456789]{8}\b/u

const LIMIT = 400
/** So long that nothing else fits into its part. */
const FIRST = `first half ${"a".repeat(LIMIT - 20)}`

/** What the gateway that takes the store over has to say: in each chat by itself, and in this order. */
export const OWED: Readonly<Record<string, ReadonlyArray<string>>> = {
  asked: ["echo: wait for me"],
  sending: ["echo: a lost result"],
  queued: [1, 2].flatMap((n) => [`echo: ${FIRST}`, `other half ${n}`])
}

/** How long a fixture may lie before it is taken over, in ms: a hundred years. */
const LONG_MS = 100 * 365 * 24 * 3600 * 1000

/** An agent that fails on one word and never answers on another. Groups name who writes, which it leaves out. */
const agent = (asked: string) => ({
  type: "command",
  command: [
    "/bin/sh",
    "-c",
    'text=$(sed "s/^\\[[^]]*\\] //"); printf "%s\\n" "$text" >> "$0"; case $text in *wait*) sleep 600;; *fail*) exit 3;; esac; printf "echo: %s" "$text"',
    asked
  ]
})

/** The config of whoever leaves something or takes it over; `more` is of its one account and of its one agent. */
export const waitingConfig = (
  imsg: Simulator,
  runtime: object,
  more: { readonly account?: object; readonly agent?: object } = {}
) => ({
  imessage: {
    // A send whose answer is lost waits for it until the kill.
    supervision: { ...QUICK.supervision, sendTimeoutMs: 600_000 },
    cliPath: imsg.cliPath,
    dbPath: imsg.dbPath,
    groupPolicy: "open",
    groups: { "*": { requireMention: false } },
    textChunkLimit: LIMIT,
    catchUp: { maxAgeMs: LONG_MS },
    delivery: { ...QUICK.delivery, ttlMs: LONG_MS },
    ...(more.account === undefined ? {} : { accounts: { default: more.account } })
  },
  retention: { days: 36_500 },
  messages: { failureNotice: false },
  agents: { list: [{ id: "main", runtime, ...more.agent }] }
})

const homeFor = (imsg: Simulator, runtime: object) => makeHome(waitingConfig(imsg, runtime))

const Queued = Schema.parseJson(
  Schema.Struct({ accounts: Schema.Array(Schema.Struct({ queued: Schema.Int })) })
)

/** Runs a command of the program that `main` is. */
const command = (main: string, home: Home, ...args: ReadonlyArray<string>) =>
  runWith({ NO_COLOR: "1" }, "node", main, ...args, "--config", home.configFile)

/** Runs the gateway of a build until all of it waits, and kills it. */
export const leaveWaiting = (main: string) =>
  Effect.gen(function* () {
    const imsg = yield* makeSimulator()
    const asked = `${imsg.dir}/asked`
    const home = yield* homeFor(imsg, agent(asked))
    const alex = yield* imsg.chats.addDirectChat({ handle: ALEX })
    const group = (name: string) =>
      Effect.map(imsg.chats.addGroupChat({ handles: [PERSON, ALEX], name }), ({ id }) => ({
        say: (text: string) => imsg.chats.receive({ chatId: id, sender: PERSON, text })
      }))
    const chats = {
      failed: yield* group("failed"),
      asked: yield* group("asked"),
      sending: yield* group("sending"),
      queued: yield* group("queued")
    }
    const gateway = yield* startGateway({ ...home, main })
    yield* gateway.awaitRunning()

    const fromAlex = (text: string) => imsg.chats.receive({ chatId: alex.id, sender: ALEX, text })
    yield* fromAlex("hello")
    const met = yield* imsg.awaitSent((sent) => sent.some(({ text }) => CODE.test(text)))
    const [code = ""] = CODE.exec(met.map(({ text }) => text).join(" ")) ?? []
    yield* command(main, home, "pairing", "approve", "imessage", code)
    yield* imsg.awaitSent((sent) => sent.some(({ text }) => text.includes("write it again")))
    yield* fromAlex("first")
    yield* imsg.awaitSent((sent) => sent.some(({ text }) => text === "echo: first"))

    yield* chats.failed.say("fail now")
    yield* gateway.awaitLog(
      "the dead letter",
      ({ message }) => message === "the turn failed and is kept as a dead letter",
      { deadline: "40 seconds" }
    )
    yield* chats.asked.say("wait for me")
    yield* eventually("the agent asked", readLines(asked), (lines) => lines.includes("wait for me"))
    yield* imsg.chats.fault({ _tag: "loseSendReply" })
    yield* chats.sending.say("a lost result")
    yield* imsg.awaitSent((sent) => sent.some(({ text }) => text === "echo: a lost result"))
    for (const n of [1, 2]) yield* chats.queued.say(`${FIRST} other half ${n}`)
    yield* eventually("all that waits", ask(home, "/status"), ({ body }) =>
      Option.exists(
        Schema.decodeOption(Queued)(body),
        ({ accounts: [account] }) => (account?.queued ?? 0) >= 3
      )
    )
    yield* gateway.signal("SIGKILL")
    yield* gateway.exitCode
    yield* eventually("no child", imsg.pids, (pids) => pids.length === 0)
    yield* imsg.chats.clearFaults
    /** In one file, with what is in the log beside it. */
    const whole = (file: string, name: string) =>
      withSqlite(file, (connection) => {
        connection.exec(`VACUUM INTO '${imsg.dir}/${name}'`)
        return `${imsg.dir}/${name}`
      })
    return {
      chatDb: yield* whole(imsg.dbPath, "left-chat.db"),
      store: yield* whole(`${home.stateDir}/gateway.db`, "left-gateway.db")
    }
  }).pipe(Effect.provide(NodeContext.layer))

/** What was said in each chat of a simulator that was left, by its name; and somebody who writes. */
export const chatsOf = (imsg: Simulator) =>
  Effect.gen(function* () {
    const names = new Map(
      (yield* selectFrom<{ readonly id: number; readonly name: string | null }>(
        imsg.dbPath,
        "SELECT ROWID AS id, display_name AS name FROM chat"
      )).map(({ id, name }) => [id, name || ALEX])
    )
    return {
      said: Effect.map(
        imsg.chats.sent(),
        (sent): Readonly<Record<string, ReadonlyArray<string>>> =>
          Record.map(
            Arr.groupBy(sent, ({ chatId }) => names.get(chatId) ?? ""),
            (rows) => rows.map(({ text }) => text)
          )
      ),
      /** Somebody who was let in writes in their own chat. */
      fromAlex: (text: string) =>
        Effect.suspend(() => {
          const [chatId = 0] = [...names].flatMap(([id, name]) => (name === ALEX ? [id] : []))
          return imsg.chats.receive({ chatId, sender: ALEX, text })
        })
    }
  })

/** Takes over a store and its `chat.db`, which are copied, and says what was said since in each chat, by its name. */
export const takeOver = ({ chatDb, store }: { readonly chatDb: string; readonly store: string }) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const imsg = yield* makeSimulator({ database: chatDb })
    const home = yield* homeFor(imsg, { type: "echo" })
    yield* fs.makeDirectory(home.stateDir, { mode: 0o700 })
    yield* fs.copyFile(store, `${home.stateDir}/gateway.db`)
    const gateway = yield* startGateway(home)
    yield* gateway.awaitRunning()
    return { imsg, home, gateway, ...(yield* chatsOf(imsg)) }
  }).pipe(Effect.provide(NodeContext.layer))
