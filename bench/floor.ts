/**
 * The floor: the least that anything in the gateway's place must do. It spawns the child, parses its lines, answers
 * each message with an echo, and spawns again at once when the child dies. It keeps nothing, checks nothing, bounds
 * nothing and waits for nothing. Without Effect, so that the comparison shows what all the rest costs.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process"
import type { Readable, Writable } from "node:stream"
import { isObject, parseObject, readLines } from "./lines.ts"

type Child = ChildProcessByStdio<Writable, Readable, null>

/** Runs until SIGTERM. `cliPath` is the `imsg`, `dbPath` its database. */
const runFloor = (cliPath: string, dbPath: string): void => {
  let child: Child | undefined
  let isStopping = false
  let lastRowId = 0

  const speakTo = ({ stdin, stdout }: Child) => {
    let lastId = 0
    const request = (method: string, params?: object) =>
      stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id: ++lastId, method, params })}\n`)
    // Writing to a child that was killed is what its exit tells of.
    stdin.on("error", () => {})
    readLines(stdout, (line) => {
      const frame = parseObject(line)
      if (frame === undefined) return
      if (frame.id === 1) {
        request("watch.subscribe", { since_rowid: lastRowId === 0 ? -1 : lastRowId })
        return
      }
      if (frame.method !== "message" || !isObject(frame.params)) return
      const { message } = frame.params
      if (!isObject(message)) return
      const { chat_id, id, is_from_me, text } = message
      if (typeof id === "number") lastRowId = id
      if (is_from_me === false) request("send", { chat_id, text: `echo: ${String(text)}` })
    })
    request("initialize")
  }

  const start = () => {
    child = spawn(cliPath, ["rpc", "--db", dbPath], { stdio: ["pipe", "pipe", "ignore"] })
    child.on("exit", () => {
      if (!isStopping) start()
    })
    speakTo(child)
  }

  process.once("SIGTERM", () => {
    isStopping = true
    child?.stdin.end()
  })
  start()
}

const [cliPath = "", dbPath = ""] = process.argv.slice(2)
runFloor(cliPath, dbPath)
