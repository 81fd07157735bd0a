/** Agents that ask for leave, for tests. */
import { Array as Arr } from "effect"
import type { GatewayConfig } from "../../src/schemas/Config.ts"
import { type PermissionsConfig, permissionKeys } from "../../src/schemas/config/permissions.ts"
import { settle } from "../../src/schemas/config/section.ts"
import { type ConfigFileContent, makeConfig } from "./configs.ts"

/** A config all of whose agents have these `permissions`. */
export const withPermissions = (
  said: Partial<PermissionsConfig>,
  partial: ConfigFileContent = {}
): GatewayConfig => {
  const config = makeConfig(partial)
  const permissions = settle(permissionKeys, [said])
  return {
    ...config,
    agents: { ...config.agents, list: Arr.map(config.agents.list, (agent) => ({ ...agent, permissions })) }
  }
}
