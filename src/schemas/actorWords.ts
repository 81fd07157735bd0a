/** Who did something to the gateway, in words. */
import { Data } from "effect"
import type { AuditActor } from "./Audit.ts"
import type { GatewayConfig } from "./Config.ts"
import { accountNamed, personInWords } from "./naming.ts"

const { $match } = Data.taggedEnum<AuditActor>()

export const actorInWords = ({ accounts, people }: Pick<GatewayConfig, "accounts" | "people">) =>
  $match({
    Gateway: () => "the gateway",
    CommandLine: ({ user }) => `${user}, by command`,
    Signal: ({ signal }) => `signal ${signal}`,
    Socket: () => "its socket",
    Web: ({ address, session }) => `web ${address}${session === undefined ? "" : `, session ${session}`}`,
    Chat: ({ accountId, handle }) =>
      `${personInWords(people, handle)}, in a chat of ${accountNamed(accounts, accountId)}`,
    Agent: ({ agentId }) => `the agent ${agentId}`
  })
