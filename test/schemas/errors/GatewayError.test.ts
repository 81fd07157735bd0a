import { describe, expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { GatewayError } from "../../../src/schemas/errors/GatewayError.ts"

class FileLost extends GatewayError<FileLost>()("FileLost", {
  code: "file_lost",
  fields: { file: Schema.String, pid: Schema.optional(Schema.Int) },
  message: ({ file, pid }) => `${file} is lost${pid === undefined ? "" : ` to ${pid}`}`,
  hint: "Look for it."
}) {
  get isOurs(): boolean {
    return this.pid === undefined
  }
}

const lost = new FileLost({ file: "/a" })

describe("GatewayError", () => {
  it("speaks with its fields, or always in the same words", () => {
    expect(lost).toMatchObject({
      _tag: "FileLost",
      code: "file_lost",
      message: "/a is lost",
      hint: "Look for it."
    })
    expect(new FileLost({ file: "/a", pid: 7 }).message).toBe("/a is lost to 7")
    expect(lost.isOurs).toBe(true)
  })

  it("is an error of its name, with a stack that begins where it was made", () => {
    expect(lost).toBeInstanceOf(Error)
    expect(lost.name).toBe("FileLost")
    expect(lost.stack).toContain("GatewayError.test.ts")
  })

  it.effect("is caught by its tag", () =>
    Effect.gen(function* () {
      const file = yield* lost.pipe(Effect.catchTag("FileLost", ({ file }) => Effect.succeed(file)))
      expect(file).toBe("/a")
    })
  )

  it("crosses a boundary by its fields alone", () => {
    const encoded = Schema.encodeSync(FileLost)(lost)
    expect(encoded).toEqual({ _tag: "FileLost", file: "/a" })
    const decoded = Schema.decodeUnknownSync(FileLost)(encoded)
    expect(Schema.is(FileLost)(decoded)).toBe(true)
    expect(decoded.message).toBe("/a is lost")
  })
})
