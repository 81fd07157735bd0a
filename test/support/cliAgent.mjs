// Stands in for the agents of the command line, in the shapes that they write: `node cliAgent.mjs claude -p …`.
// What it is asked decides what goes wrong; sessions are files in the folder that it works in.

import { randomUUID } from "node:crypto"
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"

const [cli, ...args] = process.argv.slice(2)
const valueOf = (flag) => (args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined)
const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`)

if (args.includes("--version")) {
  console.log(`${cli} 1.2.3 (a stand-in)`)
  process.exit(0)
}

const known = {
  claude: () => valueOf("--resume"),
  codex: () => valueOf("resume"),
  gemini: () => valueOf("--resume"),
  opencode: () => valueOf("-s")
}[cli]()
const asked = readFileSync(0, "utf8")
const session =
  known ?? valueOf("--session-id") ?? (cli === "opencode" ? `ses_${randomUUID().slice(0, 8)}` : randomUUID())

if (process.env.RECORD !== undefined) {
  appendFileSync(
    process.env.RECORD,
    `${JSON.stringify({ args, asked, cwd: process.cwd(), env: Object.keys(process.env) })}\n`
  )
}

const file = `sessions/${session}`
if (known !== undefined && !existsSync(file)) {
  if (cli === "claude") {
    print({
      type: "result",
      subtype: "error_during_execution",
      is_error: true,
      num_turns: 0,
      session_id: known,
      total_cost_usd: 0,
      errors: [`No conversation found with session ID: ${known}`]
    })
    console.error(`No conversation found with session ID: ${known}`)
  } else if (cli === "codex")
    console.error(
      `Error: thread/resume: thread/resume failed: no rollout found for thread id ${known} (code -32600)`
    )
  else if (cli === "gemini") console.error(`Error resuming session: Invalid session identifier "${known}".`)
  else console.error("Error: Session not found")
  process.exit(1)
}
mkdirSync("sessions", { recursive: true })
const before = existsSync(file) ? readFileSync(file, "utf8") : ""
writeFileSync(file, `${before}x`)
const answer = `${cli}: turn ${before.length + 1}, ${asked}`

const opening = {
  claude: () => {},
  codex: () => {
    print({ type: "thread.started", thread_id: session })
    print({ type: "turn.started" })
    print({ type: "item.completed", item: { id: "item_0", type: "agent_message", text: "I will look." } })
    print({ type: "error", message: "Reconnecting... 1/5" })
    print({
      type: "item.started",
      item: {
        id: "item_1",
        type: "command_execution",
        command: "ls",
        aggregated_output: "",
        status: "in_progress"
      }
    })
    print({
      type: "item.completed",
      item: {
        id: "item_1",
        type: "command_execution",
        command: "ls",
        aggregated_output: "notes\n",
        exit_code: 0,
        status: "completed"
      }
    })
  },
  gemini: () => {
    print({ type: "init", timestamp: "2026-11-27T00:00:00.000Z", session_id: session, model: "auto" })
    print({ type: "message", role: "user", content: asked })
    print({ type: "message", role: "assistant", content: "I will look.", delta: true })
    print({ type: "tool_use", tool_name: "list_directory", tool_id: "t1", parameters: {} })
    print({ type: "tool_result", tool_id: "t1", status: "success", output: "notes" })
  },
  opencode: () => {
    print({ type: "step_start", timestamp: 1, sessionID: session, part: { type: "step-start" } })
    print({ type: "text", timestamp: 2, sessionID: session, part: { type: "text", text: "I will look." } })
    print({
      type: "tool_use",
      timestamp: 3,
      sessionID: session,
      part: { type: "tool", tool: "list", callID: "c1", state: { status: "completed", output: "notes" } }
    })
    print({
      type: "step_finish",
      timestamp: 4,
      sessionID: session,
      part: { type: "step-finish", reason: "tool-calls" }
    })
    print({ type: "step_start", timestamp: 5, sessionID: session, part: { type: "step-start" } })
  }
}[cli]

const closing = {
  claude: () =>
    print({
      type: "result",
      subtype: "success",
      is_error: false,
      duration_ms: 12,
      num_turns: 1,
      result: answer,
      session_id: session,
      total_cost_usd: 0.01,
      usage: {}
    }),
  codex: () => {
    print({ type: "item.completed", item: { id: "item_2", type: "agent_message", text: answer } })
    print({ type: "turn.completed", usage: { input_tokens: 1, cached_input_tokens: 0, output_tokens: 1 } })
  },
  gemini: () => {
    const half = Math.floor(answer.length / 2)
    print({ type: "message", role: "assistant", content: answer.slice(0, half), delta: true })
    print({ type: "message", role: "assistant", content: answer.slice(half), delta: true })
    print({ type: "result", status: "success", stats: { total_tokens: 2 } })
  },
  opencode: () => {
    print({ type: "text", timestamp: 6, sessionID: session, part: { type: "text", text: answer } })
    print({
      type: "step_finish",
      timestamp: 7,
      sessionID: session,
      part: { type: "step-finish", reason: "stop" }
    })
  }
}[cli]

const failing = {
  claude: () =>
    print({
      type: "result",
      subtype: "success",
      is_error: true,
      num_turns: 1,
      result: "Invalid API key",
      session_id: session
    }),
  codex: () => print({ type: "turn.failed", error: { message: "Invalid API key" } }),
  gemini: () =>
    print({ type: "result", status: "error", error: { type: "AuthError", message: "Invalid API key" } }),
  opencode: () =>
    print({
      type: "error",
      timestamp: 6,
      sessionID: session,
      error: { name: "ProviderAuthError", data: { message: "Invalid API key" } }
    })
}[cli]

const faults = {
  half: () => {
    opening()
    process.stdout.write('{"type": "result", "is_error": fal')
  },
  garbage: () => console.log("Welcome! There is an update.\n<<<"),
  silent: () => process.exit(1),
  code: () => {
    opening()
    console.error("out of tokens")
    process.exit(7)
  },
  signal: () => process.kill(process.pid, "SIGKILL"),
  hang: () => {
    opening()
    setInterval(() => {}, 60_000)
  },
  fail: () => {
    opening()
    failing()
  },
  nothing: () => {}
}

const fault = Object.keys(faults).find((name) => asked.endsWith(`fault ${name}`))
if (fault !== undefined) faults[fault]()
else {
  if (asked.endsWith("say")) print({ say: "On my way." })
  opening()
  closing()
}
