/** Agents of the command line and webhooks, asked by the built gateway. */
import { fileURLToPath } from "node:url"
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { eventually } from "../support/simulator.ts"
import { answering, webhookServer } from "../support/webhookServer.ts"
import { askPort, TOKEN, webGateway } from "../support/webPage.ts"

const STAND_IN = fileURLToPath(new URL("../support/cliAgent.mjs", import.meta.url))

/** A gateway with the web page whose only agent has a runtime. */
const gatewayWith = (runtime: object) =>
  webGateway({}, {}, { config: { agents: { list: [{ id: "main", runtime }] } } })

describe("a webhook that answers later", () => {
  it.scopedLive("is let in by the token, and what it says goes where the turn came from", () =>
    Effect.gen(function* () {
      const server = yield* webhookServer(answering(202, "application/json", ""))
      const { awaitPage, imsg, port, say } = yield* gatewayWith({ type: "webhook", url: server.url })
      yield* awaitPage()
      const { guid } = yield* say("are you there?")
      yield* eventually(
        "the request",
        Effect.sync(() => server.received.length),
        (count) => count === 1
      )
      const { id } = JSON.parse(server.received[0]?.body ?? "")
      expect(id).toBe(`default:${guid}`)

      const reply = (turn: string, headers: Readonly<Record<string, string>>, body: string) =>
        askPort(port, {
          method: "POST",
          path: `/turns/${encodeURIComponent(turn)}/reply`,
          headers: { "content-type": "application/json", ...headers },
          body
        })
      const bearer = { authorization: `Bearer ${TOKEN}` }
      const body = '{"replies": [{"text": "here I am"}]}'
      expect(yield* reply(id, {}, body)).toMatchObject({ status: 401 })
      expect(yield* reply(id, { authorization: "Bearer another" }, body)).toMatchObject({ status: 401 })
      expect(yield* reply(id, bearer, '{"reply": "no"}')).toMatchObject({ status: 400 })
      const other = yield* reply("default:other", bearer, body)
      expect(other.status).toBe(404)
      expect(JSON.parse(other.body)).toMatchObject({
        code: "turn_not_awaited",
        message: "no reply to the turn default:other is waited for"
      })
      expect(yield* reply(id, bearer, body)).toMatchObject({ status: 204 })
      expect((yield* imsg.awaitSent(1)).map(({ text }) => text)).toEqual(["here I am"])
      expect(yield* reply(id, bearer, body)).toMatchObject({ status: 404 })
      expect(server.received).toHaveLength(1)
    })
  )
})

describe("an agent of the command line", () => {
  it.scopedLive("answers in a folder of its own in the state folder", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { home, imsg, say } = yield* gatewayWith({
        type: "cli",
        preset: "claude",
        command: [process.execPath, STAND_IN, "claude"]
      })
      yield* say("hello")
      expect((yield* imsg.awaitSent(1)).map(({ text }) => text)).toEqual(["claude: turn 1, hello"])
      const folder = `${home.stateDir}/agents/main`
      expect((yield* fs.stat(folder)).mode & 0o777).toBe(0o700)
      expect(yield* fs.exists(`${folder}/sessions`)).toBe(true)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("that fails once it runs is not run again, and leaves a dead letter", () =>
    Effect.gen(function* () {
      const { awaitPage, imsg, port, say } = yield* gatewayWith({
        type: "cli",
        preset: "codex",
        command: [process.execPath, STAND_IN, "codex"]
      })
      yield* awaitPage()
      yield* say("fault code")
      const letters = askPort(port, { path: "/deadletters", headers: { authorization: `Bearer ${TOKEN}` } })
      const { body } = yield* eventually("the dead letter", letters, (answer) => answer.body !== "[]")
      expect(JSON.parse(body)).toMatchObject([{ code: "agent_interrupted" }])
      // Its person hears that much, and nothing of what was printed.
      expect((yield* imsg.awaitSent(1)).map(({ text }) => text)).toEqual([expect.stringMatching(/^Sorry/u)])
    })
  )
})
