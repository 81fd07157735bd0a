/** Asks a model as the gateway does, with a config that went through the decoder. */
import { NodeFileSystem } from "@effect/platform-node"
import { Effect, Predicate } from "effect"
import { makeAskModel } from "../../../../src/layers/agent/models/askModel.ts"
import type { ModelRuntime } from "../../../../src/layers/agent/models/dialects.ts"
import type { AgentConfig } from "../../../../src/schemas/Config.ts"
import { type Exchange, NO_MEMORY } from "../../../../src/schemas/Conversation.ts"
import type { Turn } from "../../../../src/schemas/Turn.ts"
import { makeConfig } from "../../../support/configs.ts"
import { makeTurn } from "../../../support/turns.ts"

/** The secret of every config here; it must show nowhere. */
export const KEY = "sk-test-0123456789abcdef"

/** The three interfaces, by the runtime that asks them. */
export const INTERFACES = {
  chat: { type: "openai", api: "chat", model: "small", apiKey: KEY },
  responses: { type: "openai", api: "responses", model: "small", apiKey: KEY },
  anthropic: { type: "anthropic", model: "small", apiKey: KEY }
} as const
export type Interface = keyof typeof INTERFACES

/** An agent of the config, and its runtime. */
export const modelAgent = (
  url: string,
  runtime: object = INTERFACES.chat,
  more: object = {}
): { readonly agent: AgentConfig; readonly runtime: ModelRuntime } => {
  const isAnthropic = Predicate.hasProperty(runtime, "type") && runtime.type === "anthropic"
  const baseUrl = isAnthropic ? url : `${url}/v1`
  const [agent] = makeConfig({
    agents: { list: [{ id: "main", runtime: { baseUrl, ...runtime }, ...more }] }
  }).agents.list
  if (agent.runtime.type !== "openai" && agent.runtime.type !== "anthropic") throw new Error("asks no model")
  return { agent, runtime: agent.runtime }
}

export interface AskOptions {
  readonly runtime?: object
  readonly agent?: object
  readonly turn?: Partial<Turn>
  readonly exchanges?: ReadonlyArray<Exchange>
}

/** A function that asks a server, always as the same gateway. */
export const asker = Effect.map(
  makeAskModel,
  (ask) =>
    (url: string, { agent, exchanges, runtime, turn }: AskOptions = {}) => {
      const asked = modelAgent(url, runtime, agent)
      return ask(asked.agent, asked.runtime, {
        turn: makeTurn(turn),
        memory: exchanges === undefined ? NO_MEMORY : { exchanges }
      })
    }
).pipe(Effect.provide(NodeFileSystem.layer))

/** Asks once. */
export const ask = (url: string, options?: AskOptions) =>
  Effect.flatMap(asker, (asking) => asking(url, options))

export const exchange = (asked: string, answered: string): Exchange => ({
  turnId: asked,
  asked,
  answered,
  at: 0
})
