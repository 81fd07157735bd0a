/** Who did something to the gateway, in words. */
import { Data } from "effect"
import type { AuditActor } from "./Audit.ts"
import type { GatewayConfig } from "./Config.ts"
import { accountNamed, personInWords } from "./naming.ts"

const { $match } = Data.taggedEnum<AuditActor>()

const tokenInWords = (token: { readonly number: number; readonly name: string } | undefined): string =>
  token === undefined ? "" : `, token ${token.number} (${token.name})`

export const actorInWords = ({ accounts, people }: Pick<GatewayConfig, "accounts" | "people">) =>
  $match({
    Gateway: () => "the gateway",
    CommandLine: ({ user }) => `${user}, by command`,
    Signal: ({ signal }) => `signal ${signal}`,
    Socket: ({ token }) => `a program on its socket${tokenInWords(token)}`,
    Web: ({ address, session, token }) =>
      `web ${address}${session === undefined ? "" : `, session ${session}`}${tokenInWords(token)}`,
    Chat: ({ accountId, handle }) =>
      `${personInWords(people, handle)}, in a chat of ${accountNamed(accounts, accountId)}`,
    Agent: ({ agentId }) => (agentId === undefined ? "an agent" : `the agent ${agentId}`)
  })
