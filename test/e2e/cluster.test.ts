/** Several hosts over one database: what one host loses another takes over, once. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import { makeCluster } from "../support/cluster.ts"
import { openAccount, PERSON, QUICK } from "../support/gateway.ts"
import { processOf } from "../support/processTable.ts"
import { eventually, makeSimulator } from "../support/simulator.ts"

const HOSTS = ["studio", "spare"] as const

/** An account that may run on these hosts, over a simulator that all of them reach. */
const makeAccount = (runsOn: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const imsg = yield* makeSimulator({ holdMs: 0 })
    const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
    return {
      imsg,
      account: { ...openAccount(imsg), runsOn },
      say: (text: string) => imsg.chats.receive({ chatId: chat.id, sender: PERSON, text }),
      texts: Effect.map(imsg.chats.sent(), (sent) => sent.map(({ text }) => text))
    }
  })

/** Whether a process runs: one that has ended stays in the list while its parent is paused. */
const runs = (pid: number) =>
  Effect.map(
    processOf(pid),
    Option.exists(({ state }) => !state.startsWith("Z"))
  )

const echoes = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `echo: ${from + index}`)

describe("a cluster of two hosts", () => {
  it.live("answers once, in order, whichever host an account and a session are on", () =>
    Effect.gen(function* () {
      const first = yield* makeAccount(["studio", "spare"])
      const second = yield* makeAccount(["spare", "studio"])
      const cluster = yield* makeCluster(HOSTS, {
        imessage: { ...QUICK, accounts: { first: first.account, second: second.account } }
      })
      const studio = yield* cluster.start("studio")
      yield* studio.awaitRunning("first")
      const spare = yield* cluster.start("spare")
      yield* spare.awaitRunning("second")
      for (let n = 1; n <= 10; n++) {
        yield* first.say(`${n}`)
        yield* second.say(`${n}`)
      }
      yield* first.imsg.awaitSent(10)
      yield* second.imsg.awaitSent(10)
      expect(yield* first.texts).toEqual(echoes(1, 10))
      expect(yield* second.texts).toEqual(echoes(1, 10))
    }).pipe(Effect.scoped)
  )

  it.live("a host that is lost under load loses nothing, and nothing is said twice", () =>
    Effect.gen(function* () {
      const { account, imsg, say, texts } = yield* makeAccount(["studio", "spare"])
      const cluster = yield* makeCluster(HOSTS, { imessage: { ...QUICK, accounts: { first: account } } })
      const studio = yield* cluster.start("studio")
      yield* studio.awaitRunning("first")
      const spare = yield* cluster.start("spare")
      for (let n = 1; n <= 20; n++) yield* say(`${n}`)
      yield* imsg.awaitSent(3)
      yield* studio.signal("SIGKILL")
      for (let n = 21; n <= 30; n++) yield* say(`${n}`)
      yield* spare.awaitRunning("first")
      yield* imsg.awaitSent(30, "40 seconds")
      const all = yield* texts
      expect([...new Set(all)]).toEqual(all)
      expect(all).toEqual(echoes(1, 30))
    }).pipe(Effect.scoped)
  )

  it.live("a host that was paused for longer than its locks live does nothing when it wakes up", () =>
    Effect.gen(function* () {
      const { account, imsg, say, texts } = yield* makeAccount(["studio", "spare"])
      const cluster = yield* makeCluster(HOSTS, { imessage: { ...QUICK, accounts: { first: account } } })
      const studio = yield* cluster.start("studio")
      yield* studio.awaitRunning("first")
      const spare = yield* cluster.start("spare")
      for (let n = 1; n <= 20; n++) yield* say(`${n}`)
      yield* imsg.awaitSent(3)
      const before = yield* imsg.pids
      yield* studio.signal("SIGSTOP")
      for (let n = 21; n <= 30; n++) yield* say(`${n}`)
      yield* spare.awaitRunning("first")
      // Its children ended before its locks did.
      expect(yield* Effect.filter(before, runs)).toEqual([])
      yield* imsg.awaitSent(30, "40 seconds")
      yield* studio.signal("SIGCONT")
      for (let n = 31; n <= 40; n++) yield* say(`${n}`)
      yield* imsg.awaitSent(40, "40 seconds")
      const all = yield* texts
      expect(all).toEqual(echoes(1, 40))
      // It is preferred, and has its account back.
      yield* studio.awaitRunning("first", 2)
      yield* say("41")
      yield* imsg.awaitSent(41, "40 seconds")
      expect(yield* texts).toEqual(echoes(1, 41))
    }).pipe(Effect.scoped)
  )

  it.live("an account whose only host is lost waits for it, and its status says so", () =>
    Effect.gen(function* () {
      const { account, imsg, say } = yield* makeAccount(["studio"])
      const cluster = yield* makeCluster(HOSTS, { imessage: { ...QUICK, accounts: { first: account } } })
      const studio = yield* cluster.start("studio")
      yield* studio.awaitRunning("first")
      yield* cluster.start("spare")
      const onSpare = Effect.orElseSucceed(cluster.status("spare"), () => ({ accounts: [] }))
      // A host tells the others of an account within a second.
      yield* eventually("a status of the account's host", onSpare, ({ accounts }) =>
        accounts.some(({ state }) => state === "running")
      )
      yield* studio.signal("SIGKILL")
      yield* say("1")
      const shown = yield* eventually(
        "a status that says it",
        onSpare,
        ({ accounts }) => accounts.some(({ reason }) => reason.includes("studio is silent")),
        "40 seconds"
      )
      expect(shown.accounts[0]?.state).not.toBe("running")
      const again = yield* cluster.start("studio")
      yield* again.awaitRunning("first")
      yield* imsg.awaitSent(1)
    }).pipe(Effect.scoped)
  )

  it.live("the port between hosts answers nobody without the secret", () =>
    Effect.gen(function* () {
      const { account } = yield* makeAccount(["studio"])
      const cluster = yield* makeCluster(["studio"] as const, {
        imessage: { ...QUICK, accounts: { first: account } }
      })
      const studio = yield* cluster.start("studio")
      yield* studio.awaitRunning("first")
      for (const path of ["/runner", "/host", "/events", "/"]) {
        for (const headers of [{}, { authorization: "Bearer wrong" }]) {
          const response = yield* Effect.promise(() =>
            fetch(`http://127.0.0.1:${cluster.hosts[0]?.port}${path}`, {
              method: "POST",
              body: "{}",
              headers
            })
          )
          expect([path, response.status, yield* Effect.promise(() => response.text())]).toEqual([
            path,
            401,
            ""
          ])
        }
      }
    }).pipe(Effect.scoped)
  )
})
