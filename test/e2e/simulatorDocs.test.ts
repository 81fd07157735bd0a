/** docs/simulator.md: its commands, one after the other, in a home of their own. */
import { readFileSync } from "node:fs"
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { MAIN, runWith } from "../support/command.ts"

const blocks = [...readFileSync("docs/simulator.md", "utf8").matchAll(/```sh\n([\s\S]*?)```/gu)].map(
  ([, text = ""]) => text
)

const Sent = Schema.parseJson(Schema.Struct({ chatId: Schema.Int, text: Schema.String }))

describe("the page of the simulator", () => {
  it.scopedLive("has commands that do what it says", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const home = yield* Effect.flatMap(fs.makeTempDirectoryScoped({ prefix: "imsg-page-" }), fs.realPath)
      yield* fs.makeDirectory(`${home}/bin`)
      yield* fs.writeFileString(
        `${home}/bin/imsg-gateway`,
        `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`,
        { mode: 0o755 }
      )
      // Whatever becomes of the commands, the gateway that they start ends with them.
      const script = ["set -e", "trap 'kill $! 2>/dev/null || :' EXIT", ...blocks].join("\n")
      const { code, stderr, stdout } = yield* runWith(
        { HOME: home, PATH: `${home}/bin:${process.env.PATH}`, NO_COLOR: "1" },
        ...["sh", "-c", script]
      )
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
      const sent = stdout.split("\n").filter((line) => line.includes('"chatId"') && line.includes('"text"'))
      expect(yield* Effect.forEach(sent, (line) => Schema.decode(Sent)(line))).toEqual([
        { chatId: 1, text: "Are you there?" },
        { chatId: 1, text: expect.stringContaining(`[attachment: text/plain ${home}/simulated/list.txt]`) },
        { chatId: 2, text: expect.stringMatching(/Who brings the map\?[\s\S]*@main do you\?/u) }
      ])
      expect(stdout).toContain("Hiking")
      expect(stdout).toMatch(/\{"jsonrpc":"2\.0","id":1,"result":\{"chats":\[/u)
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
