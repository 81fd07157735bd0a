/** The tools over the control server. */
import { HttpApiBuilder } from "@effect/platform"
import { Effect } from "effect"
import { ControlApi } from "../../schemas/control/ControlApi.ts"
import { AskedWith } from "../../services/AskedWith.ts"
import { callTool, toolsOf } from "../tools/callTool.ts"
import { recordOf } from "../tools/recordOf.ts"
import { told } from "./failures.ts"

export const tools = HttpApiBuilder.group(ControlApi, "tools", (handlers) =>
  Effect.succeed(
    handlers
      .handle("list", () => Effect.map(AskedWith, (grant) => toolsOf(grant).map(recordOf)))
      .handle("call", ({ path: { name }, payload }) => told(callTool(name, payload)))
  )
)
