/** A config that changes while the gateway runs. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { run } from "../support/command.ts"
import { asking, awaitControl } from "../support/control.ts"
import { makeHome, openAccount, PERSON, QUICK, startGateway } from "../support/gateway.ts"
import { eventually, isAlive, makeSimulator } from "../support/simulator.ts"

type Content = Readonly<Record<string, unknown>>

/** A gateway with two accounts, one and two, each with a chat of the same person. */
const twoAccountsThat = (supervision: Content) =>
  Effect.gen(function* () {
    const [one, two] = yield* Effect.all([makeSimulator(), makeSimulator()])
    const chats = yield* Effect.forEach([one, two], ({ chats: of }) => of.addDirectChat({ handle: PERSON }))
    const accounts = {
      one: { ...openAccount(one), supervision: { ...QUICK.supervision, ...supervision } },
      two: openAccount(two)
    }
    const home = yield* makeHome({ imessage: { accounts } })
    const gateway = yield* startGateway(home)
    yield* gateway.awaitRunning("one")
    yield* gateway.awaitRunning("two")
    yield* awaitControl(home)
    const fs = yield* FileSystem.FileSystem
    const rewrite = (imessage: Content, rest: Content = {}) =>
      fs.writeFileString(
        home.configFile,
        JSON.stringify({ stateDir: home.stateDir, shutdownMs: 5000, imessage, ...rest })
      )
    const pids = Effect.map(
      asking(home, (client) => client.status()),
      ({ accounts: all }) => Object.fromEntries(all.map(({ id, pid }) => [id, pid]))
    )
    const say = (simulator: typeof one, index: 0 | 1, text: string) =>
      simulator.chats.receive({ chatId: chats[index]?.id ?? 0, sender: PERSON, text })
    return { one, two, accounts, home, gateway, rewrite, pids, say }
  }).pipe(Effect.provide(NodeContext.layer))

const twoAccounts = twoAccountsThat({})

const reload = (home: { readonly configFile: string }) => run("config", "reload", "--config", home.configFile)

const answered = (
  simulator: { readonly chats: Effect.Effect.Success<ReturnType<typeof makeSimulator>>["chats"] },
  text: string
) => eventually(`the answer ${text}`, simulator.chats.sent(), (sent) => sent.some((row) => row.text === text))

describe("a reload", () => {
  it.scopedLive("starts the account that changed anew, and does not touch the other", () =>
    Effect.gen(function* () {
      const { accounts, gateway, home, one, pids, rewrite, say } = yield* twoAccounts
      const before = yield* pids
      yield* rewrite({ accounts: { ...accounts, one: { ...accounts.one, textChunkLimit: 10 } } })
      expect(yield* reload(home)).toMatchObject({
        code: 0,
        stdout: "The config was read again. Accounts: started anew one.\n"
      })
      yield* gateway.awaitRunning("one", 2)
      const after = yield* pids
      expect(after.two).toBe(before.two)
      expect(after.one).not.toBe(before.one)
      yield* say(one, 0, "abcdefgh")
      yield* answered(one, "abcdefgh")
    })
  )

  it.scopedLive("touches nobody where nothing is different", () =>
    Effect.gen(function* () {
      const { home, pids } = yield* twoAccounts
      const before = yield* pids
      expect((yield* reload(home)).stdout).toBe("The config is the same; nothing was touched.\n")
      expect(yield* pids).toEqual(before)
    })
  )

  it.scopedLive("changes agents for the next turn, with every child as it is", () =>
    Effect.gen(function* () {
      const { accounts, home, one, pids, rewrite, say } = yield* twoAccounts
      const before = yield* pids
      yield* say(one, 0, "first")
      yield* answered(one, "echo: first")
      yield* rewrite(
        { accounts },
        {
          agents: {
            list: [
              { id: "main", runtime: { type: "command", command: ["/bin/sh", "-c", "echo from the shell"] } }
            ]
          }
        }
      )
      expect((yield* reload(home)).stdout).toBe("The config was read again. No account was touched.\n")
      yield* say(one, 0, "second")
      yield* answered(one, "from the shell")
      expect(yield* pids).toEqual(before)
    })
  )

  it.scopedLive("takes in an account that is new, and stops one that is gone until it is back", () =>
    Effect.gen(function* () {
      const { accounts, gateway, home, one, pids, rewrite, say, two } = yield* twoAccounts
      const before = yield* pids
      yield* rewrite({ accounts: { one: accounts.one } })
      expect((yield* reload(home)).stdout).toContain("removed two")
      yield* eventually(
        "the end of the child",
        Effect.sync(() => isAlive(before.two ?? 0)),
        (alive) => !alive
      )
      expect(Object.keys(yield* pids)).toEqual(["one"])
      yield* say(two, 1, "while you were away")
      yield* say(one, 0, "still here")
      yield* answered(one, "echo: still here")
      yield* rewrite({ accounts })
      expect((yield* reload(home)).stdout).toContain("added two")
      yield* gateway.awaitRunning("two", 2)
      yield* answered(two, "echo: while you were away")
    })
  )

  it.scopedLive("of a file that is invalid is refused, and the old config stays", () =>
    Effect.gen(function* () {
      const { accounts, gateway, home, one, pids, rewrite, say } = yield* twoAccounts
      const before = yield* pids
      yield* rewrite({ accounts: { ...accounts, one: { ...accounts.one, dmPolicy: "opne" } } })
      const refused = yield* reload(home)
      expect(refused.code).toBe(2)
      expect(refused.stderr).toContain("imessage.accounts.one.dmPolicy")
      yield* gateway.signal("SIGHUP")
      yield* gateway.awaitLog(
        "the refusal",
        ({ logLevel, message }) =>
          logLevel === "ERROR" && String(message).startsWith("the config is not reloaded")
      )
      expect(yield* asking(home, (client) => Effect.flip(client.reload()))).toMatchObject({
        _tag: "Refused",
        code: "config_invalid"
      })
      yield* say(one, 0, "as before")
      yield* answered(one, "echo: as before")
      expect(yield* pids).toEqual(before)
    })
  )

  it.scopedLive("by SIGHUP does the same", () =>
    Effect.gen(function* () {
      const { accounts, gateway, rewrite } = yield* twoAccounts
      yield* rewrite({ accounts: { ...accounts, two: { ...accounts.two, enabled: false } } })
      yield* gateway.signal("SIGHUP")
      yield* gateway.awaitLog("the reload", ({ message }) => message === "the config was read again")
    })
  )
})

