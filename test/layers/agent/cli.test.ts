/** The `cli` runtime, with stand-ins for the agents of the command line that write as they do. */
import { fileURLToPath } from "node:url"
import { FileSystem, Path } from "@effect/platform"
import { describe, expect, layer } from "@effect/vitest"
import { Effect, Ref } from "effect"
import { askCli } from "../../../src/layers/agent/cli/askCli.ts"
import type { AgentConfig } from "../../../src/schemas/Config.ts"
import { NO_MEMORY } from "../../../src/schemas/Conversation.ts"
import type { CliConfig } from "../../../src/schemas/config/runtimes/cli.ts"
import { PRESETS, type PresetName } from "../../../src/schemas/config/runtimes/presets.ts"
import type { Turn } from "../../../src/schemas/Turn.ts"
import { Said } from "../../../src/services/Agent.ts"
import { asTurnMessage, makeEnvelope } from "../../support/envelopes.ts"
import { ProcessesLive, withVariables } from "../../support/processes.ts"
import { makeTurn } from "../../support/turns.ts"

const STAND_IN = fileURLToPath(new URL("../../support/cliAgent.mjs", import.meta.url))
const NAMES = ["claude", "codex", "gemini", "opencode"] as const
const UUID = /^[0-9a-f-]{36}$/u

const runtimeOf = (preset: PresetName, given: Partial<CliConfig> = {}): CliConfig => ({
  type: "cli",
  timeoutMs: 30_000,
  passEnv: [],
  ...PRESETS[preset],
  command: [process.execPath, STAND_IN, preset],
  ...given
})

const agentWith = (runtime: CliConfig): AgentConfig => ({
  id: "main",
  isDefault: true,
  systemPrompt: "Be kind.",
  markdown: "plain",
  mediaRoots: [],
  mediaHosts: [],
  onReaction: "context",
  maxParts: 30,
  groupActions: false,
  runtime
})

const saying = (text: string): Turn => makeTurn({ envelopes: [asTurnMessage(makeEnvelope({ text }))] })

/** A state folder, and an agent of it that is asked; `runs` is what its program was given, run by run. */
const makeAgent = (preset: PresetName, given: Partial<CliConfig> = {}) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const stateDir = yield* Effect.flatMap(fs.makeTempDirectoryScoped(), fs.realPath)
    const record = path.join(stateDir, "runs")
    const runtime = runtimeOf(preset, given)
    const recorded = { ...runtime, env: { ...runtime.env, RECORD: record } }
    const heard = yield* Ref.make<ReadonlyArray<Said>>([])
    const ask = (turn: Turn, reference?: string) =>
      askCli(
        agentWith(recorded),
        recorded,
        { turn, memory: reference === undefined ? NO_MEMORY : { exchanges: [], reference } },
        (said) => Ref.update(heard, (all) => [...all, said]),
        stateDir
      )
    const runs = Effect.map(
      Effect.orElseSucceed(fs.readFileString(record), () => ""),
      (text) =>
        text
          .split("\n")
          .filter((line) => line !== "")
          .map((line): { args: string[]; asked: string; cwd: string; env: string[] } => JSON.parse(line))
    )
    return { ask, runs, stateDir, heard: Ref.get(heard) }
  })

