/** `agent test`, through real processes: an agent is asked, and nobody is told. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { MAIN, runWith } from "../support/command.ts"
import { makeHome } from "../support/gateway.ts"
import { modelServer, refusing, saying } from "../support/modelServer.ts"

const KEY = "sk-test-0123456789abcdef"
/** A picture of one pixel. */
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

const Told = Schema.parseJson(
  Schema.Struct({
    ok: Schema.Boolean,
    agent: Schema.String,
    durationMs: Schema.Number,
    inputs: Schema.Array(Schema.Unknown),
    parts: Schema.Array(Schema.Unknown),
    interim: Schema.Array(Schema.String),
    notes: Schema.Array(
      Schema.Struct({ message: Schema.String }, { key: Schema.String, value: Schema.Unknown })
    ),
    error: Schema.optional(
      Schema.Struct({ code: Schema.String, message: Schema.String, hint: Schema.String })
    )
  })
)

/** A config with one agent, and the command that asks it. */
const withAgent = (agent: object, more: object = {}) =>
  Effect.gen(function* () {
    const home = yield* makeHome({ agents: { list: [{ id: "robin", ...agent }] }, ...more })
    const variables = { HOME: home.dir, MODEL_KEY: KEY, NO_COLOR: "1" }
    const ask = (...args: ReadonlyArray<string>) =>
      runWith(variables, "node", MAIN, "agent", "test", ...args, "--config", home.configFile)
    const told = (...args: ReadonlyArray<string>) =>
      Effect.gen(function* () {
        const { code, stdout } = yield* ask(...args, "--json")
        return { code, ...(yield* Schema.decode(Told)(stdout)) }
      })
    return { home, ask, told }
  })

const program = (script: string, format: "json" | "text" = "json") => ({
  runtime: { type: "command", command: ["/bin/sh", "-c", script], format }
})

