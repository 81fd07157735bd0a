/** What stands before every reply: `messages.responsePrefix` with its placeholders filled. */
import type { AccountConfig, AgentConfig } from "../../schemas/Config.ts"

/** The agent and the account by the names that people know them by. */
const valuesOf = (
  agent: AgentConfig,
  account: AccountConfig
): Readonly<Record<string, string | undefined>> => ({
  agent: agent.name ?? agent.id,
  account: account.name ?? account.id,
  model: agent.model
})

/** A placeholder whose value is not known stays as it is. `auto` is the agent's name in brackets. */
const filled = (template: string, agent: AgentConfig, account: AccountConfig): string => {
  const values = valuesOf(agent, account)
  return (template.trim() === "auto" ? "[{agent}]" : template).replace(
    /\{(agent|account|model)\}/gu,
    (all, name: string) => values[name] ?? all
  )
}

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
  const prefix = filled(template, agent, account)
  if (FENCE.test(text)) return `${prefix.trimEnd()}\n${text}`
  return /\s$/u.test(prefix) ? `${prefix}${text}` : `${prefix} ${text}`
}
