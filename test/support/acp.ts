/** An agent of the Agent Client Protocol that a test can look into. */
import { fileURLToPath } from "node:url"
import { FileSystem, Path } from "@effect/platform"
import { Context, Effect, Layer, Ref, Stream, SubscriptionRef } from "effect"
import * as AgentAccessLive from "../../src/layers/agent/AgentAccessLive.ts"
import { layer } from "../../src/layers/agent/AgentLive.ts"
import * as LateRepliesLive from "../../src/layers/agent/LateRepliesLive.ts"
import { digestOf } from "../../src/schemas/accessToken.ts"
import type { GatewayConfig } from "../../src/schemas/Config.ts"
import { PermissionNotFound } from "../../src/schemas/errors/permissions.ts"
import type { GatewayEvent } from "../../src/schemas/GatewayEvent.ts"
import type { Turn } from "../../src/schemas/Turn.ts"
import { Agent, type Said } from "../../src/services/Agent.ts"
import { AgentAccess } from "../../src/services/AgentAccess.ts"
import { ConfigService } from "../../src/services/ConfigService.ts"
import { Events } from "../../src/services/Events.ts"
import { Permissions, type Wanted } from "../../src/services/Permissions.ts"
import { configLayer, makeConfig } from "./configs.ts"
import { asTurnMessage, makeEnvelope } from "./envelopes.ts"
import { makeTurn } from "./turns.ts"

/** The program that stands in. */
export const ACP_AGENT = fileURLToPath(new URL("./acpAgent.mjs", import.meta.url))

/** What the stand-in does by itself; see there. */
export interface Can {
  readonly version?: number
  /** The id of each of its sessions. */
  readonly same?: string
  readonly resume?: "yes" | "no" | "fail"
  readonly load?: "yes" | "no" | "fail"
  readonly images?: boolean
  readonly startMs?: number
  readonly newMs?: number
  readonly dies?: boolean
  readonly login?: boolean
  /** Whether it starts the MCP servers that it is given, and calls what it is told to. */
  readonly mcp?: boolean
}

/** The runtime of the stand-in, which writes down what it hears. */
export const acpRuntime = (record: string, can: Can = {}, more: object = {}) => ({
  type: "acp",
  command: [process.execPath, ACP_AGENT],
  env: { ACP: JSON.stringify(can), RECORD: record },
  tools: false,
  ...more
})

/** What the stand-in has heard. */
export interface Heard {
  readonly pid: number
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
}

/** The lines of a stand-in's record; none while there is no such file. */
export const linesIn = (record: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const text = yield* Effect.orElseSucceed(fs.readFileString(record), () => "")
    return text.split("\n").filter((line) => line !== "")
  })

/** What every stand-in that writes to a file has heard. */
export const heardIn = (record: string) =>
  Effect.map(linesIn(record), (lines) => lines.map((line): Heard => JSON.parse(line)))

export const saying = (text: string, partial: Partial<Turn> = {}): Turn =>
  makeTurn({ envelopes: [asTurnMessage(makeEnvelope({ text }))], ...partial })

/** `allow` is how leave is given. */
const permissions = (wanted: Ref.Ref<ReadonlyArray<Wanted>>, allow: Effect.Effect<boolean>) =>
  Layer.succeed(Permissions, {
    isAllowed: (one) =>
      Effect.zipRight(
        Ref.update(wanted, (all) => [...all, one]),
        allow
      ),
    waiting: Effect.succeed([]),
    decided: () => Effect.succeed([]),
    decide: (code) => new PermissionNotFound({ subject: code })
  })

const listening = (events: Array<GatewayEvent>) =>
  Layer.succeed(Events, {
    publish: (event) => Effect.sync(() => events.push(event)),
    unsafePublish: (event) => events.push(event),
    listen: Effect.succeed(Stream.empty)
  })

const changing = (config: SubscriptionRef.SubscriptionRef<GatewayConfig>) =>
  Layer.succeed(ConfigService, {
    current: SubscriptionRef.get(config),
    changes: config.changes,
    reload: Effect.succeed({ added: [], removed: [], changed: [], others: false })
  })

/** An agent that a test asks; its process ends with the scope. */
export const makeAcp = (
  can: Can = {},
  more: object = {},
  allow: Effect.Effect<boolean> = Effect.succeed(true)
) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const access = yield* Layer.build(Layer.provide(AgentAccessLive.layer, configLayer()))
    const stateDir = yield* Effect.flatMap(fs.makeTempDirectoryScoped(), fs.realPath)
    const record = path.join(stateDir, "heard")
    const agentOf = (more: object) => ({
      stateDir,
      agents: { list: [{ id: "main", systemPrompt: "Be kind.", runtime: acpRuntime(record, can, more) }] }
    })
    const config = yield* SubscriptionRef.make(makeConfig(agentOf(more)))
    const wanted = yield* Ref.make<ReadonlyArray<Wanted>>([])
    const events: Array<GatewayEvent> = []
    const services = yield* Layer.build(
      Layer.provide(layer, [
        LateRepliesLive.layer,
        Layer.succeedContext(access),
        permissions(wanted, allow),
        listening(events),
        changing(config)
      ])
    )
    const said = yield* Ref.make<ReadonlyArray<Said>>([])
    /** `number` is that of the conversation, where it has one. */
    const ask = (turn: string | Turn, reference?: string, number?: number) =>
      Effect.flatMap(Agent, (agent) =>
        agent.ask(
          {
            turn: typeof turn === "string" ? saying(turn) : turn,
            memory: {
              exchanges: [],
              ...(reference === undefined ? {} : { reference }),
              ...(number === undefined ? {} : { number })
            }
          },
          (one) => Ref.update(said, (all) => [...all, one])
        )
      ).pipe(Effect.provide(services))
    return {
      ask,
      stateDir,
      record,
      heard: heardIn(record),
      said: Ref.get(said),
      /** What a token is worth now. */
      worth: (token: string) => Context.get(access, AgentAccess).find(digestOf(token)),
      wanted: Ref.get(wanted),
      events: Effect.sync(() => [...events]),
      change: (more: object) => SubscriptionRef.set(config, makeConfig(agentOf(more)))
    }
  })
