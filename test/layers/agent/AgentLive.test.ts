/** Which runtime answers a turn. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as AgentAccessLive from "../../../src/layers/agent/AgentAccessLive.ts"
import { layer } from "../../../src/layers/agent/AgentLive.ts"
import * as LateRepliesLive from "../../../src/layers/agent/LateRepliesLive.ts"
import * as EventsLive from "../../../src/layers/events/EventsLive.ts"
import * as MetricsLive from "../../../src/layers/metrics/MetricsLive.ts"
import * as PermissionsDenied from "../../../src/layers/permissions/PermissionsDenied.ts"
import type { AgentConfig } from "../../../src/schemas/Config.ts"
import { NO_MEMORY } from "../../../src/schemas/Conversation.ts"
import { Agent } from "../../../src/services/Agent.ts"
import { configLayer, fixedConfig } from "../../support/configs.ts"
import { asTurnMessage, makeEnvelope } from "../../support/envelopes.ts"
import { ProcessesLive } from "../../support/processes.ts"
import { makeTurn } from "../../support/turns.ts"

const agent = (id: string, runtime: AgentConfig["runtime"]): AgentConfig => ({
  id,
  isDefault: false,
  runtime,
  markdown: "keep",
  mediaRoots: [],
  mediaHosts: [],
  onReaction: "context",
  maxParts: 30,
  groupActions: false
})

const config = fixedConfig({
  stateDir: "/nowhere",
  accounts: [],
  agents: {
    list: [
      agent("parrot", { type: "echo" }),
      agent("shell", {
        type: "command",
        command: ["/bin/cat"],
        format: "text",
        timeoutMs: 20_000,
        env: {},
        passEnv: []
      })
    ],
    maxConcurrent: 1
  },
  messages: {
    inbound: { debounceMs: 0 },
    loopGuard: { maxPerMinute: 0, mirrors: 0 },
    budget: { turns: 0, parts: 0 },
    commands: true,
    ack: { reaction: "👍", when: "never" }
  },
  session: {},
  people: [],
  owners: [],
  media: {},
  retention: { days: 1 },
  shutdownMs: 0,
  control: {},
  warnings: [],
  writtenSecrets: []
})

const deaf = Layer.provide(EventsLive.layer, MetricsLive.layer)
const strict = PermissionsDenied.layer

const saying = (text: string) => asTurnMessage(makeEnvelope({ text }))

const ask = (agentId: string) =>
  Effect.flatMap(Agent, (agents) =>
    agents.ask(
      { turn: makeTurn({ agentId, envelopes: [saying("one"), saying("two")] }), memory: NO_MEMORY },
      () => Effect.void
    )
  ).pipe(
    Effect.provide(
      Layer.provide(layer, [
        config,
        ProcessesLive,
        LateRepliesLive.layer,
        Layer.provide(AgentAccessLive.layer, configLayer()),
        deaf,
        strict
      ])
    )
  )

describe("an agent", () => {
  it.live("of the runtime echo says the texts again", () =>
    Effect.gen(function* () {
      expect(yield* ask("parrot")).toEqual({ replies: [{ text: "echo: one\ntwo" }] })
    })
  )

  it.live("of the runtime command runs its command", () =>
    Effect.gen(function* () {
      expect(yield* ask("shell")).toEqual({ replies: [{ text: "one\ntwo" }] })
    })
  )

  it.live("that the config does not have any more is a failure", () =>
    Effect.gen(function* () {
      expect(yield* Effect.flip(ask("gone"))).toMatchObject({ _tag: "AgentFailed", agentId: "gone" })
    })
  )
})
