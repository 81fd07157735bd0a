/** Pairing, from the stranger's first message to the owner's commands. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Schema } from "effect"
import * as PairingStoreSql from "../../src/layers/pairing/PairingStoreSql.ts"
import * as DatabaseSqlite from "../../src/layers/sqlite/DatabaseSqlite.ts"
import { STORE_FILE } from "../../src/schemas/storeFile.ts"
import { PairingStore } from "../../src/services/PairingStore.ts"
import { run } from "../support/command.ts"
import { type Home, makeHome, QUICK, startGateway } from "../support/gateway.ts"
import { codeOf } from "../support/pairing.ts"
import { makeSimulator } from "../support/simulator.ts"

const ALEX = "+15555550123"
const CODE = /\b[ABCDEFGHJKLMNPQRSTUVWXYZ23456789]{8}\b/u
const LET_IN = "You are let in. What you wrote before was not kept, so please write it again."

const Listed = Schema.parseJson(
  Schema.Array(Schema.Struct({ accountId: Schema.String, sender: Schema.String, code: Schema.String }))
)

/** A gateway under the policy `pairing`, and a chat with a stranger. */
const strangers = (pairing: Readonly<Record<string, unknown>> = {}) =>
  Effect.gen(function* () {
    const imsg = yield* makeSimulator()
    const chat = yield* imsg.chats.addDirectChat({ handle: ALEX })
    const home = yield* makeHome({
      imessage: { ...QUICK, cliPath: imsg.cliPath, dbPath: imsg.dbPath, pairing }
    })
    return {
      imsg,
      chat,
      home,
      say: (text: string, at?: number) =>
        imsg.chats.receive({ chatId: chat.id, sender: ALEX, text, ...(at === undefined ? {} : { at }) }),
      /** The texts that went to the stranger. */
      answers: Effect.map(imsg.chats.sent(), (sent) =>
        sent.flatMap(({ chatId, text }) => (chatId === chat.id ? [text] : []))
      )
    }
  })

const pairing = (home: Home, ...args: ReadonlyArray<string>) =>
  run("pairing", ...args, "--config", home.configFile)

const waiting = (home: Home, ...args: ReadonlyArray<string>) =>
  Effect.flatMap(pairing(home, "list", "imessage", "--json", ...args), ({ stdout }) =>
    Schema.decode(Listed)(stdout)
  )

const codeIn = (text: string | undefined): string => CODE.exec(text ?? "")?.[0] ?? "no code"

