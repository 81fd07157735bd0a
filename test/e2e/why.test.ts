/** `why`, through the built program: what was decided of messages, and what came of them. */
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { Decision } from "../../src/schemas/Decision.ts"
import { run } from "../support/command.ts"
import { ask, awaitControl } from "../support/control.ts"
import { makeHome, openAccount, PERSON, startGateway } from "../support/gateway.ts"
import { eventually, makeSimulator } from "../support/simulator.ts"

const STRANGER = "+15555550112"

/** Fails, says nothing or answers, as the message says. */
const AGENT = 'case "$(cat)" in *please\\ fail*) exit 3;; *be\\ quiet*) ;; *) echo hello;; esac'

const decodeDecisions = Schema.decodeUnknown(Schema.parseJson(Schema.Array(Decision)))

const Words = Schema.Array(Schema.Struct({ guid: Schema.String, words: Schema.Array(Schema.String) }))
const decodeWords = Schema.decode(Schema.parseJson(Words))

const prepared = Effect.gen(function* () {
  const imsg = yield* makeSimulator()
  const direct = yield* imsg.chats.addDirectChat({ handle: PERSON })
  const group = yield* imsg.chats.addGroupChat({ handles: [PERSON, STRANGER], name: "Hiking" })
  const early = yield* imsg.chats.addDirectChat({ handle: "+15555550113" })
  yield* imsg.chats.receive({ chatId: early.id, sender: "+15555550113", text: "before all" })
  const home = yield* makeHome({
    people: { sam: [PERSON] },
    imessage: { ...openAccount(imsg), dmPolicy: "pairing", allowFrom: [PERSON], groups: {} },
    agents: {
      list: [{ id: "main", runtime: { type: "command", command: ["sh", "-c", AGENT], format: "text" } }]
    }
  })
  const gateway = yield* startGateway(home)
  yield* gateway.awaitRunning()
  yield* awaitControl(home)

  const decisions = (query: string) =>
    Effect.flatMap(ask(home, `/decisions${query}`), ({ body }) => decodeDecisions(body))
  /** Somebody writes, and what was decided of it has come to an end. */
  const receive = (chatId: number, sender: string, text: string) =>
    Effect.gen(function* () {
      const { guid } = yield* imsg.chats.receive({ chatId, sender, text })
      const isOver = ({ fate, parts, turn }: Decision) =>
        !fate.startsWith("dm-allow") || (turn !== null && (turn.outcome !== "answered" || parts.length > 0))
      yield* eventually(
        `the end of "${text}"`,
        decisions(`?chat=${chatId}`),
        (all) => all.some((one) => one.guid === guid && isOver(one)),
        "30 seconds"
      )
      return guid
    })
  return { imsg, direct, early, group, home, gateway, decisions, receive }
})

describe("why", () => {
  it.scopedLive(
    "says of the last messages of a chat by which rule, and what became of the turn and its parts",
    () =>
      Effect.gen(function* () {
        const { decisions, direct, early, gateway, group, home, receive } = yield* prepared
        const command = (...args: ReadonlyArray<string>) => run("why", ...args, "--config", home.configFile)
        yield* receive(direct.id, PERSON, "good morning")
        yield* receive(direct.id, PERSON, "now be quiet")
        yield* receive(direct.id, PERSON, "and please fail")
        yield* receive(group.id, STRANGER, "who comes?")

        const [failed, silent, answered] = yield* decisions(`?chat=${direct.id}`)
        expect(answered).toMatchObject({
          fate: "dm-allowlisted",
          turn: { agentId: "main", outcome: "answered" },
          parts: [{ index: 0, state: "sent" }]
        })
        expect(silent).toMatchObject({ turn: { outcome: "silent" }, parts: [] })
        expect(failed).toMatchObject({
          turn: {
            outcome: "failed",
            code: "agent_failed",
            reason: "agent main failed: it exited with code 3 (asked 3 times)"
          }
        })

        const { code, stderr, stdout } = yield* command("--chat", String(direct.id))
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
        const lines = stdout.trimEnd().split("\n")
        const rule =
          "    given to the agent: imessage.allowFrom names the sender or the chat (imessage.allowFrom)"
        expect(lines).toEqual([
          expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d {2}sam \(\+15555550111\): good morning$/u),
          rule,
          expect.stringMatching(/^ {4}main was asked, and answered in \d/u),
          "    the answer was sent",
          expect.stringMatching(/sam \(\+15555550111\): now be quiet$/u),
          rule,
          expect.stringMatching(/^ {4}main was asked, and said nothing, after \d/u),
          expect.stringMatching(/sam \(\+15555550111\): and please fail$/u),
          rule,
          expect.stringMatching(
            /^ {4}it failed after \d.* s: agent main failed: it exited with code 3 \(asked 3 times\); see/u
          )
        ])

        const inGroup = yield* command("--chat", String(group.id))
        expect(inGroup.stdout).toContain(
          `: who comes?\n    kept for the next answer: nobody mentioned the agent in this group (imessage.groups[…].requireMention)\n    Mention the agent by its name; or`
        )

        expect((yield* command("--chat", String(early.id))).stdout).toContain(
          ": before all\n    not answered: it was there before the account was first started\n    Have them write again."
        )

        const all = yield* command("--limit", "2")
        expect(all.stdout).toMatch(
          / {2}sam \(\+15555550111\)\n {4}given[\s\S]*somebody in Hiking \(chat \d+\)\n/u
        )
        // Nobody's words, where no chat is named.
        expect(all.stdout).not.toContain("who comes")

        yield* gateway.signal("SIGTERM")
        expect(yield* gateway.exitCode).toBe(0)
        const without = yield* command("--chat", String(direct.id), "--limit", "1", "--json")
        expect(without).toMatchObject({ code: 0, stderr: "" })
        expect(yield* decodeWords(without.stdout)).toEqual([
          {
            guid: failed?.guid,
            words: [
              rule.trim(),
              expect.stringContaining("agent main failed: it exited with code 3 (asked 3 times)")
            ]
          }
        ])
      }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("says what a stranger was given, and keeps neither their handle nor their words", () =>
    Effect.gen(function* () {
      const { home, imsg, receive } = yield* prepared
      const chat = yield* imsg.chats.addDirectChat({ handle: STRANGER })
      yield* receive(chat.id, STRANGER, "a secret of mine")
      const { stdout } = yield* run("why", "--config", home.configFile)
      expect(stdout).toContain("given a code: nobody has let the sender in yet (imessage.dmPolicy)")
      expect(stdout).toContain("pairing approve imessage CODE")
      const kept = JSON.stringify((yield* ask(home, "/decisions")).body)
      expect(kept).toContain("pairing-requested")
      expect(kept).not.toContain(STRANGER)
      expect(kept).not.toContain("secret")
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
