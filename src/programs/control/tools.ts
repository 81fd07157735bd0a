/** The tools over the control server. */
import { HttpApiBuilder } from "@effect/platform"
import { Effect } from "effect"
import { ControlApi } from "../../schemas/control/ControlApi.ts"
import { AskedWith } from "../../services/AskedWith.ts"
import { callTool, recordsOf } from "../tools/callTool.ts"
import { told } from "./failures.ts"

export const tools = HttpApiBuilder.group(ControlApi, "tools", (handlers) =>
  Effect.succeed(
    handlers
      .handle("list", () => Effect.map(AskedWith, recordsOf))
      .handle("call", ({ path: { name }, payload }) => told(callTool(name, payload)))
  )
)
