/** The tools, for programs that are no MCP client, and for the gateway's own MCP server. */
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "@effect/platform"
import { Schema } from "effect"
import { NotFound, Refused, Unavailable } from "./failures.ts"
import { ANY_SCOPE, InScope, Needs } from "./InScope.ts"

const described = (text: string) => OpenApi.annotations({ description: text })

/** A tool as whoever may call it is told of it. */
export const ToolRecord = Schema.Struct({
  name: Schema.String,
  title: Schema.String,
  description: Schema.String,
  /** Whether it changes nothing. */
  readOnly: Schema.Boolean,
  /** Whether what it does is gone or seen for good; left out where it is not. */
  destructive: Schema.optionalWith(Schema.Boolean, { exact: true }),
  /** What it takes, as JSON Schema. */
  inputSchema: Schema.Unknown
}).annotations({ identifier: "Tool" })
export type ToolRecord = typeof ToolRecord.Type

export const tools = HttpApiGroup.make("tools")
  .middleware(InScope)
  .add(
    HttpApiEndpoint.get("list", "/tools")
      .addSuccess(Schema.Array(ToolRecord))
      .annotateContext(described("The tools that whoever asks may call."))
  )
  .add(
    HttpApiEndpoint.post("call", "/tools/:name")
      .setPath(Schema.Struct({ name: Schema.String }))
      .setPayload(Schema.Unknown)
      .addSuccess(Schema.Unknown)
      .addError(NotFound)
      .addError(Refused)
      .addError(Unavailable)
      .annotateContext(
        described("Calls a tool with what it takes, and answers what it answers: at most 32 KiB of JSON.")
      )
  )
  .annotate(Needs, ANY_SCOPE)
