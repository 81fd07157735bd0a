/** `setup`, through real processes, from an empty home to an answered message. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { ACP_AGENT, heardIn } from "../support/acp.ts"
import { PERSON, startGatewayWith } from "../support/gateway.ts"
import { KEYS } from "../support/pty.ts"
import { makeMachine } from "../support/setup.ts"
import { eventually } from "../support/simulator.ts"

const Told = Schema.parseJson(
  Schema.Struct({
    ok: Schema.Boolean,
    config: Schema.String,
    owner: Schema.NullOr(Schema.String),
    steps: Schema.Array(
      Schema.Struct({ id: Schema.String, title: Schema.String, state: Schema.String, detail: Schema.String })
    ),
    error: Schema.optional(
      Schema.Struct({ code: Schema.String, message: Schema.String, hint: Schema.String })
    )
  })
)

// biome-ignore lint/suspicious/noTemplateCurlyInString: as config files have it
const READS_BOT = '{owners: ["+15555550111"], agents: {list: [{id: "main", name: "${BOT}"}]}}'

type Machine = Effect.Effect.Success<ReturnType<typeof makeMachine>>

const decoded = (stdout: string) =>
  Effect.map(Schema.decode(Told)(stdout), (told) => ({
    ...told,
    states: Object.fromEntries(told.steps.map(({ id, state }) => [id, state]))
  }))

const modeOf = (file: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.map(fs.stat(file), ({ mode }) => mode & 0o777))

/** Starts the gateway as setup says. */
const started = ({ configFile, dir, env }: Machine) =>
  Effect.gen(function* () {
    const gateway = yield* startGatewayWith(env, { dir, configFile, stateDir: `${env.HOME}/.imsg-gateway` })
    yield* gateway.awaitRunning()
  })

/** Lets the owner write: the answer that comes back. */
const answered = ({ imsg }: Machine) =>
  Effect.gen(function* () {
    const before = (yield* imsg.chats.sent()).length
    const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
    yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "Are you there?" })
    return (yield* imsg.awaitSent(before + 1)).at(-1)
  })

const haveConfig = ({ configFile }: Machine, text: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* fs.makeDirectory(configFile.replace(/\/[^/]+$/u, ""), { recursive: true })
    yield* fs.writeFileString(configFile, text)
  })

const deadline = { timeout: 180_000 }

