import { FileSystem } from "@effect/platform"
import { BadArgument, SystemError } from "@effect/platform/Error"
import { NodeFileSystem } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { failureWords, platformWords } from "../../src/schemas/errors/platformWords.ts"

const failed = (reason: SystemError["reason"], code?: string) =>
  new SystemError({
    ...{ reason, module: "FileSystem", method: "readFile", pathOrDescriptor: "/a/file" },
    ...(code === undefined ? {} : { cause: Object.assign(new Error(`${code}: no`), { code }) })
  })

describe("what the system says, in words", () => {
  it.each<[error: SystemError | BadArgument, words: string]>([
    [failed("BadResource", "EISDIR"), "it is a folder, not a file; name a file"],
    [failed("NotFound", "ENOENT"), "there is no such file or folder"],
    [failed("NotFound"), "there is no such file or folder"],
    [failed("PermissionDenied", "EACCES"), "permission denied; `ls -l` says who owns it and who may use it"],
    [failed("Unknown", "ENOSPC"), "the disk is full; make room on it"],
    [failed("Unknown", "EWEIRD"), "the system says EWEIRD"],
    [failed("WriteZero"), "the system says WriteZero"],
    [new BadArgument({ module: "FileSystem", method: "readFile" }), "that is no name of a file"]
  ])("%s", (error, words) => {
    expect(platformWords(error)).toBe(words)
    expect(failureWords(error)).toBe(words)
  })

  it("are those of whoever failed otherwise", () => {
    expect(failureWords(new Error("no luck"))).toBe("no luck")
    expect(failureWords(Object.assign(new Error("EISDIR: illegal"), { code: "EISDIR" }))).toBe(
      "it is a folder, not a file; name a file"
    )
    expect(failureWords("gone")).toBe("gone")
  })

  it.effect("are found in what the platform really fails with", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      expect(platformWords(yield* Effect.flip(fs.readFileString(".")))).toBe(
        "it is a folder, not a file; name a file"
      )
      expect(platformWords(yield* Effect.flip(fs.readFileString("package.json/x")))).toBe(
        "what should be a folder on the way to it is a file"
      )
      expect(platformWords(yield* Effect.flip(fs.readFileString("no such file")))).toBe(
        "there is no such file or folder"
      )
      expect(platformWords(yield* Effect.flip(fs.readFileString("a\0b")))).not.toContain("FileSystem")
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )
})
