import { readFileSync } from "node:fs"
import { expect, it } from "@effect/vitest"
import { markdown } from "../../../../src/programs/commands/line/markdown.ts"

it("docs/commands.md is up to date: `npm run docs` writes it", () =>
  expect(readFileSync("docs/commands.md", "utf8")).toBe(markdown()))