describe("a stranger", () => {
  it.scopedLive("gets one code, however often they write, and is heard once it is approved", () =>
    Effect.gen(function* () {
      const { answers, home, imsg, say } = yield* strangers()
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* say("first")
      const [asked] = yield* imsg.awaitSent(1)
      const code = codeIn(asked?.text)
      yield* say("second")
      yield* say("third")
      yield* gateway.awaitLog("all three judged", ({ message }) => message === "verdict: Pair", { count: 3 })
      expect(yield* waiting(home)).toMatchObject([{ accountId: "default", sender: ALEX, code }])

      const approved = yield* pairing(home, "approve", "imessage", code.toLowerCase())
      expect(approved).toMatchObject({ code: 0, stderr: "" })
      yield* imsg.awaitSent(2)
      yield* say("fourth")
      yield* imsg.awaitSent(3)
      expect(yield* answers).toEqual([asked?.text, LET_IN, "echo: fourth"])
      expect(yield* waiting(home)).toEqual([])
    })
  )

  it.scopedLive("is told of an approval that was made while no gateway ran, by the next one", () =>
    Effect.gen(function* () {
      const { answers, home, imsg, say } = yield* strangers()
      const first = yield* startGateway(home)
      yield* first.awaitRunning()
      yield* say("hello?")
      const [asked] = yield* imsg.awaitSent(1)
      yield* first.signal("SIGTERM")
      expect(yield* first.exitCode).toBe(0)
      expect(yield* pairing(home, "approve", "imessage", codeIn(asked?.text))).toMatchObject({ code: 0 })
      const second = yield* startGateway(home)
      yield* second.awaitRunning()
      yield* imsg.awaitSent(2)
      yield* say("and now?")
      yield* imsg.awaitSent(3)
      expect((yield* answers).slice(1)).toEqual([LET_IN, "echo: and now?"])
    })
  )

  it.scopedLive("is not answered what they wrote before the approval, whenever it is read", () =>
    Effect.gen(function* () {
      const { answers, home, imsg, say } = yield* strangers()
      const first = yield* startGateway(home)
      yield* first.awaitRunning()
      yield* say("hello?")
      const [asked] = yield* imsg.awaitSent(1)
      yield* first.signal("SIGTERM")
      yield* first.exitCode
      yield* say("before the approval")
      yield* pairing(home, "approve", "imessage", codeIn(asked?.text))
      const second = yield* startGateway(home)
      yield* second.awaitRunning()
      yield* imsg.awaitSent(2)
      yield* say("after it")
      yield* imsg.awaitSent(3)
      expect((yield* answers).slice(1)).toEqual([LET_IN, "echo: after it"])
    })
  )

  it.scopedLive("gets nothing for messages from before the first start, nor for those that are too old", () =>
    Effect.gen(function* () {
      const { answers, home, imsg, say } = yield* strangers()
      yield* say("from before the gateway")
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* say("two hours late", Date.now() - 2.5 * 3_600_000)
      yield* say("now")
      yield* imsg.awaitSent(1)
      yield* gateway.awaitLog(
        "the late one judged",
        ({ annotations }) => annotations.reason === "stale" || annotations.reason === "before-first-start"
      )
      expect((yield* answers).length).toBe(1)
    })
  )

  it.scopedLive("gets a new code after the old one has expired, which admits nobody any more", () =>
    Effect.gen(function* () {
      const { home, imsg, say } = yield* strangers({ ttlMs: 1500 })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* say("first")
      const [first] = yield* imsg.awaitSent(1)
      yield* Effect.repeat(waiting(home), { until: (requests) => requests.length === 0 })
      const late = yield* pairing(home, "approve", "imessage", codeIn(first?.text))
      expect(late.code).toBe(1)
      expect(late.stderr).toContain(`no pending pairing request has the code ${codeIn(first?.text)}`)
      yield* say("second")
      const [, second] = yield* imsg.awaitSent(2)
      expect(codeIn(second?.text)).toMatch(CODE)
      expect(codeIn(second?.text)).not.toBe(codeIn(first?.text))
    })
  )

  it.scopedLive("beyond maxPending is not answered until somebody makes room, and the log says so once", () =>
    Effect.gen(function* () {
      const { home, imsg, say } = yield* strangers({ maxPending: 1 })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* say("hello")
      const [first] = yield* imsg.awaitSent(1)
      const others = yield* Effect.forEach(["+15555550124", "+15555550125"], (handle) =>
        Effect.map(imsg.chats.addDirectChat({ handle }), (chat) => ({ handle, chat }))
      )
      for (const { chat, handle } of others) {
        yield* imsg.chats.receive({ chatId: chat.id, sender: handle, text: "me too" })
      }
      yield* gateway.awaitLog("all judged", ({ message }) => message === "verdict: Pair", { count: 3 })
      yield* pairing(home, "reject", "imessage", codeIn(first?.text))
      const [next] = others
      yield* imsg.chats.receive({ chatId: next?.chat.id ?? 0, sender: next?.handle ?? "", text: "again" })
      const sent = yield* imsg.awaitSent(2)
      expect(sent.map(({ chatId }) => chatId)).toEqual([first?.chatId, next?.chat.id])
      const said = (yield* gateway.lines).filter(({ message }) =>
        String(message).startsWith("too many people wait")
      )
      expect(said.length).toBe(1)
    })
  )
})

