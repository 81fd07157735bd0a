/** The tools over the control server. */
import { HttpApiBuilder } from "@effect/platform"
import { Effect } from "effect"
import { ControlApi } from "../../schemas/control/ControlApi.ts"
import type { ToolRecord } from "../../schemas/control/ToolsApi.ts"
import { inputSchemaOf, type Tool } from "../../schemas/tools.ts"
import { AskedWith } from "../../services/AskedWith.ts"
import { callTool, toolsOf } from "../tools/callTool.ts"
import { told } from "./failures.ts"

const recordOf = (tool: Tool): ToolRecord => {
  const { description, name, readOnly, title } = tool
  return { name, title, description, readOnly, inputSchema: inputSchemaOf(tool) }
}

export const tools = HttpApiBuilder.group(ControlApi, "tools", (handlers) =>
  Effect.succeed(
    handlers
      .handle("list", () => Effect.map(AskedWith, (grant) => toolsOf(grant).map(recordOf)))
      .handle("call", ({ path: { name }, payload }) => told(callTool(name, payload)))
  )
)
