/** What the control server says of agents and of the config. */
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "@effect/platform"
import { Schema } from "effect"
import { Unavailable } from "./failures.ts"
import { InScope } from "./InScope.ts"
import { AgentReport, ConfigReport } from "./Records.ts"

const described = (text: string) => OpenApi.annotations({ description: text })

export const overview = HttpApiGroup.make("overview", { topLevel: true })
  .middleware(InScope)
  .add(
    HttpApiEndpoint.get("agents", "/agents")
      .addSuccess(Schema.Array(AgentReport))
      .addError(Unavailable)
      .annotateContext(described("The agents, where they are, and how they did within a day."))
  )
  .add(
    HttpApiEndpoint.get("config", "/config")
      .addSuccess(ConfigReport)
      .annotateContext(described("The config that the gateway runs with, without secrets."))
  )
