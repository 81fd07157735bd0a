import { FileSystem, Path } from "@effect/platform"
import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { placeFile } from "../../../src/layers/remote/placeFile.ts"
import { ProcessesLive } from "../../support/processes.ts"
import { makeHost } from "../../support/standInSsh.ts"

layer(ProcessesLive, { excludeTestServices: true })((it) => {
  describe("a file is copied to a host, and taken away again", () => {
    const files = [
      { what: "with its content", content: "content\n" },
      { what: "when it is empty", content: "" }
    ]
    for (const { content, what } of files) {
      it.scoped(what, () =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const { basename, dirname, join } = yield* Path.Path
          const { dir, home, host } = yield* makeHost()
          const file = join(dir, 'a note\'s "name".txt')
          yield* fs.writeFileString(file, content)
          const placed = yield* placeFile(host, file)
          expect(placed.path.startsWith(home)).toBe(true)
          expect(basename(placed.path)).toBe(basename(file))
          expect(yield* fs.readFileString(placed.path)).toBe(content)
          yield* placed.remove
          expect(yield* fs.exists(dirname(placed.path))).toBe(false)
        })
      )
    }
  })
})
