/** The runtime `acp`: an agent that speaks the Agent Client Protocol, one process for all its conversations. */
import { Schema } from "effect"
import { permissions } from "../permissions.ts"
import { type Settled, settle } from "../section.ts"
import { option, required, Text, timerMs } from "../values.ts"
import { programKeys } from "./command.ts"
import { ownFolder } from "./ownFolder.ts"

const acpKeys = {
  model: option(Text, "The model, by what the agent calls it. Else as the agent has it."),
  login: option(
    Text,
    "How the agent is told to log in when it starts, by what it calls that way: `api-key` for Codex with `OPENAI_API_KEY`. Else it is logged in already."
  ),
  tools: option(
    Schema.Boolean,
    "Whether the agent is given the gateway's own tools, for the chat of its turn alone.",
    true
  ),
  timeoutMs: option(
    timerMs(1),
    "How long a turn may take, in ms; then the agent is told to stop. While an owner is asked for leave its time stands still.",
    600_000
  ),
  startTimeoutMs: option(
    timerMs(1),
    "How long the agent may take to start, and to begin a session or take one up again, in ms each.",
    60_000
  ),
  idleMs: option(timerMs(1), "How long the agent runs on after its last turn, in ms.", 600_000),
  permissions,
  ...programKeys,
  cwd: ownFolder
}

/** An agent that speaks the Agent Client Protocol over its stdio. */
export const AcpRuntime = Schema.Struct({
  type: required(
    Schema.Literal("acp"),
    "Asks an agent that speaks the Agent Client Protocol, which runs for as long as it is spoken to; see agents.md."
  ),
  command: required(Schema.NonEmptyArray(Text), 'The program and its arguments: `["gemini", "--acp"]`.'),
  ...acpKeys
}).annotations({ identifier: "AcpRuntime" })
type AcpRuntime = typeof AcpRuntime.Type

/** Such an agent, with every default. What it may do is said of the agent (`AgentConfig.permissions`). */
export type AcpConfig = Pick<AcpRuntime, "type" | "command"> & Omit<Settled<typeof acpKeys>, "permissions">

export const resolveAcp = (runtime: AcpRuntime, expandHome: (path: string) => string): AcpConfig => {
  const { cwd, permissions: _, ...settled } = settle(acpKeys, [runtime])
  return {
    type: runtime.type,
    command: runtime.command,
    ...settled,
    ...(cwd === undefined ? {} : { cwd: expandHome(cwd) })
  }
}
