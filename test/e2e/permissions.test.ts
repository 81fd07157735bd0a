/** Leave that an agent of the Agent Client Protocol asks for, through the built gateway. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { PermissionRecord } from "../../src/schemas/Permission.ts"
import { acpRuntime } from "../support/acp.ts"
import { run } from "../support/command.ts"
import { ask, listen } from "../support/control.ts"
import { type Home, makeHome, PERSON, QUICK, startGateway } from "../support/gateway.ts"
import { pickyImsg } from "../support/pickyImsg.ts"
import { eventually, makeSimulator, type Simulator } from "../support/simulator.ts"

const OWNER = "+15555550119"
const decodeRecords = Schema.decodeUnknownSync(Schema.parseJson(Schema.Array(PermissionRecord)))

/** A gateway whose agent asks for leave where somebody says `do ask`, and an owner who is asked. */
const asking = (permissions: object = { default: "ask" }, imessage: object = {}, over?: Simulator) =>
  Effect.gen(function* () {
    const imsg = over ?? (yield* makeSimulator())
    const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
    const ownChat = yield* imsg.chats.addDirectChat({ handle: OWNER })
    const notes = yield* makeHome({})
    const home = yield* makeHome({
      owners: [OWNER],
      session: { dmScope: "per-peer" },
      imessage: { ...QUICK, cliPath: imsg.cliPath, dbPath: imsg.dbPath, allowFrom: [PERSON], ...imessage },
      agents: { list: [{ id: "main", runtime: acpRuntime(`${notes.dir}/heard`, {}, { permissions }) }] }
    })
    const start = Effect.tap(startGateway(home), (gateway) => gateway.awaitRunning())
    const saidIn = (chatId: number) =>
      Effect.map(imsg.chats.sent(), (sent) =>
        sent.flatMap((row) => (row.chatId === chatId ? [row.text] : []))
      )
    /** The last that was said in a chat, once there is so much. */
    const awaitSaid = (chatId: number, count: number) =>
      Effect.map(
        eventually(`${count} in ${chatId}`, saidIn(chatId), (said) => said.length >= count),
        (said) => said[count - 1] ?? ""
      )
    /** Once the gateway answers, which begins its work before it can be asked. */
    const list = (...more: ReadonlyArray<string>) =>
      Effect.map(
        eventually(
          "a gateway that answers",
          run("permissions", "list", "--json", ...more, "--config", home.configFile),
          ({ code }) => code === 0
        ),
        ({ stdout }) => decodeRecords(stdout)
      )
    return {
      home,
      imsg,
      start,
      list,
      chat: chat.id,
      ownChat: ownChat.id,
      awaitSaid,
      saidIn,
      say: (text: string) => imsg.chats.receive({ chatId: chat.id, sender: PERSON, text }),
      command: (text: string) => imsg.chats.receive({ chatId: ownChat.id, sender: OWNER, text }),
      /** The code of the only request that waits. */
      code: Effect.map(
        eventually("a request", list(), (waiting) => waiting.length === 1),
        ([only]) => only?.code ?? ""
      )
    }
  })