describe("the owner", () => {
  it.scopedLive("rejects a request: its code admits nobody, and the stranger gets no other for now", () =>
    Effect.gen(function* () {
      const { answers, home, imsg, say } = yield* strangers()
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* say("let me in")
      const [asked] = yield* imsg.awaitSent(1)
      expect(yield* pairing(home, "reject", "imessage", codeIn(asked?.text))).toMatchObject({ code: 0 })
      expect(yield* pairing(home, "approve", "imessage", codeIn(asked?.text))).toMatchObject({ code: 1 })
      yield* say("please")
      yield* gateway.awaitLog("both judged", ({ message }) => message === "verdict: Pair", { count: 2 })
      expect((yield* answers).length).toBe(1)
    })
  )

  it.scopedLive("revokes an approval, by any spelling of the handle, while the gateway runs", () =>
    Effect.gen(function* () {
      const { answers, home, imsg, say } = yield* strangers()
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* say("hello")
      const [asked] = yield* imsg.awaitSent(1)
      yield* pairing(home, "approve", "imessage", codeIn(asked?.text))
      yield* imsg.awaitSent(2)
      const revoked = yield* pairing(home, "revoke", "imessage", "sms:(555) 555-0123")
      expect(revoked).toMatchObject({
        code: 0,
        stdout: `${ALEX} may no longer write to the account default, and no agent remembers them.\n`
      })
      yield* say("still there?")
      yield* imsg.awaitSent(3)
      expect(codeIn((yield* answers)[2])).toMatch(CODE)
      const again = yield* pairing(home, "revoke", ALEX)
      expect(again.code).toBe(1)
      expect(again.stderr).toContain(`${ALEX} was not admitted by pairing`)
    })
  )

  it.scopedLive("admits to one account only, and can look at one account only", () =>
    Effect.gen(function* () {
      const [one, two] = yield* Effect.all([makeSimulator(), makeSimulator()])
      const home = yield* makeHome({
        imessage: {
          ...QUICK,
          accounts: {
            one: { cliPath: one.cliPath, dbPath: one.dbPath },
            two: { cliPath: two.cliPath, dbPath: two.dbPath }
          }
        }
      })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning("one")
      yield* gateway.awaitRunning("two")
      const chats = yield* Effect.forEach([one, two], (imsg) =>
        Effect.tap(imsg.chats.addDirectChat({ handle: ALEX }), ({ id }) =>
          imsg.chats.receive({ chatId: id, sender: ALEX, text: "hello" })
        )
      )
      const [asked] = yield* one.awaitSent(1)
      yield* two.awaitSent(1)
      expect((yield* waiting(home)).length).toBe(2)
      expect(yield* waiting(home, "--account", "one")).toMatchObject([{ accountId: "one", sender: ALEX }])
      yield* pairing(home, "approve", "imessage", codeIn(asked?.text))
      yield* one.awaitSent(2)
      for (const [index, imsg] of [one, two].entries()) {
        yield* imsg.chats.receive({ chatId: chats[index]?.id ?? 0, sender: ALEX, text: "again" })
      }
      yield* one.awaitSent((sent) => sent.some(({ text }) => text === "echo: again"))
      yield* gateway.awaitLog(
        "the other account's verdicts",
        ({ annotations, message }) => message === "verdict: Pair" && annotations.account === "two",
        { count: 2 }
      )
      expect((yield* two.chats.sent()).length).toBe(1)
    })
  )

  it.scopedLive("who names an account that does not exist is told which do", () =>
    Effect.gen(function* () {
      const { home } = yield* strangers()
      const { code, stderr } = yield* pairing(home, "list", "imessage", "--account", "work")
      expect(code).toBe(1)
      expect(stderr).toContain('there is no account "work"')
      expect(stderr).toContain("default")
    })
  )
})

describe("an account that reads another database than before", () => {
  it.scopedLive("keeps who was let in, and says so at the start and in doctor", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { home, imsg } = yield* strangers()
      yield* fs.makeDirectory(home.stateDir)
      const store = Layer.provide(
        PairingStoreSql.layer,
        DatabaseSqlite.layer(`${home.stateDir}/${STORE_FILE}`)
      )
      yield* Effect.gen(function* () {
        const { approve, identify } = yield* PairingStore
        yield* identify("default", "/Users/somebody/Library/Messages/chat.db")
        yield* approve(yield* codeOf(ALEX))
      }).pipe(Effect.provide(store))

      const gateway = yield* startGateway(home)
      const isSaid = ({ message }: { readonly message: unknown }) =>
        String(message) ===
        `the account default reads ${imsg.dbPath} now; these were let in while it read /Users/somebody/Library/Messages/chat.db, and still are: ${ALEX}`
      yield* gateway.awaitLog("the warning", isSaid)
      const { stdout } = yield* run("doctor", "--config", home.configFile)
      expect(stdout).toContain("! default: Approvals: the account default reads")
      expect(stdout).toContain("imsg-gateway pairing revoke HANDLE --account default")
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
