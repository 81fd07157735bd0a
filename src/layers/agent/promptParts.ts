/** What an agent is told that reads one text: who it is, by the config, and what people said. */
import type { AgentConfig } from "../../schemas/Config.ts"
import { said } from "../../schemas/prompt.ts"
import type { Turn } from "../../schemas/Turn.ts"

/** `system` is empty where the config says nothing. */
export const promptParts = (
  agent: Pick<AgentConfig, "id" | "name" | "systemPrompt">,
  turn: Turn
): { readonly system: string; readonly said: string } => ({
  system: [agent.systemPrompt, turn.systemPrompt].filter((one) => one !== undefined).join("\n\n"),
  said: said(turn, agent)
})

/** Both in one text. */
export const inOne = ({ said, system }: ReturnType<typeof promptParts>): string =>
  system === "" ? said : `${system}\n\n${said}`
