/** What stands before every reply: `messages.responsePrefix` with its placeholders filled. */
import type { AccountConfig, AgentConfig } from "../../schemas/Config.ts"
import { filled } from "../../schemas/filled.ts"

/** The agent and the account by the names that people know them by. */
const valuesOf = (
  agent: AgentConfig,
  account: AccountConfig
): Readonly<Record<string, string | undefined>> => ({
  agent: agent.name ?? agent.id,
  account: account.name ?? account.id,
  model: agent.model
})

/** The first line of a code block must stay a line of its own. */
const FENCE = /^ {0,3}(?:`{3,}|~{3,})/u

/** Puts the prefix before a text, with a space between unless it brings its own white space. */
export const withPrefix = (
  template: string | undefined,
  agent: AgentConfig,
  account: AccountConfig,
  text: string
): string => {
  if (template === undefined || template.trim() === "" || text.trim() === "") return text
  // `auto` is the agent's name in brackets.
  const prefix = filled(template.trim() === "auto" ? "[{agent}]" : template, valuesOf(agent, account))
  if (FENCE.test(text)) return `${prefix.trimEnd()}\n${text}`
  return /\s$/u.test(prefix) ? `${prefix}${text}` : `${prefix} ${text}`
}
