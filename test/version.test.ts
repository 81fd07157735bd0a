import { describe, expect, it } from "@effect/vitest"
import manifest from "../package.json" with { type: "json" }
import { VERSION } from "../src/version.ts"

describe("the version", () => {
  it("is that of the package", () => {
    expect(VERSION).toBe(manifest.version)
  })
})
