/** Where the checks of an agent stand. */
import type { AgentConfig } from "../../../schemas/Config.ts"
import type { Place } from "./Check.ts"

export const agentPlace = ({ id }: Pick<AgentConfig, "id">): Place => ({
  id: `agent:${id}`,
  title: `Agent ${id}`
})
