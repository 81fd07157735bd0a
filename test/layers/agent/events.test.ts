/** What an agent says before its end, and what a failure means then. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Ref } from "effect"
import { type Say, speaking } from "../../../src/layers/agent/events.ts"
import {
  AgentFailed,
  AgentInterrupted,
  AgentRefused,
  AgentTimeout,
  AgentUnavailable
} from "../../../src/schemas/errors/agent.ts"
import { Said } from "../../../src/services/Agent.ts"

const agentId = "main"
const ERRORS = [
  { error: new AgentFailed({ agentId, detail: "why", stderr: "words" }), detail: "why", said: "words" },
  { error: new AgentTimeout({ agentId, afterMs: 9 }), detail: "it did not end within 9 ms", said: undefined },
  { error: new AgentUnavailable({ agentId, detail: "why", said: "words" }), detail: "why", said: "words" },
  { error: new AgentRefused({ agentId, detail: "why", advice: "do" }), detail: "why", said: undefined },
  { error: new AgentInterrupted({ agentId, detail: "why" }), detail: "why", said: undefined }
]

describe("a failure", () => {
  const failing = (error: (typeof ERRORS)[number]["error"], said: Said) =>
    Effect.gen(function* () {
      const heard = yield* Ref.make<ReadonlyArray<Said>>([])
      const listen: Say = (one) => Ref.update(heard, (all) => [...all, one])
      const failure = yield* Effect.flip(
        speaking(agentId, listen, (say) => Effect.zipRight(say(said), Effect.fail(error)))
      )
      expect(yield* Ref.get(heard)).toEqual([said])
      return failure
    })

  it.effect.each(ERRORS)("after a part of the answer is one in its middle: $error._tag", (given) =>
    Effect.gen(function* () {
      const failure = yield* failing(given.error, Said.Say({ reply: { text: "one" } }))
      expect(failure).toMatchObject({ _tag: "AgentInterrupted", detail: given.detail })
      expect("said" in failure ? failure.said : undefined).toBe(given.said)
    })
  )

  it.effect.each(ERRORS)("after a sign of life is what it is: $error._tag", ({ error }) =>
    Effect.gen(function* () {
      expect(yield* failing(error, Said.Interim({ text: "one moment" }))).toBe(error)
    })
  )
})
