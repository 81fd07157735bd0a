/** Where the checks of an agent stand. */
import type { AgentConfig } from "../../../schemas/Config.ts"
import type { Place } from "./Check.ts"

export const agentPlace = ({ id }: Pick<AgentConfig, "id">): Place => ({
  id: `agent:${id}`,
  title: `Agent ${id}`
})

/** What to do about an agent's program that is not there. */
export const INSTALL_IT =
  "Install it for the user that the gateway runs as, or say where it lies in the agent's runtime.command. A service has another PATH than a terminal."
