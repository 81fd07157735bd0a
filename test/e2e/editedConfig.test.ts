/** Commands while the config file is being edited: they go by the gateway that runs. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { MAIN, runWith } from "../support/command.ts"
import { conversation } from "../support/gateway.ts"

const HALF = "{ imessage: {"
/** What is said of a file that cannot be taken, in one line. */
const ONE_LINE =
  /^.*config\.json5 cannot be taken: .*; the gateway that runs goes on with what it read before\n/u

describe("while the config file is being edited", () => {
  it.scopedLive("commands go by the gateway that runs, and say so; without one they are refused", () =>
    Effect.gen(function* () {
      const { gateway, home, imsg, say } = yield* conversation()
      const fs = yield* FileSystem.FileSystem
      yield* say("hello")
      yield* imsg.awaitSent(1)
      yield* fs.writeFileString(home.configFile, HALF)
      const asked = (...words: ReadonlyArray<string>) =>
        runWith({ HOME: home.dir, NO_COLOR: "1" }, "node", MAIN, ...words, "--config", home.configFile)

      for (const words of [
        ["status"],
        ["chats"],
        ["history", "--chat", "1"],
        ["why"],
        ["why", "--account", "default"],
        ["pairing", "list"],
        ["deadletters", "list"],
        ["conversations", "list"],
        ["audit"]
      ]) {
        const { code, stderr, stdout } = yield* asked(...words)
        expect([words, code, stderr]).toEqual([words, 0, expect.stringMatching(ONE_LINE)])
        expect(stderr.trim().split("\n")).toHaveLength(1)
        expect(stdout).not.toBe("")
      }
      expect((yield* asked("history", "--chat", "1")).stdout).toContain("hello")
      expect((yield* asked("why", "--chat", "1")).stdout).toMatch(/hello\n {4}given to the agent/u)
      const reload = yield* asked("config", "reload")
      expect(reload.code).toBe(2)
      expect(reload.stderr).toContain("is not valid JSON5")
      expect((yield* asked("config", "check")).code).toBe(2)
      // Who else belongs to a handle stands in the file only.
      expect((yield* asked("pairing", "revoke", "imessage", "+15555550123")).code).toBe(2)

      yield* gateway.signal("SIGTERM")
      yield* gateway.exitCode
      for (const word of ["status", "why"]) {
        expect(yield* asked(word)).toMatchObject({ code: 2, stderr: expect.stringContaining("JSON5") })
      }
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
