/** The gateway's own tools, as an agent is given them: a server that it starts, with a token that knows one chat. */
import type { McpServer } from "@agentclientprotocol/sdk"
import { Effect, Redacted, type Scope } from "effect"
import { STATE_VARIABLE } from "../../../schemas/config/home.ts"
import { AgentAccess, type AgentToken } from "../../../services/AgentAccess.ts"
import { OwnProgram, type StartedBy } from "../../../services/OwnProgram.ts"
import type { Launch } from "./startAgent.ts"

/** Where the server reads its token. */
const TOKEN_VARIABLE = "IMSG_GATEWAY_TOKEN"

/** What a session has of them. */
export interface Tools {
  readonly mcpServers: ReadonlyArray<McpServer>
  /** Absent where it has none. */
  readonly token?: AgentToken
}

const serverOf = ({ args, program }: StartedBy, { token }: AgentToken, stateDir: string): McpServer => ({
  name: "imessage",
  command: program,
  args: [...args, "mcp"],
  env: [
    { name: STATE_VARIABLE, value: stateDir },
    { name: TOKEN_VARIABLE, value: Redacted.value(token) }
  ]
})

/** Makes what a session is given; its token is forgotten when the scope closes. */
export const makeTools = ({
  agent,
  runtime,
  stateDir
}: Launch): Effect.Effect<Effect.Effect<Tools, never, Scope.Scope>, never, AgentAccess> =>
  Effect.gen(function* () {
    const access = yield* AgentAccess
    const own = yield* OwnProgram
    if (!runtime.tools || own === undefined) return Effect.succeed({ mcpServers: [] })
    return Effect.map(access.issue(agent.id), (token) => ({
      mcpServers: [serverOf(own, token, stateDir)],
      token
    }))
  })
