/** A store that an earlier build wrote, and was killed over, is taken over with all that waits in it. */
import { readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { gunzipSync } from "node:zlib"
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { MAIN, run } from "../support/command.ts"
import { eventually } from "../support/simulator.ts"
import { leaveWaiting, OWED, takeOver } from "../support/waiting.ts"

const STORES = fileURLToPath(new URL("../fixtures/stores", import.meta.url))

/** The files of a fixture, in a folder of their own. */
const unpacked = (name: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const dir = yield* fs.makeTempDirectoryScoped({ prefix: "imsg-store-" })
    const unpack = (file: string) =>
      Effect.flatMap(fs.readFile(`${STORES}/${name}/${file}.gz`), (packed) =>
        Effect.as(fs.writeFile(`${dir}/${file}`, gunzipSync(packed)), `${dir}/${file}`)
      )
    return { store: yield* unpack("gateway.db"), chatDb: yield* unpack("chat.db") }
  }).pipe(Effect.provide(NodeContext.layer))

/** Of what was said before the kill, that which is to be there once and no more. */
const BEFORE: Readonly<Record<string, ReadonlyArray<string>>> = { sending: ["echo: a lost result"] }

const stores = [
  ...readdirSync(STORES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, files: unpacked(name) })),
  { name: "of this build", files: leaveWaiting(MAIN) }
]

describe("a store that was left with something of each kind in it", () => {
  for (const { files, name } of stores) {
    it.scopedLive(`is taken over, and all is said once and in order (${name})`, () =>
      Effect.gen(function* () {
        const { fromAlex, home, said } = yield* takeOver(yield* files)
        const all = yield* eventually("what is owed", said, (chats) =>
          Object.entries(OWED).every(([chat, texts]) => (chats[chat] ?? []).length >= texts.length)
        )
        for (const [chat, texts] of Object.entries(OWED)) expect(all[chat]).toEqual(texts)
        for (const [chat, texts] of Object.entries(BEFORE)) expect(all[chat]).toEqual(texts)

        // Who was let in still is, and what failed can be tried again.
        yield* fromAlex("again")
        const later = yield* eventually("the answer", said, (chats) =>
          Object.values(chats).some((texts) => texts.includes("echo: again"))
        )
        expect(later.failed).toBeUndefined()
        const tried = yield* run("deadletters", "retry", "--all", "--config", home.configFile)
        expect(tried.code).toBe(0)
        const last = yield* eventually("what had failed", said, (chats) => chats.failed !== undefined)
        expect(last.failed).toEqual(["echo: fail now"])
        for (const [chat, texts] of Object.entries(OWED)) expect(last[chat]).toEqual(texts)
      })
    )
  }
})