describe("setup --yes", deadline, () => {
  it.scopedLive("goes from an empty home to an answered message", () =>
    Effect.gen(function* () {
      const machine = yield* makeMachine()
      const { configFile, home, imsg, run } = machine
      const { code, stderr, stdout } = yield* run("setup", "--yes", "--json", "--owner", PERSON)
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
      const told = yield* decoded(stdout)
      expect(told).toMatchObject({ ok: true, config: configFile, owner: PERSON })
      expect(told.states).toEqual({
        imsg: "done",
        permissions: "done",
        agent: "done",
        owner: "done",
        config: "done",
        answer: "done",
        service: "skipped",
        hello: "left"
      })
      expect(told.steps.find(({ id }) => id === "agent")?.detail).toBe("llama3.2:latest (ollama)")
      expect(told.steps.find(({ id }) => id === "service")?.detail).toContain("no service manager runs here")
      expect(yield* modeOf(configFile)).toBe(0o600)
      expect(yield* modeOf(`${home}/.imsg-gateway`)).toBe(0o700)
      // Nobody is told to write where nobody would answer.
      expect(yield* imsg.chats.sent()).toEqual([])
      yield* started(machine)
      expect(yield* answered(machine)).toMatchObject({ text: "Hello, I am your model." })
      for (const _time of ["first", "second"]) {
        const { code, stdout } = yield* run("setup", "--yes", "--json")
        const { ok, states } = yield* decoded(stdout)
        expect({ code, ok, hello: states.hello }).toEqual({ code: 0, ok: true, hello: "done" })
      }
      const greetings = (yield* imsg.chats.sent()).filter(({ text }) => /^I am here/u.test(text))
      expect(greetings).toHaveLength(1)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("takes an agent of the Agent Client Protocol, and lets it do nothing", () =>
    Effect.gen(function* () {
      const machine = yield* makeMachine()
      const fs = yield* FileSystem.FileSystem
      const program = `#!/bin/sh\nRECORD=${machine.dir}/heard exec ${process.execPath} ${ACP_AGENT}\n`
      yield* fs.writeFileString(`${machine.bin}/goose`, program, { mode: 0o755 })
      const told = yield* decoded(
        (yield* machine.run("setup", "--yes", "--json", "--owner", PERSON, "--agent", "goose")).stdout
      )
      expect(told).toMatchObject({ ok: true, states: { agent: "done", config: "done", answer: "done" } })
      expect(told.steps.find(({ id }) => id === "answer")?.detail).toContain("turn 1 of small")
      const text = yield* fs.readFileString(machine.configFile)
      expect(text).toContain(`command: [\n            "${machine.bin}/goose",\n            "acp",`)
      expect(text).toContain('default: "deny"')
      // By itself it would ask for nothing.
      const [start] = yield* heardIn(`${machine.dir}/heard`)
      expect(start?.params.env).toContain("GOOSE_MODE")
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("is not done where the service lacks a variable of the config, and says which", () =>
    Effect.gen(function* () {
      const machine = yield* makeMachine({ manager: true, variables: { BOT: "Robin" } })
      const { configFile, imsg, run } = machine
      yield* haveConfig(machine, READS_BOT)
      const { code, stderr, stdout } = yield* run("setup", "--yes", "--json")
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringMatching(/^Service: it is installed/u)
      })
      const told = yield* decoded(stdout)
      expect(told).toMatchObject({ ok: false, config: configFile, error: { code: "setup_stuck" } })
      expect(told.states).toMatchObject({ service: "by-hand", hello: "left" })
      expect(told.steps.find(({ id }) => id === "service")?.detail).toContain("The config reads BOT")
      expect((yield* run("setup", "--yes")).stdout).toMatch(
        /The gateway does not run yet[\s\S]*Still open: .*Service/u
      )
      expect(yield* imsg.chats.sent()).toEqual([])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("prints an object also where the config that is there is wrong", () =>
    Effect.gen(function* () {
      const machine = yield* makeMachine()
      yield* haveConfig(machine, "{imessage: {cliPaht: 1}}")
      const { code, stderr, stdout } = yield* machine.run("setup", "--yes", "--json")
      expect(code).toBe(2)
      const { config, error, ok, steps } = yield* decoded(stdout)
      expect({ config, ok, steps }).toEqual({ config: machine.configFile, ok: false, steps: [] })
      expect(error?.code).toBe("config_invalid")
      expect(stderr).toContain(error?.message ?? "an error")
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("leaves a config that is there as it is, says nothing twice, and prints what it lacks", () =>
    Effect.gen(function* () {
      const machine = yield* makeMachine()
      const { configFile, imsg, run } = machine
      const fs = yield* FileSystem.FileSystem
      const own = `{imessage: {cliPath: "imsg"}} // mine\n`
      yield* haveConfig(machine, own)
      const { code, stdout } = yield* run("setup", "--yes", "--owner", PERSON, "--agent", "echo")
      expect(code).toBe(0)
      expect(stdout).toContain(`  owners: ["${PERSON}"],\n  agents: {\n    list: [`)
      expect(yield* fs.readFileString(configFile)).toBe(own)
      expect(yield* imsg.chats.sent()).toEqual([])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive.each([
    { what: "who the owner is", args: [], problem: /Owner: who the owner is/u, hint: /--owner \+1555/u },
    {
      what: "an agent that is not there",
      args: ["--owner", PERSON, "--agent", "claude"],
      problem: /Agent: there is no agent "claude" here/u,
      hint: /can be: ollama, echo/u
    },
    {
      what: "an imsg that is not there",
      args: ["--owner", PERSON, "--imsg", "/nowhere/imsg"],
      problem: /imsg: .*\/nowhere\/imsg/u,
      hint: /./u
    },
    {
      what: "an owner who is nobody",
      args: ["--owner", "42"],
      problem: /Owner: /u,
      hint: /./u
    }
  ])("cannot guess $what: it exits 1, and nothing is written", ({ args, hint, problem }) =>
    Effect.gen(function* () {
      const { home, run } = yield* makeMachine()
      const { code, stderr, stdout } = yield* run("setup", "--yes", "--json", ...args)
      const [message = "", advice = ""] = stderr.split("\n")
      expect({ code, message, advice }).toEqual({
        code: 1,
        message: expect.stringMatching(problem),
        advice: expect.stringMatching(hint)
      })
      expect(yield* decoded(stdout)).toMatchObject({ ok: false, error: { code: "setup_stuck", message } })
      const fs = yield* FileSystem.FileSystem
      expect(yield* fs.readDirectory(home)).toEqual([])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("says which grant is missing, and to whom to give it", () =>
    Effect.gen(function* () {
      const { imsg, run } = yield* makeMachine()
      yield* imsg.chats.fault({ _tag: "denyFullDisk" })
      const { code, stderr } = yield* run("setup", "--yes", "--owner", PERSON)
      expect(code).toBe(1)
      expect(stderr).toContain("Permissions: macOS denies Full Disk Access")
      expect(stderr).toContain("Full Disk Access: switch on Terminal")
    })
  )
})

describe("setup over SSH", deadline, () => {
  it.scopedLive("finds imsg on the Mac, and comes to an answered message as well", () =>
    Effect.gen(function* () {
      const machine = yield* makeMachine({ mac: "me@mac.example.com" })
      const { bin, configFile, run } = machine
      const { code, stderr } = yield* run("setup", "--yes", "--imsg", "me@mac.example.com", "--owner", PERSON)
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
      const fs = yield* FileSystem.FileSystem
      expect(yield* fs.readFileString(configFile)).toContain(
        `cliPath: "ssh -T -o BatchMode=yes -o ConnectTimeout=5 me@mac.example.com ${bin}/imsg"`
      )
      yield* started(machine)
      expect(yield* answered(machine)).toMatchObject({ text: "Hello, I am your model." })
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("says what ssh says where the Mac does not answer, and writes nothing", () =>
    Effect.gen(function* () {
      const { home, run } = yield* makeMachine({ mac: "me@mac.example.com" })
      const { code, stderr } = yield* run(
        "setup",
        "--yes",
        "--imsg",
        "me@gone.example.com",
        "--owner",
        PERSON
      )
      expect(code).toBe(1)
      expect(stderr).toMatch(/^Permissions: .*gone\.example\.com/u)
      const fs = yield* FileSystem.FileSystem
      expect(yield* fs.readDirectory(home)).toEqual([])
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("setup without a terminal", () => {
  it.scopedLive("asks nothing, and says what to do", () =>
    Effect.gen(function* () {
      const { run } = yield* makeMachine()
      const { code, stderr } = yield* run("setup")
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringMatching(/^setup asks questions, and this is no terminal\n.*--yes --owner/u)
      })
    })
  )
})

/** The code in the newest message. */
const codeSent = ({ imsg }: Machine) =>
  Effect.map(
    eventually("the code", imsg.chats.sent(), (sent) => sent.some(({ text }) => /is your code/u.test(text))),
    (sent) => sent.at(-1)?.text.slice(0, 8) ?? ""
  )

describe("setup at a terminal", deadline, () => {
  it.scopedLive("asks, proves the owner by a code, and comes to an answered message", () =>
    Effect.gen(function* () {
      const machine = yield* makeMachine()
      const { answer, ended } = yield* machine.typed("setup")
      yield* answer("Who shall answer?", KEYS.enter)
      yield* answer("Which model of ollama?", `${KEYS.down}${KEYS.enter}`)
      yield* answer("Your number or email", `${PERSON}${KEYS.enter}`)
      const code = yield* codeSent(machine)
      yield* answer("The code", `wrong${KEYS.enter}`)
      yield* answer(/That is not the code[\s\S]*The code/u, `${code.toLowerCase()}${KEYS.enter}`)
      yield* answer(/Write .*config\.json5\?/u, KEYS.enter)
      yield* answer("Ask the agent once", KEYS.enter)
      yield* answer("start the gateway, then run", "")
      yield* started(machine)
      yield* answer("Go back to one?", `${KEYS.down}${KEYS.enter}`)
      yield* answer('Send "I am here"', KEYS.enter)
      const { code: exit, screen } = yield* ended
      expect(exit).toBe(0)
      expect(screen).toContain(`✓ Owner: ${PERSON}`)
      expect(screen).toContain('✓ Answer: "Hello, I am your model."')
      expect(screen).toContain(`✓ Hello: said to ${PERSON}`)
      expect(screen).toContain(`The gateway runs.\nThen write to it from ${PERSON}`)
      const fs = yield* FileSystem.FileSystem
      expect(yield* fs.readFileString(machine.configFile)).toContain('model: "qwen3:8b"')
      expect(yield* answered(machine)).toMatchObject({ text: "Hello, I am your model." })
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("waits for a grant, and goes on once it is there", () =>
    Effect.gen(function* () {
      const { imsg, typed } = yield* makeMachine()
      yield* imsg.chats.fault({ _tag: "denyFullDisk" })
      const { answer } = yield* typed("setup")
      yield* answer("It is looked at every three seconds", "")
      yield* imsg.chats.clearFaults
      yield* answer("✓ Permissions", "")
      yield* answer("Who shall answer?", KEYS.ctrlC)
    })
  )

  it.scopedLive("comes back to what was left", () =>
    Effect.gen(function* () {
      const machine = yield* makeMachine({ imsg: false })
      const { answer, ended } = yield* machine.typed("setup")
      yield* answer("leaves it for later", `-${KEYS.enter}`)
      yield* answer("Who shall answer?", `${KEYS.up}${KEYS.up}${KEYS.enter}`)
      yield* answer("Go back to one?", `${KEYS.down}${KEYS.enter}`)
      yield* answer("leaves it for later", `${machine.bin}/imsg-elsewhere${KEYS.enter}`)
      yield* answer("Your number or email", `-${KEYS.enter}`)
      yield* answer(/Write .*config\.json5\?/u, "n")
      yield* answer("Go back to one?", KEYS.enter)
      const { code, screen } = yield* ended
      expect(code).toBe(0)
      expect(screen).toContain("Nothing was written.")
    })
  )

  it.scopedLive("looks again at what was refused, and lets a mistyped number be corrected", () =>
    Effect.gen(function* () {
      const machine = yield* makeMachine()
      const { answer } = yield* machine.typed("setup", "--agent", "claude")
      const fs = yield* FileSystem.FileSystem
      yield* answer('there is no agent "claude" here', "")
      yield* fs.writeFileString(`${machine.bin}/claude`, "#!/bin/sh\n", { mode: 0o755 })
      yield* answer("What now?", KEYS.enter)
      yield* answer(/Who shall answer\?[\s\S]*Claude Code/u, KEYS.enter)
      yield* answer("Which model of ollama?", KEYS.enter)
      yield* answer("Your number or email", `+15555550119${KEYS.enter}`)
      yield* answer("A code was sent to +15555550119", `-${KEYS.enter}`)
      yield* answer(/Write .*config\.json5\?/u, "n")
      yield* answer("Go back to one?", `${KEYS.down}${KEYS.enter}`)
      yield* answer("Your number or email", `${PERSON}${KEYS.enter}`)
      yield* answer(`A code was sent to ${PERSON}`, KEYS.ctrlC)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("leaves everything as it is at Ctrl-C", () =>
    Effect.gen(function* () {
      const { home, typed } = yield* makeMachine()
      const { answer, ended } = yield* typed("setup")
      yield* answer("Who shall answer?", KEYS.ctrlC)
      const { code, screen } = yield* ended
      expect(code).toBe(130)
      expect(screen).toContain("nothing else was changed")
      const fs = yield* FileSystem.FileSystem
      expect(yield* fs.readDirectory(home)).toEqual([])
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
