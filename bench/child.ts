/**
 * The child in memory: a stand-in for `imsg rpc` of version 0.15 that keeps no database, so that what is measured
 * is the process that speaks to it. It takes the times itself, by one clock: when it wrote a notification, and when
 * it read the `send` that answers it. Without Effect, for the same reason.
 */
import { connect } from "node:net"
import { isObject, parseObject, readLines } from "./lines.ts"
import { isLoad, makeLoadRun } from "./loadRun.ts"
import type { EncodedReport } from "./protocol.ts"

const METHODS = [
  "initialize",
  "status",
  "chats.list",
  "messages.history",
  "messages.after",
  "message.send_status",
  "watch.subscribe",
  "watch.unsubscribe",
  "send"
]
const STATUS = {
  version: "0.15.0",
  protocol_version: 1,
  database: { path: "memory", ready: true, features: [] },
  bridge: { ready: false },
  methods: METHODS,
  supported_methods: METHODS,
  capabilities: []
}
const GREETING = "greeting"
/** Rows that are kept: the gateway asks now and then for one that it has read, to know the database again by it. */
const KEPT = 2000

/** Speaks on stdin and stdout until stdin ends. `controlPath` is the socket of the bench. */
const runChild = (controlPath: string): void => {
  const control = connect(controlPath)
  // The bench is gone: so is the reason to be here.
  control.on("error", () => process.exit(1))
  control.on("close", () => process.exit(0))
  const report = (value: EncodedReport) => control.write(`${JSON.stringify(value)}\n`)

  let lastRowId = 0
  /** The newest, at least so many as are kept. */
  let rows: Array<{ readonly id: number }> = []
  const write = (frame: object) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...frame })}\n`)
  const answer = (id: unknown, result: object) => write({ id, result })

  /** Writes a row as the watch does; false while the pipe is full. */
  const notify = (chatId: number, text: string, isFromMe: boolean): boolean => {
    const id = ++lastRowId
    const message = {
      id,
      cursor: id,
      guid: `${process.pid}-${id}`,
      chat_id: chatId,
      chat_identifier: `chat${chatId}`,
      chat_guid: `iMessage;+;chat${chatId}`,
      chat_name: `Group ${chatId}`,
      participants: ["+15555550123", "+15555550124"],
      is_group: true,
      sender: "+15555550123",
      is_from_me: isFromMe,
      text,
      created_at: new Date().toISOString(),
      attachments: [],
      reactions: []
    }
    rows.push(message)
    if (rows.length > 2 * KEPT) rows = rows.slice(-KEPT)
    return write({ method: "message", params: { subscription: 1, message } })
  }

  const run = makeLoadRun({
    notify: (chatId, text) => notify(chatId, text, false),
    onceWritable: (resume) => process.stdout.once("drain", resume),
    onFinished: (result) => report({ _tag: "Finished", result })
  })

  const subscribed = (id: unknown, params: Readonly<Record<string, unknown>>, at: bigint) => {
    const since = params.since_rowid
    lastRowId = Math.max(lastRowId, typeof since === "number" ? since : 0)
    report({ _tag: "Subscribed", pid: process.pid, at: String(at) })
    answer(id, { subscription: 1 })
    notify(1, GREETING, false)
  }

  const sent = (id: unknown, params: Readonly<Record<string, unknown>>, at: bigint) => {
    const text = String(params.text)
    const chatId = Number(params.chat_id)
    if (text.endsWith(GREETING)) report({ _tag: "Greeted", pid: process.pid, at: String(at) })
    else run.answered(chatId, text, Number(at) / 1e6)
    const rowId = lastRowId + 1
    answer(id, { ok: true, id: rowId, guid: `${process.pid}-${rowId}`, transport: "memory" })
    // The watch streams what was sent, too.
    notify(chatId, text, true)
  }

  const after = (since: number, limit: number) => {
    lastRowId = Math.max(lastRowId, since)
    const from = rows.findLastIndex(({ id }) => id <= since) + 1
    const messages = rows.slice(from, from + limit)
    const next = messages.at(-1)?.id ?? since
    return { messages, next_rowid: next, has_more: next < lastRowId }
  }

  readLines(process.stdin, (line) => {
    const at = process.hrtime.bigint()
    const frame = parseObject(line)
    if (frame === undefined) return
    const { id, method, params } = frame
    const given = isObject(params) ? params : {}
    switch (method) {
      case "initialize":
      case "status":
        return answer(id, STATUS)
      case "chats.list":
        return answer(id, { chats: [] })
      case "messages.history":
        return answer(id, { messages: [] })
      case "messages.after":
        return answer(id, after(Number(given.since_rowid), Number(given.limit)))
      case "watch.subscribe":
        return subscribed(id, given, at)
      case "send":
        return sent(id, given, at)
      default:
        write({ id, error: { code: -32601, message: `Method not found: ${String(method)}` } })
    }
  })
  process.stdin.on("end", () => process.exit(0))
  readLines(control, (line) => {
    const load = parseObject(line)
    if (isLoad(load)) run.start(load)
  })
}

const [controlPath = ""] = process.argv.slice(2)
runChild(controlPath)