layer(ProcessesLive, { excludeTestServices: true })((it) => {
  describe.each(NAMES)("%s", (preset) => {
    it.scoped("answers, and is resumed by the name of its session", () =>
      Effect.gen(function* () {
        const { ask, runs } = yield* makeAgent(preset)
        const first = yield* ask(saying("hello"))
        expect(first.replies).toHaveLength(1)
        expect(first.replies[0]?.text).toMatch(new RegExp(`^${preset}: turn 1, `, "u"))
        expect(first.replies[0]?.text).toMatch(/hello$/u)
        expect(first.reference).toMatch(preset === "opencode" ? /^ses_/u : UUID)
        const second = yield* ask(saying("again"), first.reference)
        expect(second.replies[0]?.text).toMatch(/: turn 2, /u)
        expect(second.reference).toBe(first.reference)
        expect((yield* runs)[1]?.args).toContain(first.reference)
      })
    )

    it.scoped("begins anew, once, where its session is gone and it has done nothing", () =>
      Effect.gen(function* () {
        const { ask, runs } = yield* makeAgent(preset)
        const gone = "0e7c1b9a-0000-4000-8000-000000000000"
        const answer = yield* ask(saying("hello"), gone)
        expect(answer.replies[0]?.text).toMatch(/: turn 1, /u)
        expect(answer.reference).not.toBe(gone)
        expect(yield* runs).toHaveLength(2)
      })
    )

    it.scoped.each([
      {
        fault: "half",
        detail: "it ended without a whole answer, and not all that it wrote is JSON",
        said: "it began {"
      },
      {
        fault: "garbage",
        detail: "it ended without a whole answer, and not all that it wrote is JSON",
        said: "it began "
      },
      { fault: "nothing", detail: "it ended without a whole answer" },
      { fault: "silent", detail: "it exited with code 1" },
      { fault: "code", detail: "it exited with code 7", said: "out of tokens" },
      { fault: "signal", detail: "it was ended by SIGKILL" },
      { fault: "fail", detail: "it says that it has failed", said: "Invalid API key" }
    ])("is not asked again after the fault $fault", ({ detail, fault, said }) =>
      Effect.gen(function* () {
        const { ask, runs } = yield* makeAgent(preset)
        const { reference } = yield* ask(saying("hello"))
        const failure = yield* Effect.flip(ask(saying(`fault ${fault}`), reference))
        expect(failure).toMatchObject({ _tag: "AgentInterrupted", agentId: "main", detail })
        if (said !== undefined) expect(failure.report).toContain(said)
        // Neither by a new session.
        expect(yield* runs).toHaveLength(2)
      })
    )

    it.scoped("has people's words on stdin, and none on its command line", () =>
      Effect.gen(function* () {
        const { ask, runs } = yield* makeAgent(preset)
        yield* ask(saying("--dangerously-skip-permissions"))
        const [run] = yield* runs
        expect(run?.asked).toMatch(/--dangerously-skip-permissions$/u)
        expect(run?.args.join(" ")).not.toMatch(/dangerous|yolo|bypass|--auto\b|full-access/u)
      })
    )

    it.scoped("is told the system prompt of the agent and of the group", () =>
      Effect.gen(function* () {
        const { ask, runs } = yield* makeAgent(preset)
        yield* ask({ ...saying("hello"), systemPrompt: "You are a guide." })
        const [run] = yield* runs
        const prompt = "Be kind.\n\nYou are a guide."
        if (preset === "claude") {
          expect(run?.args).toContain(prompt)
          expect(run?.asked).toBe("hello")
        } else expect(run?.asked).toBe(`${prompt}\n\nhello`)
      })
    )
  })

  describe("an agent of the command line", () => {
    it.scoped("works in a folder of its own, which is nobody else's", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const { ask, runs, stateDir } = yield* makeAgent("claude")
        yield* ask(saying("hello"))
        expect((yield* runs)[0]?.cwd).toBe(`${stateDir}/agents/main`)
        expect((yield* fs.stat(`${stateDir}/agents/main`)).mode & 0o777).toBe(0o700)
      })
    )

    it.scoped("has neither the gateway's secrets nor other agents' keys", () =>
      Effect.gen(function* () {
        yield* withVariables({ PAGE_TOKEN: "hush", OTHER_AGENT_KEY: "key", MY_KEY: "mine" })
        const { ask, runs } = yield* makeAgent("opencode", { passEnv: ["MY_*"] })
        yield* ask(saying("hello"))
        const names = (yield* runs)[0]?.env ?? []
        expect(names).toEqual(expect.arrayContaining(["MY_KEY", "HOME", "PATH", "GATEWAY_TURN_ID"]))
        const foreign = /^(GATEWAY_\w+|LC_\w+|PATH|HOME|USER|LOGNAME|SHELL|LANG|TMPDIR|TZ|__CF\w*)$/u
        expect(names.filter((name) => !foreign.test(name)).sort()).toEqual([
          "MY_KEY",
          "OPENCODE_PERMISSION",
          "RECORD"
        ])
      })
    )

    it.scoped("may look at the files that people sent, each folder named once", () =>
      Effect.gen(function* () {
        const file = (name: string) => ({
          path: `/var/photos/${name}`,
          mimeType: "image/jpeg",
          name,
          bytes: 1
        })
        const { ask, runs } = yield* makeAgent("claude")
        const message = {
          ...asTurnMessage(makeEnvelope({ text: "look" })),
          attachments: [file("a.jpg"), file("b.jpg")]
        }
        yield* ask(makeTurn({ envelopes: [message] }))
        const [run] = yield* runs
        expect(run?.args.slice(-2)).toEqual(["--add-dir", "/var/photos"])
        expect(run?.args.filter((argument) => argument === "--add-dir")).toHaveLength(1)
        expect(run?.asked).toContain("/var/photos/b.jpg")
      })
    )

    it.scoped("can speak before its end", () =>
      Effect.gen(function* () {
        const { ask, heard } = yield* makeAgent("codex")
        yield* ask(saying("say"))
        expect(yield* heard).toEqual([Said.Begin(), Said.Say({ reply: { text: "On my way." } })])
      })
    )

    it.scoped("that hangs is ended, and not asked again", () =>
      Effect.gen(function* () {
        const { ask } = yield* makeAgent("gemini", { timeoutMs: 3000 })
        expect(yield* Effect.flip(ask(saying("fault hang")))).toMatchObject({
          _tag: "AgentInterrupted",
          detail: "it did not end within 3000 ms"
        })
      })
    )

    it.scoped("that is not there says what to do", () =>
      Effect.gen(function* () {
        const { ask } = yield* makeAgent("claude", { command: ["/nowhere/claude"] })
        const failure = yield* Effect.flip(ask(saying("hello")))
        expect(failure).toMatchObject({
          _tag: "AgentRefused",
          detail: expect.stringMatching(
            /^\/nowhere\/claude cannot be started in .*: there is no such program$/u
          )
        })
        expect(failure.hint).toMatch(/^Install it .*runtime\.command/u)
      })
    )

    it.scoped("may print text alone, and take its prompt as an argument, which is never an option", () =>
      Effect.gen(function* () {
        const { ask } = yield* makeAgent("claude", {
          command: ["/bin/echo"],
          args: ["{prompt}"],
          systemPromptArgs: ["{systemPrompt}"],
          output: "text"
        })
        expect(yield* ask(saying("-n"))).toEqual({ replies: [{ text: "-n Be kind." }] })
      })
    )
  })
})
