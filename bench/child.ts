/**
 * The child in memory: a stand-in for `imsg rpc` of version 0.15 that keeps no database, so that what is measured
 * is the process that speaks to it. It takes the times itself, by one clock: when it wrote a notification, and when
 * it read the `send` that answers it. Without Effect, for the same reason.
 */
import { connect } from "node:net"
import { emptyMemory, speakInMemory } from "./imsgInMemory.ts"
import { parseObject, readLines } from "./lines.ts"
import { isLoad, makeLoadRun } from "./loadRun.ts"
import type { EncodedReport } from "./protocol.ts"

/** Speaks on stdin and stdout until stdin ends. `controlPath` is the socket of the bench. */
const runChild = (controlPath: string): void => {
  const control = connect(controlPath)
  // The bench is gone: so is the reason to be here.
  control.on("error", () => process.exit(1))
  control.on("close", () => process.exit(0))
  const report = (value: EncodedReport) => control.write(`${JSON.stringify(value)}\n`)

  const notify = speakInMemory({
    input: process.stdin,
    output: process.stdout,
    memory: emptyMemory(),
    messages: String(process.pid),
    chats: "chat",
    onSubscribed: (at) => report({ _tag: "Subscribed", pid: process.pid, at: String(at) }),
    onGreeted: (at) => report({ _tag: "Greeted", pid: process.pid, at: String(at) }),
    onSent: (chatId, text, at) => run.answered(chatId, text, Number(at) / 1e6)
  })
  const run = makeLoadRun({
    notify,
    onceWritable: (resume) => process.stdout.once("drain", resume),
    onFinished: (result) => report({ _tag: "Finished", result })
  })

  process.stdin.on("end", () => process.exit(0))
  readLines(control, (line) => {
    const load = parseObject(line)
    if (isLoad(load)) run.start(load)
  })
}

const [controlPath = ""] = process.argv.slice(2)
runChild(controlPath)
