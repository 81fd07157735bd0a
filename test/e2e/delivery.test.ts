/** Parts that are refused, blocked, denied, lost or late, through real processes, over old builds and new ones. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Fault } from "../../src/programs/simulator/Fault.ts"
import { answering } from "../support/agents.ts"
import {
  type Gateway,
  type LogLine,
  makeHome,
  openAccount,
  PERSON,
  QUICK,
  startGateway
} from "../support/gateway.ts"
import { makeSimulator } from "../support/simulator.ts"
import { selectFrom, withSqlite } from "../support/sqliteFile.ts"

const BUILDS = ["0.9.0", "0.15.0"]

const failSend = (code: number, data?: unknown): Fault => ({
  _tag: "failSend",
  code,
  message: "it failed",
  ...(data === undefined ? {} : { data })
})

const disposition = (name: string, retrySafe = false): Fault =>
  failSend(-32001, { retry_safe: retrySafe, disposition: name, transport: "applescript", operation: "send" })

/** A gateway that cuts its replies into chunks of 20 characters, over one build, with one person. */
const world = (
  build: string,
  { config = {}, delivery = {} }: { readonly config?: object; readonly delivery?: object } = {}
) =>
  Effect.gen(function* () {
    const imsg = yield* makeSimulator({ build })
    const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
    const home = yield* makeHome({
      imessage: {
        ...openAccount(imsg),
        supervision: { ...QUICK.supervision, sendTimeoutMs: 1500 },
        delivery: { ...QUICK.delivery, ...delivery },
        textChunkLimit: 20
      },
      ...config
    })
    const gateway = yield* startGateway(home)
    yield* gateway.awaitRunning()
    return {
      imsg,
      home,
      gateway,
      say: (text: string) => imsg.chats.receive({ chatId: chat.id, sender: PERSON, text }),
      texts: Effect.map(imsg.chats.sent(), (sent) => sent.map(({ text }) => text))
    }
  })

const awaitSettled = (gateway: Gateway, count: number) =>
  gateway.awaitLog("settled parts", (line) => line.message === "part settled", {
    count,
    deadline: "60 seconds"
  })

const statesOf = (lines: ReadonlyArray<LogLine>) => lines.map(({ annotations }) => annotations.state)

const isDeadLetter = (line: LogLine) => String(line.message).includes("kept as a dead letter")

interface Trouble {
  readonly when: string
  readonly faults: ReadonlyArray<Fault>
}

const REFUSALS: ReadonlyArray<Trouble> = [
  { when: "a send was not started", faults: [disposition("not_started")] },
  { when: "a send may safely be made again", faults: [disposition("may_have_completed", true)] },
  { when: "a send may have completed, and has not", faults: [disposition("may_have_completed")] },
  { when: "the child is busy", faults: [failSend(-32000), failSend(-32000)] },
  { when: "the database is not available", faults: [failSend(-32002)] },
  { when: "a send fails without a reason", faults: [failSend(-32603)] },
  { when: "a send takes its time", faults: [{ _tag: "slowSend", ms: 800 }] },
  {
    when: "each try fails in another way",
    faults: [disposition("not_started"), disposition("may_have_completed"), failSend(-32000)]
  }
]

const LOSSES: ReadonlyArray<Trouble> = [
  { when: "a send is still in flight, and never arrives", faults: [disposition("still_in_flight")] },
  { when: "an earlier send blocks it, three times", faults: [{ ...failSend(-32004), times: 3 }] },
  { when: "the answer of a send is lost", faults: [{ _tag: "loseSendReply" }] },
  { when: "the child exits when it has sent", faults: [{ _tag: "exit", code: 1, on: "sent" }] },
  { when: "the child exits before it sends", faults: [{ _tag: "exit", code: 1, on: "send" }] },
  { when: "the child hangs when it has sent", faults: [{ _tag: "hang", on: "sent" }] },
  { when: "the child hangs before it sends", faults: [{ _tag: "hang", on: "send" }] },
  { when: "a send takes longer than it may", faults: [{ _tag: "slowSend", ms: 2500 }] }
]