describe("a reload while a reply is on its way", () => {
  it.scopedLive("neither loses it nor says it twice", () =>
    Effect.gen(function* () {
      const { accounts, gateway, home, one, rewrite, say } = yield* twoAccounts
      yield* one.chats.fault({ _tag: "slowSend", ms: 700 })
      yield* say(one, 0, "slowly")
      yield* eventually("the send", one.chats.recorded(), (events) =>
        events.some(({ event }) => event._tag === "request" && event.method === "send")
      )
      yield* rewrite({ accounts: { ...accounts, one: { ...accounts.one, historyLimit: 3 } } })
      expect((yield* reload(home)).code).toBe(0)
      yield* gateway.awaitRunning("one", 2)
      yield* one.chats.clearFaults
      yield* say(one, 0, "and now")
      yield* answered(one, "echo: and now")
      expect((yield* one.chats.sent()).map(({ text }) => text)).toEqual(["echo: slowly", "echo: and now"])
    })
  )

  it.scopedLive("does not take another database for proof that it was not sent", () =>
    Effect.gen(function* () {
      // The loss is to be noticed by the reload, and not before it over the database that has the row.
      const { accounts, gateway, home, one, rewrite, say } = yield* twoAccountsThat({
        heartbeatMs: 60_000,
        requestTimeoutMs: 20_000,
        sendTimeoutMs: 60_000
      })
      const other = yield* makeSimulator()
      yield* other.chats.addDirectChat({ handle: PERSON })
      for (const text of ["a", "b", "c"]) yield* say(one, 0, text)
      // A row is there before its send is answered.
      yield* gateway.awaitLog("settled parts", ({ message }) => message === "part settled", { count: 3 })
      yield* one.chats.fault({ _tag: "loseSendReply", times: 1 })
      yield* say(one, 0, "once")
      yield* eventually("the send", one.chats.sent(), (sent) => sent.length === 4)
      yield* rewrite({ accounts: { ...accounts, one: openAccount(other) } })
      expect((yield* reload(home)).code).toBe(0)
      const letters = yield* eventually(
        "a letter",
        asking(home, (client) => client.deadletters.letters()),
        (all) => all.length === 1,
        "30 seconds"
      )
      expect(letters[0]).toMatchObject({ code: "delivery_uncertain" })
      expect(yield* other.chats.sent()).toEqual([])
    })
  )
})

describe("a signal to reload while the gateway stops", () => {
  it.scopedLive("does not keep it from finishing what it has begun", () =>
    Effect.gen(function* () {
      const { gateway, one, say } = yield* twoAccounts
      yield* one.chats.fault({ _tag: "slowSend", ms: 1500 })
      yield* say(one, 0, "slowly")
      yield* eventually("the send", one.chats.recorded(), (events) =>
        events.some(({ event }) => event._tag === "request" && event.method === "send")
      )
      yield* gateway.signal("SIGTERM")
      yield* gateway.awaitLog("the stop", ({ message }) => String(message).startsWith("stopping"))
      yield* gateway.signal("SIGHUP")
      expect(yield* gateway.exitCode).toBe(0)
      expect((yield* one.chats.sent()).map(({ text }) => text)).toEqual(["echo: slowly"])
    })
  )
})
