/** An `imsg` that will not send to one chat, or not run at all, for as long as a file says so, in front of a simulator. */
import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Effect } from "effect"
import type { Simulator } from "./simulator.ts"

/** What the file has in it where nothing works. */
const EVERYTHING = "*"

const proxy = (imsg: string, closed: string) => `#!/usr/bin/env node
const { spawn } = require("node:child_process")
const { existsSync, readFileSync } = require("node:fs")
const { createInterface } = require("node:readline")
const closed = () => existsSync(${JSON.stringify(closed)}) ? readFileSync(${JSON.stringify(closed)}, "utf8") : ""
if (closed() === "${EVERYTHING}") process.exit(1)
const child = spawn(${JSON.stringify(imsg)}, process.argv.slice(2), { stdio: ["pipe", "inherit", "inherit"] })
child.on("exit", (code) => process.exit(code ?? 1))
const data = { retry_safe: true, disposition: "not_started", transport: "applescript", operation: "send" }
createInterface({ input: process.stdin })
  .on("line", (line) => {
    const { id, method, params } = JSON.parse(line)
    if (method === "send" && [String(params.chat_id), params.to].includes(closed())) {
      process.stdout.write(JSON.stringify({ jsonrpc: "2.0", id, error: { code: -32001, message: "not now", data } }) + "\\n")
    } else child.stdin.write(line + "\\n")
  })
  .on("close", () => child.stdin.end())
`

/** The path of the executable, and what closes a chat and opens it again. */
export const pickyImsg = (imsg: Simulator) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { join } = yield* Path.Path
    const cliPath = join(imsg.dir, "picky-imsg")
    const closed = join(imsg.dir, "closed")
    yield* fs.writeFileString(cliPath, proxy(imsg.cliPath, closed), { mode: 0o755 })
    return {
      cliPath,
      /** By its id, or the handle that is written to. */
      close: (chat: number | string) => fs.writeFileString(closed, String(chat)),
      /** The next child, and those after it, end at once. */
      closeAll: fs.writeFileString(closed, EVERYTHING),
      open: fs.remove(closed)
    }
  }).pipe(Effect.provide(NodeContext.layer))
