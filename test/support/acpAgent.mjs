// Stands in for an agent of the Agent Client Protocol that does everything inconvenient. The variable ACP says what it can
// and how it starts; what it is asked decides what goes wrong. Sessions are files in the folder that it works in.

import { spawn } from "node:child_process"
import { randomUUID } from "node:crypto"
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { createInterface } from "node:readline"

const can = {
  version: 1,
  resume: "yes",
  load: "yes",
  close: true,
  images: true,
  startMs: 0,
  newMs: 0,
  dies: false,
  login: false,
  models: ["small", "large"],
  mcp: false,
  ...JSON.parse(process.env.ACP ?? "{}")
}

const record = (what) => {
  if (process.env.RECORD === undefined) return
  appendFileSync(process.env.RECORD, `${JSON.stringify({ pid: process.pid, ...what })}\n`)
}
record({ method: "(start)", params: { cwd: process.cwd(), env: Object.keys(process.env) } })

if (can.dies) {
  console.error("no configuration found")
  process.exit(3)
}

const write = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`)
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const never = new Promise(() => {})

let nextId = 1
const asked = new Map()
const ask = (method, params) =>
  new Promise((resolve) => {
    const id = `agent-${nextId++}`
    asked.set(id, resolve)
    write({ id, method, params })
  })

const failure = (code, message, data) => Object.assign(new Error(message), { code, data })

const model = { value: can.models[0] }
const configOptions = () => [
  { id: "mode", name: "Mode", category: "mode", type: "select", currentValue: "a", options: [] },
  {
    id: "model-of-it",
    name: "Model",
    category: "model",
    type: "select",
    currentValue: model.value,
    options: [
      { group: "all", name: "All", options: can.models.map((value) => ({ value, name: `The ${value} one` })) }
    ]
  }
]

const cancelled = new Map()
const servers = new Map()
const file = (id) => `sessions/${id}`
const turnsOf = (id) => (existsSync(file(id)) ? readFileSync(file(id), "utf8").length : 0)

const update = (sessionId, update) => write({ method: "session/update", params: { sessionId, update } })
const say = (sessionId, text) =>
  update(sessionId, { sessionUpdate: "agent_message_chunk", content: { type: "text", text } })
const useTool = (sessionId, toolCallId) => {
  update(sessionId, {
    sessionUpdate: "tool_call",
    toolCallId,
    title: "ls notes",
    kind: "execute",
    status: "pending"
  })
  update(sessionId, { sessionUpdate: "tool_call_update", toolCallId, status: "completed" })
}

/** The servers that a session was given, started as agents do it, by the official client. */
const clients = new Map()
const startServers = async (id, given) => {
  if (!can.mcp) return
  const { Client } = await import("@modelcontextprotocol/client")
  const { StdioClientTransport } = await import("@modelcontextprotocol/client/stdio")
  for (const { args, command, env } of given) {
    const transport = new StdioClientTransport({
      command,
      args,
      env: Object.fromEntries(env.map(({ name, value }) => [name, value])),
      stderr: "ignore"
    })
    const client = new Client({ name: "stand-in", version: "1.2.3" })
    await client.connect(transport)
    const names = (await client.listTools()).tools.map(({ name }) => name)
    record({ method: "(server)", params: { sessionId: id, pid: transport.pid, names } })
    clients.set(id, client)
  }
}
const callTools = async (id, calls) => {
  const answers = []
  for (const [name, input] of calls) {
    const { content, isError = false } = await clients.get(id).callTool({ name, arguments: input })
    answers.push({ name, isError, text: content[0]?.text })
  }
  return answers
}

const permissionTo = async (sessionId, kinds) => {
  const { outcome } = await ask("session/request_permission", {
    sessionId,
    toolCall: { toolCallId: "call-rm", title: "rm -rf notes", kind: "execute", status: "pending" },
    options: kinds.map((kind) => ({ optionId: `option-${kind}`, name: kind, kind }))
  })
  return outcome.outcome === "selected" ? outcome.optionId : outcome.outcome
}

/** What is done for what is asked; it answers why it stopped. */
const tricks = {
  async work(id) {
    for (const text of ["I should ", "look."]) {
      update(id, { sessionUpdate: "agent_thought_chunk", content: { type: "text", text } })
    }
    say(id, "I will look.")
    update(id, {
      sessionUpdate: "plan",
      entries: [{ content: "look", priority: "high", status: "pending" }]
    })
    update(id, { sessionUpdate: "from_the_future", anything: [1, 2] })
    useTool(id, "call-1")
    update(id, { sessionUpdate: "usage_update", used: 1, size: 2 })
  },
  async ask(id) {
    say(id, `${await permissionTo(id, ["allow_always", "allow_once", "reject_once"])}, `)
  },
  async "ask for ever"(id) {
    say(id, `${await permissionTo(id, ["allow_always", "reject_always"])}, `)
  },
  async die(id) {
    say(id, "I am about to ")
    await pause(20)
    console.error("out of memory")
    process.exit(9)
  },
  async "die later"() {
    setTimeout(() => process.exit(4), 30)
  },
  async flood(id) {
    for (let at = 0; at < 20_000; at++) useTool(id, `flood-${at}`)
  },
  async huge(id) {
    for (let at = 0; at < 40; at++) say(id, "x".repeat(64 * 1024))
    await never
  },
  async hang() {
    await never
  },
  async wait(id) {
    say(id, "half an answer")
    await cancelled.get(id).promise
    return "cancelled"
  },
  async "ask and wait"(id) {
    record({
      method: "(outcome)",
      params: { outcome: await permissionTo(id, ["allow_once", "reject_once"]) }
    })
    await cancelled.get(id).promise
    return "cancelled"
  },
  async "ask late"(id) {
    await cancelled.get(id).promise
    const outcome = await permissionTo(id, ["allow_once", "reject_once"])
    record({ method: "(outcome)", params: { outcome } })
    return "cancelled"
  },
  async garbage(id) {
    process.stdout.write('Welcome!\n[]\n{"jsonrpc": "2.0"}\n{"half": \n42\n')
    write({ id: 4711, result: {} })
    write({ method: "_vendor/news", params: {} })
    write({ method: "session/update", params: { sessionId: "another", update: { sessionUpdate: "plan" } } })
    const refused = await Promise.race([
      ask("fs/read_text_file", { sessionId: id, path: "/etc/passwd" }),
      ask("terminal/create", { sessionId: id, command: "ls" })
    ])
    say(id, `refused: ${refused.code}, `)
  },
  async late(id) {
    setTimeout(() => say(id, " and one thing more"), 10)
  },
  async grandchild(id) {
    const child = spawn("/bin/sh", ["-c", "sleep 600"], { stdio: ["ignore", "inherit", "inherit"] })
    say(id, `grandchild ${child.pid}, `)
  },
  async error() {
    throw failure(-32603, "overloaded, said the server")
  },
  async forgotten() {
    throw failure(-32002, "Resource not found")
  },
  async "forget another"() {
    throw failure(-32002, "Resource not found", { sessionId: "another" })
  },
  async "work and miss a file"(id) {
    useTool(id, "call-1")
    throw failure(-32002, "Resource not found: file:///notes", { uri: "file:///notes" })
  },
  async "wait and forget"() {
    await pause(300)
    throw failure(-32002, "Resource not found")
  },
  async "ask and go"(id) {
    permissionTo(id, ["allow_once", "reject_once"]).then((outcome) =>
      record({ method: "(outcome)", params: { outcome } })
    )
    await pause(50)
  },
  async "take back"(id) {
    const outcome = permissionTo(id, ["allow_once", "reject_once"])
    await pause(50)
    write({ method: "$/cancel_request", params: { requestId: `agent-${nextId - 1}` } })
    say(id, `${await outcome}, `)
  },
  async tools(id) {
    say(id, `${JSON.stringify(servers.get(id))} `)
  }
}

const open = async (id, params) => {
  mkdirSync("sessions", { recursive: true })
  if (!existsSync(file(id))) writeFileSync(file(id), "")
  servers.set(id, params.mcpServers)
  await startServers(id, params.mcpServers)
  return { configOptions: configOptions() }
}

const known = (id, how) => {
  if (how === "fail" || !existsSync(file(id))) throw failure(-32002, "Resource not found")
}

const methods = {
  async initialize() {
    await pause(can.startMs)
    return {
      protocolVersion: can.version,
      agentInfo: { name: "stand-in", version: "1.2.3" },
      authMethods: can.login ? [{ id: "login", name: "Log in" }] : [],
      agentCapabilities: {
        loadSession: can.load !== "no",
        promptCapabilities: { image: can.images },
        sessionCapabilities: {
          ...(can.resume === "no" ? {} : { resume: {} }),
          ...(can.close ? { close: {} } : {})
        }
      }
    }
  },
  async authenticate({ methodId }) {
    if (methodId !== "key") throw failure(-32602, "no such way")
    can.login = false
    return {}
  },
  async "session/new"(params) {
    if (can.login) throw failure(-32000, "Authentication required")
    await pause(can.newMs)
    const sessionId = can.same ?? randomUUID()
    return { sessionId, ...(await open(sessionId, params)) }
  },
  async "session/resume"(params) {
    known(params.sessionId, can.resume)
    return open(params.sessionId, params)
  },
  async "session/load"(params) {
    known(params.sessionId, can.load)
    say(params.sessionId, "what was said long ago")
    useTool(params.sessionId, "long-ago")
    return open(params.sessionId, params)
  },
  async "session/close"({ sessionId }) {
    await clients.get(sessionId)?.close()
    return {}
  },
  async "session/set_config_option"({ value }) {
    model.value = value
    return { configOptions: configOptions() }
  },
  async "session/prompt"({ prompt, sessionId }) {
    let cancel
    const promise = new Promise((resolve) => {
      cancel = resolve
    })
    cancelled.set(sessionId, { promise, cancel })
    const turn = turnsOf(sessionId) + 1
    writeFileSync(file(sessionId), "x".repeat(turn))
    const said = prompt[0].text
    const trick = Object.keys(tricks).find((name) => said.endsWith(`do ${name}`))
    const stopped = trick === undefined ? undefined : await tricks[trick](sessionId)
    const [, calls] = /call (\[.*\])$/u.exec(said) ?? []
    if (calls !== undefined) {
      for (const session of clients.keys()) {
        const answers = await callTools(session, JSON.parse(calls))
        record({ method: "(called)", params: { turnOf: sessionId, by: session, answers } })
      }
      // And once more when the turn is over.
      setTimeout(async () => {
        const answers = await callTools(sessionId, JSON.parse(calls))
        record({ method: "(called between)", params: { by: sessionId, answers } })
      }, 500)
    }
    const stopReason = stopped ?? /do stop (\w+)$/u.exec(said)?.[1] ?? "end_turn"
    const others = prompt.slice(1).map(({ mimeType, type }) => `${type} ${mimeType}`)
    if (stopped === undefined && !said.endsWith("wordless")) {
      const answer = [`turn ${turn} of ${model.value}`, said, ...others].join(", ")
      const half = Math.floor(answer.length / 2)
      say(sessionId, answer.slice(0, half))
      say(sessionId, answer.slice(half))
    }
    return { stopReason }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params, result, error } = JSON.parse(line)
  if (method === undefined) {
    asked.get(id)?.(error ?? result)
    continue
  }
  record({ method, params })
  if (method === "session/cancel") cancelled.get(params.sessionId)?.cancel()
  if (id === undefined) continue
  const answer = methods[method]?.(params) ?? Promise.reject(failure(-32601, "Method not found"))
  answer.then(
    (result) => write({ id, result }),
    (failed) =>
      write({ id, error: { code: failed.code ?? -32603, message: failed.message, data: failed.data } })
  )
}
