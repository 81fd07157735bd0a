/** A tool as MCP lists it. */
import { JSONSchema, Schema } from "effect"
import type { ToolReport } from "../../schemas/control/ToolsApi.ts"
import type { Tool } from "../../schemas/tools.ts"

const decodeObject = Schema.decodeUnknownSync(Schema.Record({ key: Schema.String, value: Schema.Unknown }))

/** Of what has no fields the module makes "anything at all"; MCP wants an object. */
const NO_INPUT = { type: "object", properties: {}, additionalProperties: false }

/** What a tool takes, as JSON Schema. */
export const inputSchemaOf = ({ input }: Tool): ToolReport["inputSchema"] =>
  Object.keys(input.fields).length === 0
    ? NO_INPUT
    : decodeObject(JSONSchema.fromAST(input.ast, { definitions: {}, target: "jsonSchema2020-12" }))

export const reportOf = (tool: Tool): ToolReport => ({
  name: tool.name,
  title: tool.title,
  description: tool.description,
  inputSchema: inputSchemaOf(tool),
  readOnly: tool.readOnly
})
