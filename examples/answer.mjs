#!/usr/bin/env node
// An agent in Node that remembers: it counts what each session has said, in a file of its own.
//   runtime: { type: "command", format: "json", command: ["/path/to/examples/answer.mjs"], env: { NOTES: "/path/to/notes" } }
import { createHash } from "node:crypto"
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const { envelopes, id, sessionKey } = JSON.parse(readFileSync(0, "utf8"))
const folder = process.env.NOTES ?? "notes"
mkdirSync(folder, { recursive: true, mode: 0o700 })
const file = join(folder, `${createHash("sha256").update(sessionKey).digest("hex")}.json`)

const readNotes = () => {
  try {
    return JSON.parse(readFileSync(file, "utf8"))
  } catch {
    return { turns: [], heard: 0 }
  }
}

const notes = readNotes()
// After a crash the same turn is asked again, under the same id: it must not count twice.
if (!notes.turns.includes(id)) {
  notes.turns = [...notes.turns, id].slice(-100)
  notes.heard += envelopes.length
  writeFileSync(`${file}.new`, JSON.stringify(notes), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

const last = envelopes.at(-1)?.text ?? ""
process.stdout.write(JSON.stringify({ replies: [{ text: `${notes.heard}. ${last}` }] }))
