/** The example agents of docs/agents.md, each asked by a gateway over the simulator. */
import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { startWith } from "../support/command.ts"
import { conversation, PERSON } from "../support/gateway.ts"
import { program } from "../support/programs.ts"
import { eventually } from "../support/simulator.ts"

const EXAMPLES = fileURLToPath(new URL("../../examples/", import.meta.url))
const LONGEST_LINES = 40

const agent = (
  runtime: Readonly<Record<string, unknown>>,
  inbound: Readonly<Record<string, unknown>> = {}
) => ({
  agents: { list: [{ id: "main", runtime }] },
  messages: { inbound }
})

const texts = (sent: ReadonlyArray<{ readonly text: string | null }>) => sent.map(({ text }) => text)

describe("an example", () => {
  it.each(readdirSync(EXAMPLES))("is short, and named where people look: %s", (name) => {
    expect(readFileSync(`${EXAMPLES}${name}`, "utf8").split("\n").length).toBeLessThanOrEqual(
      LONGEST_LINES + 1
    )
    expect(readFileSync("docs/agents.md", "utf8")).toContain(`(../examples/${name})`)
  })

  it.scopedLive("of the shell answers, and is silent where it has nothing to say", () =>
    Effect.gen(function* () {
      const { imsg, say } = yield* conversation(
        {},
        agent({ type: "command", command: [`${EXAMPLES}answer.sh`] })
      )
      yield* say("Hello there")
      yield* imsg.awaitSent(1)
      yield* say("Thanks!")
      yield* say("What time is it?")
      const sent = yield* imsg.awaitSent(2)
      expect(texts(sent)).toEqual([
        `${PERSON} wrote 11 characters.`,
        expect.stringMatching(/^It is \d\d:\d\d\.$/u)
      ])
    })
  )

  it.scopedLive("in Python answers each message of a turn, after a word that it works", () =>
    Effect.gen(function* () {
      yield* program("python3")
      const { imsg, say } = yield* conversation(
        {},
        agent({ type: "command", format: "json", command: [`${EXAMPLES}answer.py`] }, { debounceMs: 1000 })
      )
      yield* say("one two")
      yield* say("three")
      const sent = yield* imsg.awaitSent(3)
      expect(texts(sent)).toEqual([
        "2 messages, one after the other.",
        "2 words and 0 files in: one two",
        "1 words and 0 files in: three"
      ])
    })
  )

  it.scopedLive("in Node remembers what its session said", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const notes = `${yield* fs.makeTempDirectoryScoped()}/notes`
      const { imsg, say } = yield* conversation(
        {},
        agent({ type: "command", format: "json", command: [`${EXAMPLES}answer.mjs`], env: { NOTES: notes } })
      )
      yield* say("first")
      yield* imsg.awaitSent(1)
      yield* say("second")
      expect(texts(yield* imsg.awaitSent(2))).toEqual(["1. first", "2. second"])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("as a server answers what is signed, and nothing else", () =>
    Effect.gen(function* () {
      const secret = "a-secret-of-the-examples"
      const server = yield* startWith({ AGENT_SECRET: secret, PORT: "0" }, "node", `${EXAMPLES}server.mjs`)
      const said = yield* eventually("the port", server.stdout, (text) => text.includes("\n"))
      const url = `http://127.0.0.1:${/\d+/u.exec(said)?.[0]}/`
      const refused = yield* Effect.promise(() => fetch(url, { method: "POST", body: "{}" }))
      expect(refused.status).toBe(401)
      const { imsg, say } = yield* conversation({}, agent({ type: "webhook", url, secret }))
      yield* say("Hello")
      expect(texts(yield* imsg.awaitSent(1))).toEqual(["You said: Hello"])
    })
  )
})
