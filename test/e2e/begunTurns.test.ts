/** The gateway ends while an agent with tools works on a turn: what was begun is not begun again by itself. */
import { fileURLToPath } from "node:url"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { acpRuntime, linesIn } from "../support/acp.ts"
import { run } from "../support/command.ts"
import { makeHome, openAccount, PERSON, startGateway } from "../support/gateway.ts"
import { eventually, makeSimulator } from "../support/simulator.ts"

const CLI_AGENT = fileURLToPath(new URL("../support/cliAgent.mjs", import.meta.url))

/** Each is asked something that it never ends; `isAsked` picks out of its record what it was asked. */
const AGENTS = [
  {
    runtime: "acp",
    hang: "do hang",
    of: (record: string) => acpRuntime(record),
    isAsked: (line: string) => line.includes('"session/prompt"')
  },
  {
    runtime: "cli",
    hang: "fault hang",
    of: (record: string) => ({
      type: "cli",
      preset: "gemini",
      command: [process.execPath, CLI_AGENT, "gemini"],
      env: { RECORD: record }
    }),
    isAsked: (line: string) => line.includes('"asked"')
  }
] as const

type Kind = (typeof AGENTS)[number]

/** A gateway with such an agent, and a person who writes to it. */
const gatewayOf = ({ isAsked, of }: Kind, config: object = {}) =>
  Effect.gen(function* () {
    const imsg = yield* makeSimulator()
    const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
    const notes = yield* makeHome({})
    const record = `${notes.dir}/heard`
    const home = yield* makeHome({
      imessage: openAccount(imsg),
      agents: { list: [{ id: "main", runtime: of(record) }] },
      ...config
    })
    const asked = linesIn(record).pipe(
      Effect.map((lines) => lines.filter(isAsked)),
      Effect.provide(NodeContext.layer)
    )
    return {
      asked,
      start: Effect.tap(startGateway(home), (gateway) => gateway.awaitRunning()),
      say: (text: string) => imsg.chats.receive({ chatId: chat.id, sender: PERSON, text }),
      said: Effect.map(imsg.chats.sent(), (sent) => sent.map(({ text }) => text)),
      awaitSaid: (count: number) => Effect.map(imsg.awaitSent(count), (sent) => sent.map(({ text }) => text)),
      awaitAsked: (count: number) => eventually(`asked ${count}`, asked, ({ length }) => length >= count),
      letters: Effect.map(
        run("deadletters", "list", "--json", "--config", home.configFile),
        ({ stdout }): ReadonlyArray<object> => JSON.parse(stdout)
      ),
      retry: run("deadletters", "retry", "1", "--config", home.configFile)
    }
  })

const SORRY = expect.stringMatching(/^Sorry/u)
const INTERRUPTED = {
  id: 1,
  kind: "turn",
  code: "agent_interrupted",
  reason: expect.stringContaining("the gateway ended while the agent worked on it")
}

describe.each(AGENTS)("a turn of the runtime $runtime", (kind) => {
  const { hang } = kind

  it.scopedLive(
    "whose gateway is killed in its midst has failed, and is asked again where an owner wants it",
    () =>
      Effect.gen(function* () {
        const { asked, awaitAsked, awaitSaid, letters, retry, said, say, start } = yield* gatewayOf(kind)
        const first = yield* start
        yield* say(hang)
        yield* awaitAsked(1)
        yield* first.signal("SIGKILL")
        yield* first.exitCode

        const second = yield* start
        expect(yield* awaitSaid(1)).toEqual([SORRY])
        expect(yield* letters).toMatchObject([{ ...INTERRUPTED, status: "dead", attempts: 1 }])
        expect(yield* asked).toHaveLength(1)
        // What comes after it is answered.
        yield* say("hello")
        expect((yield* awaitSaid(2))[1]).toContain("turn")
        expect(yield* asked).toHaveLength(2)

        expect((yield* retry).code).toBe(0)
        yield* awaitAsked(3)
        yield* second.signal("SIGKILL")
        yield* second.exitCode
        yield* start
        yield* eventually("the letter", letters, (all) => JSON.stringify(all).includes('"attempts":2'))
        expect(yield* letters).toMatchObject([{ ...INTERRUPTED, status: "dead", attempts: 2 }])
        expect(yield* asked).toHaveLength(3)
        // Who has heard that it failed is not told so twice.
        expect(yield* said).toHaveLength(2)
      })
  )

  it.scopedLive("whose gateway is stopped, and waits no longer, has failed too", () =>
    Effect.gen(function* () {
      const { asked, awaitAsked, awaitSaid, letters, say, start } = yield* gatewayOf(kind, {
        shutdownMs: 300
      })
      const first = yield* start
      yield* say(hang)
      yield* awaitAsked(1)
      yield* first.signal("SIGTERM")
      yield* first.exitCode
      yield* start
      expect(yield* awaitSaid(1)).toEqual([SORRY])
      expect(yield* letters).toMatchObject([INTERRUPTED])
      expect(yield* asked).toHaveLength(1)
    })
  )

  it.scopedLive("of several messages fails whole, once, and not with those that came later", () =>
    Effect.gen(function* () {
      const { asked, awaitAsked, awaitSaid, letters, say, start } = yield* gatewayOf(kind, {
        messages: { inbound: { debounceMs: 400 } }
      })
      const first = yield* start
      yield* say("first")
      yield* say(hang)
      yield* awaitAsked(1)
      yield* first.signal("SIGKILL")
      yield* first.exitCode
      yield* say("hello")
      yield* start
      const all = yield* awaitSaid(2)
      expect(all).toEqual([SORRY, expect.stringContaining("hello")])
      expect(all[1]).not.toContain(hang)
      expect(yield* letters).toMatchObject([INTERRUPTED])
      expect(yield* asked).toHaveLength(2)
    })
  )
})
