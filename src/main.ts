/** What `imsg-gateway` runs: as little as possible before what was asked for is known, and then no more than that. */
import "./compileCache.ts"
import { lookOf, styled } from "./layers/terminal/look.ts"
import { answer } from "./programs/commands/line/answer.ts"
import { commandTable } from "./programs/commands/line/commandTable.ts"
import { EX_USAGE, isWithoutRpc, UNKNOWN_RPC } from "./programs/simulator/withoutRpc.ts"

/** The most columns of help: longer lines are hard to read. */
const WIDEST = 100
const USAGE = 2
/** As a shell has it for what SIGPIPE ended: nobody reads. */
const UNREAD = 141

const print = (stream: NodeJS.WriteStream, text: string, code: number): void => {
  stream.on("error", () => process.exit(UNREAD))
  stream.write(text)
  process.exitCode = code
}

const words = process.argv.slice(2)
const look = lookOf(process.stdout, process.env)
const answered = answer(commandTable, words, {
  width: Math.min(WIDEST, look.width ?? WIDEST),
  heading: (text) => styled(look, "bold", text)
})

if (isWithoutRpc(words)) print(process.stderr, UNKNOWN_RPC, EX_USAGE)
else if (answered._tag === "Say") print(process.stdout, answered.text, 0)
else if (answered._tag === "Refuse") print(process.stderr, answered.text, USAGE)
else await (await import("./commandLine.ts")).runCommand(answered.command)