describe("a reply in parts is said whole, in order and once", () => {
  for (const build of BUILDS) {
    for (const [what, troubles] of [
      ["a send is refused in any way", REFUSALS],
      ["a send is lost in any way", LOSSES]
    ] as const) {
      it.scopedLive(
        `${build}: where ${what}`,
        () =>
          Effect.gen(function* () {
            const { gateway, imsg, say, texts } = yield* world(build)
            const said: Array<string> = []
            for (const [round, { faults, when }] of troubles.entries()) {
              for (const fault of faults) yield* imsg.chats.fault(fault)
              for (const n of [`${round}a`, `${round}b`]) {
                yield* say(`first half ${n} other half ${n}`)
                said.push(`echo: first half ${n}`, `other half ${n}`)
              }
              const settled = yield* awaitSettled(gateway, said.length)
              expect({ when, states: new Set(statesOf(settled)) }).toEqual({
                when,
                states: new Set(["Sent"])
              })
              expect({ when, texts: yield* texts }).toEqual({ when, texts: said })
            }
          }),
        180_000
      )
    }

    it.scopedLive(`${build}: where sending is denied for a while`, () =>
      Effect.gen(function* () {
        const { gateway, imsg, say, texts } = yield* world(build)
        yield* imsg.chats.fault({ _tag: "denyAutomation" })
        for (const n of [1, 2]) yield* say(`message ${n}`)
        yield* gateway.awaitLog("denials", (line) => line.annotations.outcome === "Denied", { count: 2 })
        expect(yield* texts).toEqual([])
        yield* imsg.chats.clearFaults
        yield* awaitSettled(gateway, 2)
        expect(yield* texts).toEqual(["echo: message 1", "echo: message 2"])
      })
    )

    it.scopedLive(`${build}: where the gateway is killed between a send and its answer`, () =>
      Effect.gen(function* () {
        const { gateway, home, imsg, say, texts } = yield* world(build)
        yield* imsg.chats.fault({ _tag: "hang", on: "sent" })
        yield* say("first half 1 other half 1")
        yield* imsg.awaitSent(1)
        yield* gateway.signal("SIGKILL")
        yield* gateway.exitCode
        const next = yield* startGateway(home)
        yield* say("first half 2 other half 2")
        yield* awaitSettled(next, 4)
        expect(yield* texts).toEqual([1, 2].flatMap((n) => [`echo: first half ${n}`, `other half ${n}`]))
      })
    )

    it.scopedLive(`${build}: where the same part comes twice, and the second send is lost`, () =>
      Effect.gen(function* () {
        const { gateway, imsg, say, texts } = yield* world(build, {
          config: {
            agents: {
              list: [{ id: "main", runtime: answering({ replies: [{ text: "yes" }, { text: "yes" }] }) }]
            }
          }
        })
        yield* imsg.chats.fault({ _tag: "loseSendReply", times: 2 })
        yield* say("go on")
        yield* awaitSettled(gateway, 2)
        expect(yield* texts).toEqual(["yes", "yes"])
      })
    )
  }
})

describe("a reply that cannot be sent within its time to live", () => {
  for (const build of BUILDS) {
    it.scopedLive(`${build}: fails for good with what stood in its way; later ones are sent`, () =>
      Effect.gen(function* () {
        const { gateway, imsg, say, texts } = yield* world(build, { delivery: { ttlMs: 1500 } })
        yield* imsg.chats.fault({ _tag: "denyAutomation" })
        yield* say("first half 1 other half 1")
        const [letter] = yield* gateway.awaitLog("the dead letter", isDeadLetter)
        expect(letter?.annotations.code).toBe("permission_denied")
        expect(letter?.annotations.detail).toMatch(
          /^it was not sent within 1s 500ms: macOS denies Automation/u
        )
        yield* imsg.chats.clearFaults
        yield* say("now")
        yield* imsg.awaitSent(1)
        expect(yield* texts).toEqual(["echo: now"])
      })
    )
  }
})

describe("a row that Messages shows as not delivered", () => {
  it.scopedLive("is a part that failed: the rest is not said, and it is not said again", () =>
    Effect.gen(function* () {
      const { gateway, imsg, say, texts } = yield* world("0.15.0")
      const inMessages = (sql: string) =>
        withSqlite(imsg.dbPath, (connection) => connection.exec(sql), { busyTimeoutMs: 5000 })
      yield* inMessages(`CREATE TRIGGER undelivered AFTER INSERT ON message WHEN NEW.is_from_me = 1
                         BEGIN UPDATE message SET error = 22 WHERE ROWID = NEW.ROWID; END`)
      yield* imsg.chats.fault({ _tag: "exit", code: 1, on: "sent" })
      yield* say("first half 1 other half 1")
      const [letter] = yield* gateway.awaitLog("the dead letter", isDeadLetter)
      expect(letter?.annotations.detail).toMatch(/^Messages could not deliver it/u)
      yield* inMessages("DROP TRIGGER undelivered")
      yield* say("now")
      yield* imsg.awaitSent(2)
      expect(yield* texts).toEqual(["echo: first half 1", "echo: now"])
    })
  )
})

describe("a part whose send does not name its row", () => {
  it.scopedLive("is known by it afterwards", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator({ build: "0.9.0" })
      const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
      const file = `${imsg.dir}/cat.png`
      yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.writeFileString(file, "a cat")).pipe(
        Effect.provide(NodeContext.layer)
      )
      const home = yield* makeHome({
        imessage: openAccount(imsg),
        agents: {
          list: [
            {
              id: "main",
              mediaRoots: [imsg.dir],
              runtime: answering({ replies: [{ media: [file, file] }] })
            }
          ]
        }
      })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "cats" })
      yield* awaitSettled(gateway, 2)
      const known = yield* selectFrom<{ readonly guid: string }>(
        `${home.stateDir}/gateway.db`,
        "SELECT guid FROM parts ORDER BY part_index"
      )
      expect(known.map(({ guid }) => guid)).toEqual((yield* imsg.chats.sent()).map(({ guid }) => guid))
    })
  )
})
