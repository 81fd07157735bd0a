/** An agent of the Agent Client Protocol, asked by the built gateway. */
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { ACP_AGENT, acpRuntime, type Can, heardIn } from "../support/acp.ts"
import { run } from "../support/command.ts"
import { makeHome, openAccount, PERSON, startGateway } from "../support/gateway.ts"
import { running } from "../support/processes.ts"
import { eventually, makeSimulator } from "../support/simulator.ts"

/** A gateway whose only agent is the stand-in. */
const gatewayWith = (can: Can = {}, more: object = {}) =>
  Effect.gen(function* () {
    const imsg = yield* makeSimulator()
    const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
    const notes = yield* makeHome({})
    const record = `${notes.dir}/heard`
    const home = yield* makeHome({
      imessage: openAccount(imsg),
      agents: { list: [{ id: "main", runtime: acpRuntime(record, can, more) }] }
    })
    const start = Effect.gen(function* () {
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      return gateway
    })
    const heard = heardIn(record).pipe(Effect.provide(NodeContext.layer))
    return {
      home,
      imsg,
      start,
      heard,
      pids: Effect.map(heard, (all) =>
        all.filter(({ method }) => method === "(start)").map(({ pid }) => pid)
      ),
      say: (text: string) => imsg.chats.receive({ chatId: chat.id, sender: PERSON, text }),
      awaitSaid: (count: number) => Effect.map(imsg.awaitSent(count), (sent) => sent.map(({ text }) => text)),
      prompted: (count: number) =>
        eventually(
          "the prompt",
          heard,
          (all) => all.filter(({ method }) => method === "session/prompt").length >= count
        )
    }
  })

const gone = (pids: ReadonlyArray<number>) =>
  eventually(
    "the end of its processes",
    running(pids).pipe(Effect.provide(NodeContext.layer)),
    (left) => left.length === 0
  )

describe("an agent of the Agent Client Protocol", () => {
  it.scopedLive("remembers from turn to turn, after a restart of the gateway too, until /new", () =>
    Effect.gen(function* () {
      const { awaitSaid, heard, pids, say, start } = yield* gatewayWith()
      const first = yield* start
      yield* say("hello")
      yield* awaitSaid(1)
      yield* say("again")
      expect(yield* awaitSaid(2)).toEqual(["turn 1 of small, hello", "turn 2 of small, again"])
      yield* first.signal("SIGTERM")
      expect(yield* first.exitCode).toBe(0)
      yield* gone(yield* pids)

      yield* start
      yield* say("and now")
      expect((yield* awaitSaid(3))[2]).toBe("turn 3 of small, and now")
      expect((yield* heard).map(({ method }) => method)).toContain("session/resume")
      yield* say("/new")
      yield* awaitSaid(4)
      yield* say("hello")
      expect((yield* awaitSaid(5))[4]).toBe("turn 1 of small, hello")
    })
  )

  it.scopedLive("that cannot take its conversation up again says so before it answers", () =>
    Effect.gen(function* () {
      const { awaitSaid, say, start } = yield* gatewayWith({ resume: "fail", load: "no" })
      const first = yield* start
      yield* say("hello")
      yield* awaitSaid(1)
      yield* first.signal("SIGKILL")
      yield* first.exitCode
      yield* start
      yield* say("again")
      expect((yield* awaitSaid(3)).slice(1)).toEqual([
        "(I have lost our earlier conversation, and begin anew.)",
        "turn 1 of small, again"
      ])
    })
  )

  it.scopedLive("is stopped at once, whether it obeys or not, and the chat goes on", () =>
    Effect.gen(function* () {
      const { awaitSaid, pids, prompted, say, start } = yield* gatewayWith()
      yield* start
      yield* say("hello")
      yield* awaitSaid(1)
      yield* say("do hang")
      yield* prompted(2)
      yield* say("/stop")
      expect((yield* awaitSaid(2))[1]).toMatch(/^Stopped/u)
      // The session is given up after a while, and goes on in a process that obeys.
      const [stuck = 0] = yield* pids
      yield* say("are you there?")
      expect((yield* awaitSaid(3))[2]).toBe("turn 3 of small, are you there?")
      yield* gone([stuck])
    })
  )

  it.scopedLive(
    "that dies in mid-work is not asked again: its person hears that it failed, and nothing of it",
    () =>
      Effect.gen(function* () {
        const { awaitSaid, heard, home, say, start } = yield* gatewayWith()
        yield* start
        yield* say("do die")
        expect(yield* awaitSaid(1)).toEqual([expect.stringMatching(/^Sorry/u)])
        const { stdout } = yield* run("deadletters", "show", "1", "--json", "--config", home.configFile)
        expect(JSON.parse(stdout)).toMatchObject({ code: "agent_interrupted" })
        expect((yield* heard).filter(({ method }) => method === "session/prompt")).toHaveLength(1)
      })
  )

  it.scopedLive("leaves no process behind when it idles, nor when the gateway is killed", () =>
    Effect.gen(function* () {
      const { awaitSaid, pids, say, start } = yield* gatewayWith({}, { idleMs: 500 })
      const gateway = yield* start
      yield* say("hello")
      yield* awaitSaid(1)
      yield* gone(yield* pids)
      yield* say("do grandchild")
      const grandchild = Number(/grandchild (\d+)/u.exec((yield* awaitSaid(2))[1] ?? "")?.[1])
      yield* gateway.signal("SIGKILL")
      yield* gone([...(yield* pids), grandchild])
    })
  )

  it.scopedLive("is tried by `agent test`, which shows what it was given, and gives it no leave", () =>
    Effect.gen(function* () {
      const home = yield* makeHome({
        agents: {
          list: [{ id: "main", runtime: { type: "acp", command: [process.execPath, ACP_AGENT] } }]
        }
      })
      const { code, stdout } = yield* run("agent", "test", "do ask", "--config", home.configFile)
      expect(stdout).toContain("option-reject_once, turn 1 of small, do ask")
      expect(stdout).toContain('"type": "text"')
      expect(stdout).toContain("the agent asked for leave to use a tool")
      expect(code).toBe(0)
    })
  )
})
