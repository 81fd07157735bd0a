/** docs/mcp.md says of the tools what they say of themselves. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import { inputSchemaOf, TOOLS, type Tool } from "../../../src/schemas/tools.ts"

const takenBy = (tool: Tool): string => {
  const { properties, required } = JSON.parse(JSON.stringify(inputSchemaOf(tool)))
  return Object.keys(properties)
    .map((name) => (required.includes(name) ? `\`${name}\`` : `\`${name}\`?`))
    .join(", ")
}

const rowOf = (tool: Tool): string => {
  const scopes = tool.scopes.map((scope) => `\`${scope}\``).join(", ")
  return `| \`${tool.name}\` | ${tool.description} | ${takenBy(tool)} | ${scopes} |`
}

const table = [
  "| tool | does | takes | scopes |",
  "| --- | --- | --- | --- |",
  ...Object.values<Tool>(TOOLS).map(rowOf)
].join("\n")

describe("docs/mcp.md", () => {
  it("has every tool as it is", () => {
    expect(readFileSync("docs/mcp.md", "utf8")).toContain(`\n${table}\n`)
  })
})
