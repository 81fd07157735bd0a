/** What becomes of a test whose program is missing, in a run of its own. */
import { fileURLToPath } from "node:url"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { runWith } from "./command.ts"

const VITEST = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url))
const LACKING = fileURLToPath(new URL("lacking", import.meta.url))

const runWithout = (env: Record<string, string>) =>
  runWith({ PATH: "/nowhere", ...env }, process.execPath, VITEST, "run", "--root", LACKING).pipe(
    Effect.map(({ code, stdout }) => ({ code, lines: stdout.trim().split("\n") })),
    Effect.provide(NodeContext.layer)
  )

describe("a test whose program is missing", () => {
  it.live("is skipped, and the run says for want of what and how to get it", () =>
    Effect.map(runWithout({ EVERY_TEST: "" }), (ended) => {
      expect(ended).toEqual({
        code: 0,
        lines: [
          "skipped: needs python3 (apt-get install python3): 1 test in test/support/lacking/lacking.fixture.ts",
          "1 passed, 0 failed, 1 skipped"
        ]
      })
    })
  )

  it.live("fails where every test is to run", () =>
    Effect.map(runWithout({ EVERY_TEST: "1" }), ({ code, lines }) => {
      expect({ code, last: lines.at(-1) }).toEqual({ code: 1, last: "1 passed, 1 failed" })
    })
  )
})