describe("an agent that asks for leave", () => {
  it.scopedLive("has it from an owner, in their own chat, by the code of this request, once", () =>
    Effect.gen(function* () {
      const { awaitSaid, chat, command, list, ownChat, say, saidIn, start } = yield* asking()
      const gateway = yield* start
      yield* say("do ask")
      const question = yield* awaitSaid(ownChat, 1)
      const [, code = ""] =
        /Say \/allow ([A-Z2-9]{8}) or \/deny \1 within 10 minutes\.$/u.exec(question) ?? []
      expect(question).toContain(`main wants to run a command: “rm -rf notes”, for ${PERSON}.`)
      yield* command("/allow")
      expect(yield* awaitSaid(ownChat, 2)).toContain(`${code}: main wants to run a command: rm -rf notes`)
      yield* command("/deny AAAAAAAA")
      expect(yield* awaitSaid(ownChat, 3)).toContain("No agent waits for leave with the code AAAAAAAA")
      expect(yield* saidIn(chat)).toEqual([])
      yield* command(`/Allow ${code.toLowerCase()}`)
      expect(yield* awaitSaid(ownChat, 4)).toBe("main may run a command, this once.")
      expect(yield* awaitSaid(chat, 1)).toBe("option-allow_once, turn 1 of small, do ask")
      yield* command(`/allow ${code}`)
      expect(yield* awaitSaid(ownChat, 5)).toContain("No agent waits for leave")
      expect(yield* list("--decided")).toMatchObject([
        {
          ...{ number: 1, code: null, kind: "execute", title: "rm -rf notes" },
          decided: { allowed: true, reason: "owner", by: `${OWNER}, in a chat of default` }
        }
      ])
      // Nothing that is logged would let somebody answer.
      expect(yield* gateway.output).not.toContain(code)
    })
  )

  it.scopedLive("has it from nobody else: what others write is a text for the agent", () =>
    Effect.gen(function* () {
      const { code, list, say, start } = yield* asking()
      const gateway = yield* start
      yield* say("do ask")
      yield* say(`/allow ${yield* code}`)
      yield* gateway.awaitLog("both", ({ message }) => message === "verdict: Dispatch", { count: 2 })
      expect(yield* list()).toHaveLength(1)
    })
  )

  it.scopedLive("is answered by commands too, which say what is decided", () =>
    Effect.gen(function* () {
      const { awaitSaid, chat, code, home, list, say, start } = yield* asking()
      yield* start
      yield* say("do ask")
      const known = yield* code
      const config = ["--config", home.configFile]
      const shown = yield* run("permissions", "list", ...config)
      expect(shown.stdout).toContain(known)
      expect(shown.stdout).toContain("run a command: rm -rf notes")
      expect((yield* run("status", ...config)).stdout).toContain(
        "1 request of an agent waits for your leave: imsg-gateway permissions list"
      )
      const denied = yield* run("permissions", "deny", known.toLowerCase(), ...config)
      expect([denied.code, denied.stdout]).toEqual([0, "main may not run a command.\n"])
      expect(yield* awaitSaid(chat, 1)).toBe("option-reject_once, turn 1 of small, do ask")
      const again = yield* run("permissions", "allow", known, ...config)
      expect(again.code).toBe(1)
      expect(again.stderr).toContain(`no agent waits for leave under the code ${known}`)
      expect(yield* list()).toEqual([])
      const decided = yield* run("permissions", "list", "--decided", ...config)
      expect(decided.stdout).toContain("refused: by an owner (a program on its socket)")
      const audit = yield* run("audit", ...config)
      expect(audit.stdout).toContain("refused main to run a command (request 1)")
    })
  )

  it.scopedLive("is refused by /stop, and by a stop of the gateway, which waits for no owner", () =>
    Effect.gen(function* () {
      const { awaitSaid, chat, code, list, say, start } = yield* asking()
      const first = yield* start
      yield* say("do ask")
      yield* code
      yield* say("/stop")
      expect(yield* awaitSaid(chat, 1)).toBe("Stopped.")
      yield* eventually("the end of it", list("--decided"), ([last]) => last?.decided?.reason === "stopped")
      yield* say("do ask")
      yield* code
      yield* first.signal("SIGTERM")
      expect(yield* first.exitCode).toBe(0)
      expect(yield* first.output).not.toContain("not everything finished in time")
      yield* start
      expect(yield* list()).toEqual([])
      expect(yield* list("--decided")).toMatchObject([
        { number: 2, decided: { allowed: false, reason: "restart" } },
        { number: 1, decided: { allowed: false, reason: "stopped" } }
      ])
    })
  )

  it.scopedLive(
    "is refused after a kill: the turn has failed, its code is worth nothing, and nobody is asked again",
    () =>
      Effect.gen(function* () {
        const { awaitSaid, chat, code, command, list, ownChat, say, start } = yield* asking()
        const first = yield* start
        yield* say("do ask")
        const known = yield* code
        yield* awaitSaid(ownChat, 1)
        yield* first.signal("SIGKILL")
        yield* first.exitCode
        yield* start
        yield* eventually("the end of it", list("--decided"), ([last]) => last?.decided?.reason === "restart")
        expect(yield* awaitSaid(chat, 1)).toMatch(/^Sorry/u)
        yield* command(`/allow ${known}`)
        expect(yield* awaitSaid(ownChat, 2)).toContain(`No agent waits for leave with the code ${known}`)
        expect(yield* list()).toEqual([])
      })
  )

  it.scopedLive("is answered by rules at once, and nobody is asked", () =>
    Effect.gen(function* () {
      const { awaitSaid, chat, list, ownChat, say, saidIn, start } = yield* asking({
        default: "ask",
        rules: [
          { title: "^rm ", action: "allow" },
          { kind: "execute", action: "deny" }
        ]
      })
      yield* start
      yield* say("do ask")
      expect(yield* awaitSaid(chat, 1)).toBe("option-reject_once, turn 1 of small, do ask")
      expect(yield* saidIn(ownChat)).toEqual([])
      expect(yield* list("--decided")).toMatchObject([
        { decided: { allowed: false, reason: "rule", by: null } }
      ])
    })
  )
})

