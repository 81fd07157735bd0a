/** A tool as whoever may call it is told of it. */
import type { ToolRecord } from "../../schemas/control/ToolsApi.ts"
import { inputSchemaOf, type Tool } from "../../schemas/tools.ts"

export const recordOf = (tool: Tool): ToolRecord => {
  const { description, destructive, name, readOnly, title } = tool
  return {
    ...{ name, title, description, readOnly },
    ...(destructive === true ? { destructive } : {}),
    inputSchema: inputSchemaOf(tool)
  }
}
