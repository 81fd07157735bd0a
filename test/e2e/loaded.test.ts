/** What a command loads: the wait for an answer is mostly that, so a light command has no more than it needs. */
import { fileURLToPath } from "node:url"
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { MAIN, runWith } from "../support/command.ts"
import { conversation } from "../support/gateway.ts"

/** Stands in the definition of the whole interface, and nowhere else in the program. */
const INTERFACE = "/deadletters/:id/retry"
/** Stands in the parser of config files. */
const CONFIG_PARSER = "JSON5: invalid character"

/** As Node writes down which functions ran, of every file that was loaded. */
const Coverage = Schema.parseJson(
  Schema.Struct({ result: Schema.Array(Schema.Struct({ url: Schema.String })) })
)

describe("what a command loads", () => {
  it.scopedLive("is not the whole interface for `status`, nor the config for `pairing list`", () =>
    Effect.gen(function* () {
      const { home } = yield* conversation()
      const fs = yield* FileSystem.FileSystem

      /** The text of all that a command of the program loads. */
      const loadedBy = (...words: ReadonlyArray<string>) =>
        Effect.gen(function* () {
          const folder = yield* fs.makeTempDirectoryScoped()
          const env = { HOME: home.dir, NO_COLOR: "1", NODE_V8_COVERAGE: folder }
          const { code, stderr } = yield* runWith(env, "node", MAIN, ...words, "--config", home.configFile)
          expect([words, code, stderr]).toEqual([words, 0, ""])
          const [report = ""] = yield* fs.readDirectory(folder)
          const { result } = yield* Schema.decode(Coverage)(yield* fs.readFileString(`${folder}/${report}`))
          const files = result.flatMap(({ url }) => (url.startsWith("file:") ? [fileURLToPath(url)] : []))
          return (yield* Effect.forEach(files, (file) => fs.readFileString(file))).join("\n")
        })

      const status = yield* loadedBy("status")
      expect(status).toContain("/status")
      expect(status).not.toContain(INTERFACE)
      expect(status).not.toContain(CONFIG_PARSER)
      const pairing = yield* loadedBy("pairing", "list")
      expect(pairing).toContain("pairing_requests")
      expect(pairing).not.toContain(INTERFACE)
      expect(pairing).not.toContain(CONFIG_PARSER)

      // Those that need them have them.
      expect(yield* loadedBy("chats")).toContain(INTERFACE)
      expect(yield* loadedBy("config", "check")).toContain(CONFIG_PARSER)
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