describe("a question that still waits to be sent", () => {
  /** Refuses the only request that waits, as the page does. */
  const refuse = (home: Home) =>
    Effect.gen(function* () {
      const waiting = Effect.map(ask(home, "/permissions"), ({ body }) => decodeRecords(body))
      const [only] = yield* eventually("a request", waiting, (all) => all.length === 1)
      expect((yield* ask(home, `/permissions/${only?.code}/deny`, "POST")).status).toBe(200)
    })

  it.scopedLive(
    "is not sent once its request has ended, whether its chat is busy or nothing can be sent",
    () =>
      Effect.gen(function* () {
        const imsg = yield* makeSimulator()
        const picky = yield* pickyImsg(imsg)
        const { awaitSaid, chat, home, ownChat, say, saidIn, start } = yield* asking(
          { default: "ask" },
          { cliPath: picky.cliPath, dbPath: imsg.dbPath },
          imsg
        )
        yield* picky.close(OWNER)
        yield* start
        const { seen } = yield* listen(home)
        const withdrawn = (count: number) =>
          eventually(
            `${count} taken back`,
            seen,
            (text) => (text.match(/"outcome":"withdrawn"/gu) ?? []).length === count
          )
        yield* say("do ask")
        yield* refuse(home)
        yield* withdrawn(1)
        expect(yield* awaitSaid(chat, 1)).toBe("option-reject_once, turn 1 of small, do ask")

        yield* say("do ask")
        yield* eventually("a request", ask(home, "/permissions"), ({ body }) => body !== "[]")
        yield* picky.closeAll
        yield* ask(home, "/accounts/default/restart", "POST")
        yield* refuse(home)
        yield* withdrawn(2)
        yield* picky.open
        expect(yield* awaitSaid(chat, 2)).toBe("option-reject_once, turn 2 of small, do ask")

        expect(yield* saidIn(ownChat)).toEqual([])
        const { body } = yield* ask(home, "/deliveries")
        expect(body).toContain("it was taken back before it was sent: the request was refused: by an owner")
        // There is nothing to be decided about it.
        expect((yield* ask(home, "/deadletters")).body).toBe("[]")
      })
  )
})

describe("a config that lets strangers have an agent ask", () => {
  it.scopedLive("is refused with the path and what to do, and taken where that is meant", () =>
    Effect.gen(function* () {
      const open = { dmPolicy: "open", allowFrom: ["*"] }
      const refused = yield* asking({ rules: [{ kind: "edit", action: "allow" }] }, open)
      const check = yield* run("config", "check", "--config", refused.home.configFile)
      expect(check.code).toBe(2)
      expect(check.stdout + check.stderr).toContain("agents.list[0].runtime.permissions.rules[0].action")
      expect(check.stdout + check.stderr).toContain("acknowledgeOpen")
      const meant = yield* asking({ default: "ask", acknowledgeOpen: true }, open)
      expect((yield* run("config", "check", "--config", meant.home.configFile)).code).toBe(0)
      const empty = yield* asking({ rules: [{ action: "allow" }] })
      const why = yield* run("config", "check", "--config", empty.home.configFile)
      expect(why.stdout + why.stderr).toContain("names neither a kind nor a title")
    })
  )
})
