/** A model as an agent, through real processes: what people see of it, what the log says, and what `doctor` says. */
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { MAIN, runWith } from "../support/command.ts"
import { makeHome, openAccount, PERSON, startGatewayWith } from "../support/gateway.ts"
import { modelServer, refusing, saying } from "../support/modelServer.ts"
import { eventually, makeSimulator } from "../support/simulator.ts"

const KEY = "sk-test-0123456789abcdef"

/** A gateway whose agent asks a server. Its key stands in the environment. */
const asking = (url: string) =>
  Effect.gen(function* () {
    const imsg = yield* makeSimulator()
    const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
    const runtime = { type: "openai", baseUrl: `${url}/v1`, model: "small", apiKey: `\${MODEL_KEY}` }
    const home = yield* makeHome({
      imessage: openAccount(imsg),
      agents: { list: [{ id: "main", systemPrompt: "Be kind.", runtime }] }
    })
    const variables = { MODEL_KEY: KEY }
    const gateway = yield* startGatewayWith(variables, home)
    yield* gateway.awaitRunning()
    return {
      imsg,
      gateway,
      say: (text: string) => imsg.chats.receive({ chatId: chat.id, sender: PERSON, text }),
      run: (...args: ReadonlyArray<string>) =>
        runWith(variables, "node", MAIN, ...args, "--config", home.configFile)
    }
  }).pipe(Effect.provide(NodeContext.layer))

describe("a model", () => {
  it.scopedLive("answers people, without its thoughts", () =>
    Effect.gen(function* () {
      const server = yield* modelServer(saying({ text: ["<think>hm</think>", "Hello ", "you"] }))
      const { imsg, say } = yield* asking(server.url)
      yield* say("hi")
      expect((yield* imsg.awaitSent(1)).map(({ text }) => text)).toEqual(["Hello you"])
      const [asked] = yield* server.asked
      expect(asked?.headers.authorization).toBe(`Bearer ${KEY}`)
      expect(asked?.body).toMatchObject({
        messages: [
          { role: "system", content: expect.stringMatching(/^Be kind\./u) },
          { role: "user", content: "hi" }
        ]
      })
    })
  )

  it.scopedLive("that refuses is asked once; the owner hears why, and nobody the key", () =>
    Effect.gen(function* () {
      const server = yield* modelServer(refusing(401, { error: { message: `Incorrect API key: ${KEY}` } }))
      const { gateway, run, say } = yield* asking(server.url)
      yield* say("my diary")
      yield* gateway.awaitLog("the refusal", ({ annotations }) =>
        String(annotations.hint).includes("agents.list[].runtime.apiKey")
      )
      const letter = yield* eventually("the dead letter", run("deadletters", "show", "1"), ({ stdout }) =>
        stdout.includes("agent main refuses: HTTP 401")
      )
      expect(letter.stdout).toContain("Incorrect API key: <redacted>")
      const doctor = yield* run("doctor", "--json")
      expect(doctor.stdout).toContain(`refuses the key: HTTP 401`)
      const asked = (yield* server.asked).filter(({ path }) => path.endsWith("/completions"))
      expect(asked).toHaveLength(1)
      for (const shown of [
        yield* gateway.output,
        letter.stdout,
        letter.stderr,
        doctor.stdout,
        doctor.stderr
      ]) {
        expect(shown).not.toContain(KEY)
      }
    })
  )
})
