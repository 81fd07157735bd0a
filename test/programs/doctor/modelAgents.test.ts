/** What doctor says of the models that agents ask. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { Probed } from "../../../src/layers/agent/models/probe.ts"
import { agentCheck, modelChecks } from "../../../src/programs/commands/doctor/modelAgents.ts"
import { listOf } from "../../../src/programs/simulator/model/say.ts"
import { INTERFACES, KEY, modelAgent } from "../../layers/agent/models/asking.ts"
import { makeConfig } from "../../support/configs.ts"
import { hanging, modelServer, refusing } from "../../support/modelServer.ts"

const URL_HERE = "http://127.0.0.1:11434"
const models = ["llama3.2:latest", "qwen3:8b", "qwen3:14b", "mistral-small"]

describe("a list of models", () => {
  it.each([
    ["llama3.2:latest", "ok", "has llama3.2:latest"],
    ["llama3.2", "ok", "has llama3.2"],
    ["mistral-small:free", "ok", "has mistral-small:free"],
    ["mistral-smal", "warning", "near it: mistral-small"],
    ["qwen3", "warning", "near it: qwen3:8b, qwen3:14b"],
    ["gpt-5", "warning", "it has 4: llama3.2:latest, qwen3:8b"]
  ])("with %s: %s, %s", (model, status, detail) => {
    const { agent, runtime } = modelAgent(URL_HERE, { type: "openai", model })
    expect(agentCheck(agent, runtime, Probed.Models({ ids: models }))).toMatchObject({
      id: "agent:main",
      title: "Agent main",
      status,
      detail: expect.stringContaining(detail)
    })
  })

  it("that is empty is said to be", () => {
    const { agent, runtime } = modelAgent(URL_HERE)
    expect(agentCheck(agent, runtime, Probed.Models({ ids: [] })).remedy).toContain("ollama pull")
  })
})

describe("an address", () => {
  it.each([
    Probed.Models({ ids: ["small"] }),
    Probed.NoList(),
    Probed.Refused({ status: 401 }),
    Probed.Refused({ status: 503 }),
    Probed.Unreachable({ detail: "ECONNREFUSED" })
  ])("is said without what lets somebody in: $_tag", (probed) => {
    const { agent, runtime } = modelAgent("http://user:treasure@localhost:9/v1?api-key=treasure", {
      type: "openai",
      model: "small"
    })
    const check = agentCheck(agent, runtime, probed)
    expect(check.detail).toContain("http://localhost:9")
    expect(JSON.stringify(check)).not.toContain("treasure")
  })
})

const looked = (url: string, runtime: object) =>
  Effect.map(
    modelChecks(
      makeConfig({
        agents: {
          list: [
            { id: "main", runtime: { baseUrl: url, ...runtime } },
            { id: "echo", runtime: { type: "echo" } }
          ]
        }
      }).agents.list
    ),
    ([check, ...more]) => {
      expect(more).toEqual([])
      return check
    }
  )

describe("a look at a server", () => {
  it.scopedLive.each(["openai", "anthropic"] as const)("finds the model of %s, and sends the key", (type) =>
    Effect.gen(function* () {
      const server = yield* modelServer(() => Effect.succeed(listOf(["small"])))
      const check = yield* looked(type === "openai" ? `${server.url}/v1` : server.url, {
        type,
        model: "small",
        apiKey: KEY
      })
      expect(check).toMatchObject({ status: "ok" })
      const [asked] = yield* server.asked
      expect(asked?.path).toBe("/v1/models")
      expect(asked?.headers).toMatchObject(
        type === "openai" ? { authorization: `Bearer ${KEY}` } : { "x-api-key": KEY }
      )
    })
  )

  it.scopedLive.each([
    [401, "failed", "runtime.apiKey"],
    [403, "failed", "runtime.apiKey"],
    [404, "warning", "/v1"],
    [503, "warning", "HTTP 503"]
  ] as const)("that answers %i is %s: %s", ([status, verdict, words]) =>
    Effect.gen(function* () {
      const server = yield* modelServer(refusing(status, { error: { message: KEY } }))
      const check = yield* looked(`${server.url}/v1`, INTERFACES.chat)
      expect(check?.status).toBe(verdict)
      expect(`${check?.detail} ${check?.remedy}`).toContain(words)
      expect(JSON.stringify(check)).not.toContain(KEY)
    })
  )

  it.scopedLive("where nobody answers has failed within its time", () =>
    Effect.gen(function* () {
      const server = yield* modelServer(hanging)
      const check = yield* looked(`${server.url}/v1`, INTERFACES.chat)
      expect(check).toMatchObject({
        status: "failed",
        detail: expect.stringContaining("no answer within 5000 ms")
      })
    })
  )

  it.live("where nobody listens has failed", () =>
    Effect.gen(function* () {
      const check = yield* looked("http://127.0.0.1:1/v1", INTERFACES.chat)
      expect(check).toMatchObject({ status: "failed", detail: expect.stringContaining("ECONNREFUSED") })
    })
  )
})
