/** Tools over the control server, for whoever speaks no MCP, and for the MCP server of the command line. */
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "@effect/platform"
import { Schema } from "effect"
import { NotFound, Refused, Unavailable } from "./failures.ts"
import { ANY_SCOPE, InScope, Needs } from "./InScope.ts"

const described = (text: string) => OpenApi.annotations({ description: text })

/** A tool as MCP lists it; `inputSchema` is JSON Schema. */
export const ToolReport = Schema.Struct({
  name: Schema.String,
  title: Schema.String,
  description: Schema.String,
  inputSchema: Schema.Record({ key: Schema.String, value: Schema.Unknown }),
  /** Whether it changes nothing. */
  readOnly: Schema.Boolean
})
export type ToolReport = typeof ToolReport.Type

export const tools = HttpApiGroup.make("tools")
  .middleware(InScope)
  .add(
    HttpApiEndpoint.get("list", "/tools")
      .addSuccess(Schema.Array(ToolReport))
      .annotateContext(described("The tools that the token is worth."))
  )
  .add(
    HttpApiEndpoint.post("call", "/tools/:name")
      .setPath(Schema.Struct({ name: Schema.String }))
      .setPayload(Schema.Unknown)
      .addSuccess(Schema.Unknown)
      .addError(NotFound)
      .addError(Refused)
      .addError(Unavailable)
      .annotateContext(described("Calls one with what its input schema says, and answers what it answers."))
  )
  .annotate(Needs, ANY_SCOPE)
