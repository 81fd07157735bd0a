/** What a browser loads: the page is to be there at once, also over a tunnel from a phone. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"

const PAGE = new URL("../../dist/page/", import.meta.url).pathname
/** Bytes, as they are sent: nothing is compressed. */
const MOST = 150_000
const LOADED = ["index.html", "page.js", "style.css", "icon.svg"]

describe("the page", () => {
  it.effect(`is less than ${MOST} bytes, all that it loads`, () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const sizes = yield* Effect.forEach(LOADED, (name) =>
        Effect.map(fs.stat(PAGE + name), ({ size }) => Number(size))
      )
      for (const size of sizes) expect(size).toBeGreaterThan(0)
      expect(sizes.reduce((one, other) => one + other, 0)).toBeLessThan(MOST)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.effect("loads nothing else: no file of it names another", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const [html = "", script = "", style = ""] = yield* Effect.forEach(LOADED, (name) =>
        fs.readFileString(PAGE + name)
      )
      const named = [...html.matchAll(/(?:src|href)="\/([^"]+)"/gu)].map(([, name]) => name)
      expect(named.toSorted()).toEqual(["icon.svg", "page.js", "style.css"])
      expect(style).not.toMatch(/@import|url\(/u)
      expect(script).not.toMatch(/\bimport\s*\(|\bfrom\s*"\.\//u)
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
