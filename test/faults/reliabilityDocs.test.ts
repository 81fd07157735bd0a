/** The table of docs/reliability.md names tests; they must be there. */
import { FileSystem } from "@effect/platform"
import { NodeFileSystem } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"

const HEAD = "| what happened | test |\n| --- | --- |\n"

/** The rows of the table: what happened, and the files with the names of tests in them. */
const rowsOf = (text: string) =>
  text
    .slice(text.indexOf(HEAD) + HEAD.length)
    .split("\n\n", 1)
    .flatMap((table) => table.split("\n"))
    .filter((line) => line.startsWith("| "))
    .map((line) => {
      const [what = "", tests = ""] = line.slice(2, -2).split(" | ")
      return {
        what,
        isOpen: tests === "none yet",
        tests: [...tests.matchAll(/`(test\/[^`]+)`: "([^"]+)"/g)].map(([, file = "", name = ""]) => ({
          file,
          name
        }))
      }
    })

describe("docs/reliability.md", () => {
  it.effect("names tests that exist", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const rows = rowsOf(yield* fs.readFileString("docs/reliability.md"))
      expect(rows.length).toBeGreaterThanOrEqual(17)
      expect(rows.flatMap(({ isOpen, tests, what }) => (isOpen || tests.length > 0 ? [] : [what]))).toEqual(
        []
      )
      const gone = yield* Effect.filter(
        rows.flatMap(({ tests }) => tests),
        ({ file, name }) =>
          fs.readFileString(file).pipe(
            Effect.orElseSucceed(() => ""),
            Effect.map((text) => !text.includes(name))
          )
      )
      expect(gone).toEqual([])
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )
})