describe("agent test", () => {
  it.scopedLive("shows what an agent was given and what would be sent, and leaves nothing behind", () =>
    Effect.gen(function* () {
      const { ask, home } = yield* withAgent({ runtime: { type: "echo" } })
      const { code, stderr, stdout } = yield* ask("hello")
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
      expect(stdout).toContain("What would be sent\n  1. a text of 11 characters\n    echo: hello\n")
      expect(stdout).toContain("Nothing was sent to anybody")
      const fs = yield* FileSystem.FileSystem
      expect(yield* fs.exists(home.stateDir)).toBe(false)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("gives a program the turn as an owner's, and cuts what it answers as Messages gets it", () =>
    Effect.gen(function* () {
      const answer = `cat >/dev/null; echo '{"interim":"one moment"}'; echo '{"say":"first"}'; echo '{"replies":[{"text":"${"x".repeat(30)}"}]}'`
      const { told } = yield* withAgent(program(answer), {
        owners: ["+15555550111"],
        imessage: { textChunkLimit: 20 }
      })
      const { code, inputs, interim, ok, parts } = yield* told("hi")
      expect({ code, interim, ok }).toEqual({ code: 0, interim: ["one moment"], ok: true })
      expect(parts).toEqual([{ text: "first" }, { text: "x".repeat(20) }, { text: "x".repeat(10) }])
      expect(inputs).toEqual([
        { program: "/bin/sh", stdin: expect.stringContaining('"sender":"+15555550111","text":"hi"') }
      ])
    })
  )

  it.scopedLive("says which file is left out, and what a program wrote to stderr", () =>
    Effect.gen(function* () {
      const script = `cat >/dev/null; echo "low on memory" >&2; echo '{"replies":[{"text":"see","media":["/etc/hosts"]}]}'`
      const { ask } = yield* withAgent(program(script))
      const { code, stdout } = yield* ask("hi")
      expect(code).toBe(0)
      expect(stdout).toContain("the agent wrote to stderr\n    low on memory")
      expect(stdout).toContain("/etc/hosts is left out")
      expect(stdout).not.toContain("2. the file")
    })
  )

  it.scopedLive("shows a model's messages and pictures, and nobody's key", () =>
    Effect.gen(function* () {
      const server = yield* modelServer(saying("A **dot**."))
      const { ask, home, told } = yield* withAgent({
        systemPrompt: "Be kind.",
        runtime: {
          type: "openai",
          baseUrl: `${server.url}/v1`,
          model: "small",
          apiKey: `\${MODEL_KEY}`,
          images: true
        }
      })
      const fs = yield* FileSystem.FileSystem
      const picture = `${home.dir}/dot.png`
      yield* fs.writeFile(picture, Buffer.from(PIXEL, "base64"))
      const { inputs, parts } = yield* told("what is it?", "--image", picture)
      expect(parts).toEqual([{ text: "A dot." }])
      expect(inputs).toMatchObject([
        {
          url: `${server.url}/v1/chat/completions`,
          body: {
            messages: [
              { role: "system", content: expect.stringMatching(/^Be kind\./u) },
              {
                role: "user",
                content: [
                  { type: "text", text: expect.stringContaining("what is it?") },
                  { type: "image_url" }
                ]
              }
            ]
          }
        }
      ])
      const shown = yield* ask("hi")
      expect((yield* server.asked).map(({ headers }) => headers.authorization)).toEqual([
        `Bearer ${KEY}`,
        `Bearer ${KEY}`
      ])
      expect(`${shown.stdout}${shown.stderr}${JSON.stringify(inputs)}`).not.toContain(KEY)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("asks once, and exits 1 with the code, the message and the hint of a failure", () =>
    Effect.gen(function* () {
      const server = yield* modelServer(refusing(500, { error: { message: "the model has crashed" } }))
      const { ask, told } = yield* withAgent({
        runtime: { type: "openai", baseUrl: `${server.url}/v1`, model: "small" }
      })
      const { code, stderr, stdout } = yield* ask("hi")
      expect(code).toBe(1)
      expect(stdout).toMatch(/It failed after .*: agent_/u)
      expect(stdout).toContain("the model has crashed")
      expect(stderr).toMatch(/^agent robin .*HTTP 500.*\n.+/u)
      const { error, ok } = yield* told("hi")
      expect({ ok, error }).toMatchObject({ ok: false, error: { code: expect.stringMatching(/^agent_/u) } })
      expect(yield* server.asked).toHaveLength(2)
    })
  )

  it.scopedLive.each([
    { what: "a program", agent: program("echo 'no such model' >&2; exit 3") },
    {
      what: "a server that is not there",
      agent: { runtime: { type: "openai", baseUrl: "http://127.0.0.1:1/v1", model: "small" } }
    }
  ])("promises nothing after a failure of $what, for nothing is tried again", ({ agent }) =>
    Effect.gen(function* () {
      const { ask } = yield* withAgent(agent)
      const { code, stderr } = yield* ask("hi")
      expect(code).toBe(1)
      expect(stderr).toMatch(/^agent robin .*\n.+/u)
      expect(stderr).not.toMatch(/three times|The turn is/u)
    })
  )

  it.scopedLive("names the agents where there is none of that id", () =>
    Effect.gen(function* () {
      const { ask } = yield* withAgent({ runtime: { type: "echo" } })
      const { code, stderr } = yield* ask("hi", "--agent", "robbin")
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: 'there is no agent "robbin"\nThe agents of the config are: robin.\n'
      })
    })
  )

  it.scopedLive("names the option of a picture that is not there", () =>
    Effect.gen(function* () {
      const { ask } = yield* withAgent({ runtime: { type: "echo" } })
      expect(yield* ask("hi", "--image", "/nowhere/nope.png")).toMatchObject({
        code: 2,
        stderr: expect.stringContaining("--image: there is no file /nowhere/nope.png")
      })
    })
  )
})
