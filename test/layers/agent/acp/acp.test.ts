/** The `acp` runtime, with a stand-in for an agent that does everything inconvenient. */
import { describe, expect, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { makeAcp, saying } from "../../../support/acp.ts"
import { ProcessesLive, running } from "../../../support/processes.ts"
import { eventually } from "../../../support/simulator.ts"

const methods = (heard: ReadonlyArray<{ readonly method: string }>) => heard.map(({ method }) => method)

layer(ProcessesLive, { excludeTestServices: true })((it) => {
  describe("an agent of the Agent Client Protocol", () => {
    it.scoped("is started once, in a folder of its own, and goes on with a conversation", () =>
      Effect.gen(function* () {
        const { ask, heard, stateDir } = yield* makeAcp()
        const first = yield* ask("hello")
        expect(first.replies).toEqual([{ text: "turn 1 of small, Be kind.\n\nhello" }])
        const second = yield* ask("again", first.reference)
        expect(second).toEqual({
          replies: [{ text: "turn 2 of small, Be kind.\n\nagain" }],
          reference: first.reference
        })
        const all = yield* heard
        expect(methods(all)).toEqual(["(start)", "initialize", "session/new", "session/prompt", "session/prompt"])
        expect(all[0]?.params).toMatchObject({ cwd: `${stateDir}/agents/main` })
        expect(all[1]?.params).toMatchObject({
          protocolVersion: 1,
          clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false }
        })
      })
    )

    it.scoped("says what it said after the last use of a tool, and tells owners of the rest", () =>
      Effect.gen(function* () {
        const { ask, events } = yield* makeAcp()
        expect((yield* ask("do work")).replies).toEqual([{ text: "turn 1 of small, Be kind.\n\ndo work" }])
        expect(yield* events).toMatchObject([
          { _tag: "AgentWorked", turnId: "default:guid-1", agentId: "main", what: "thought", text: "I should look." },
          { what: "plan", text: "look" },
          { what: "tool", kind: "execute", text: "ls notes" }
        ])
      })
    )
  })
})
