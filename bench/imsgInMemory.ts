/**
 * The protocol of `imsg rpc` of version 0.15 over two streams, without a database behind it. Without Effect, so that it does
 * not stand between the clock and the pipe.
 */
import type { Readable, Writable } from "node:stream"
import { isObject, parseObject, readLines } from "./lines.ts"

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

/** Rows that are kept, for whoever asks for those behind a rowid again. */
const KEPT = 2000

/** What there is instead of a database; a later child of the same account may go on with it. */
export interface Memory {
  lastRowId: number
  /** The last ones, without a gap. */
  rows: Array<{ readonly id: number; readonly chat_id: number }>
}

export const emptyMemory = (): Memory => ({ lastRowId: 0, rows: [] })

interface InMemory {
  readonly memory: Memory
  readonly input: Readable
  readonly output: Writable
  /** What the guids of its messages begin with; no other process has it. */
  readonly messages: string
  /** What the guids of its chats begin with; no other account has it. */
  readonly chats: string
  /** The account's own handle, where Messages tells. */
  readonly own?: string
  /** The times are of `process.hrtime.bigint()`, when the request was read. */
  readonly onSubscribed: (at: bigint) => void
  /** The answer to the message that waits for each subscriber. */
  readonly onGreeted: (at: bigint) => void
  readonly onSent: (chatId: number, text: string, at: bigint) => void
}

/** Answers what comes. The answer writes a message of somebody else into a chat: false while the stream is full. */
export const speakInMemory = ({
  chats,
  input,
  memory,
  messages,
  onGreeted,
  onSent,
  onSubscribed,
  output,
  own
}: InMemory): ((chatId: number, text: string) => boolean) => {
  const write = (frame: object) => output.write(`${JSON.stringify({ jsonrpc: "2.0", ...frame })}\n`)
  const answer = (id: unknown, result: object) => write({ id, result })

  /** Writes a row as the watch does. */
  const notify = (chatId: number, text: string, isFromMe: boolean): boolean => {
    const id = ++memory.lastRowId
    const message = {
      id,
      cursor: id,
      guid: `${messages}-${id}`,
      chat_id: chatId,
      chat_identifier: `${chats}${chatId}`,
      chat_guid: `iMessage;+;${chats}${chatId}`,
      chat_name: `Group ${chatId}`,
      participants: ["+15555550123", "+15555550124"],
      is_group: true,
      sender: "+15555550123",
      is_from_me: isFromMe,
      ...(own === undefined ? {} : { destination_caller_id: own }),
      text,
      created_at: new Date().toISOString(),
      attachments: [],
      reactions: []
    }
    memory.rows.push(message)
    if (memory.rows.length > 2 * KEPT) memory.rows = memory.rows.slice(-KEPT)
    return write({ method: "message", params: { subscription: 1, message } })
  }

  /** Who says that it has had a row has had it: what was before it is not known here. */
  const reached = (rowId: number) => {
    if (rowId <= memory.lastRowId) return
    memory.lastRowId = rowId
    memory.rows = []
  }

  const subscribed = (id: unknown, params: Readonly<Record<string, unknown>>, at: bigint) => {
    const since = params.since_rowid
    reached(typeof since === "number" ? since : 0)
    onSubscribed(at)
    answer(id, { subscription: 1 })
    notify(1, GREETING, false)
  }

  const sent = (id: unknown, params: Readonly<Record<string, unknown>>, at: bigint) => {
    const text = String(params.text)
    const chatId = Number(params.chat_id)
    if (text.endsWith(GREETING)) onGreeted(at)
    else onSent(chatId, text, at)
    const rowId = memory.lastRowId + 1
    answer(id, { ok: true, id: rowId, guid: `${messages}-${rowId}`, transport: "memory" })
    // The watch streams what was sent, too.
    notify(chatId, text, true)
  }

  const after = (since: number, limit: number) => {
    reached(since)
    const { lastRowId, rows } = memory
    const from = Math.max(0, since + 1 - (rows[0]?.id ?? 0))
    const found = rows.slice(from, from + limit)
    const next = found.at(-1)?.id ?? since
    return { messages: found, next_rowid: next, has_more: next < lastRowId }
  }

  /** The newest first. */
  const history = (chatId: number, limit: number) =>
    memory.rows
      .filter((row) => row.chat_id === chatId)
      .slice(-limit)
      .reverse()

  readLines(input, (line) => {
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
        return answer(id, { messages: history(Number(given.chat_id), Number(given.limit)) })
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
  return (chatId, text) => notify(chatId, text, false)
}
