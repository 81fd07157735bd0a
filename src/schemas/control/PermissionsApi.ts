/** What agents ask leave for, and what owners say. */
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "@effect/platform"
import { Schema } from "effect"
import { PermissionRecord } from "../Permission.ts"
import { NotFound, Unavailable } from "./failures.ts"
import { InScope } from "./InScope.ts"

const described = (text: string) => OpenApi.annotations({ description: text })
const code = Schema.Struct({ code: Schema.String })

export const permissions = HttpApiGroup.make("permissions")
  .middleware(InScope)
  .add(
    HttpApiEndpoint.get("waiting", "/permissions")
      .addSuccess(Schema.Array(PermissionRecord))
      .annotateContext(described("What agents wait for an owner's leave for, oldest first."))
  )
  .add(
    HttpApiEndpoint.get("decided", "/permissions/decided")
      .addSuccess(Schema.Array(PermissionRecord))
      .annotateContext(
        described("What was decided, by an owner or by the config, newest first; at most 100.")
      )
  )
  .add(
    HttpApiEndpoint.post("allow", "/permissions/:code/allow")
      .setPath(code)
      .addSuccess(PermissionRecord)
      .annotateContext(described("Lets an agent do what it asked for, this once."))
  )
  .add(
    HttpApiEndpoint.post("deny", "/permissions/:code/deny")
      .setPath(code)
      .addSuccess(PermissionRecord)
      .annotateContext(described("Refuses it."))
  )
  .addError(NotFound)
  .addError(Unavailable)
