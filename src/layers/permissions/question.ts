/** What an owner is asked. Pure. */
import type { GatewayConfig } from "../../schemas/Config.ts"
import { inWords } from "../../schemas/inWords.ts"
import { accountNamed, personInWords } from "../../schemas/naming.ts"
import type { ToolKind } from "../../schemas/Permission.ts"
import { kindInWords } from "../../schemas/permissionWords.ts"
import { saidTitle } from "../../schemas/saidTitle.ts"

const MINUTE_MS = 60_000

/** A title in quotes: what it says must not pass for what the gateway says. */
const quoted = (title: string): string => {
  const words = title.replace(/[“”„‟"«»]/gu, "'")
  const said = saidTitle(words)
  return said === words ? `“${said}”` : `“${said}”, which goes on`
}

const within = (ms: number): string => {
  const minutes = ms / MINUTE_MS
  if (!Number.isInteger(minutes)) return inWords(ms)
  return minutes === 1 ? "a minute" : `${minutes} minutes`
}

/** What is asked: `senders` are who wrote what the agent works on, `chat` is where they did. */
export interface Question {
  readonly agentId: string
  readonly accountId: string
  readonly kind: ToolKind
  readonly title: string
  readonly senders: ReadonlyArray<string>
  readonly chat: string
  readonly isGroup: boolean
  readonly code: string
  readonly withinMs: number
}

/** Most of whoever wrote is named. */
const MOST_NAMED = 3

const whose = ({ people }: Pick<GatewayConfig, "people">, senders: ReadonlyArray<string>): string => {
  const names = [...new Set(senders)].map((sender) => personInWords(people, sender))
  const more = names.length - MOST_NAMED
  return more > 0 ? `${names.slice(0, MOST_NAMED).join(", ")} and ${more} more` : names.join(", ")
}

/** The question as it is sent. No line of it is a command itself. */
export const questionOf = (config: GatewayConfig, asked: Question): string => {
  const { accountId, agentId, chat, code, isGroup, kind, senders, title, withinMs } = asked
  const name = config.agents.list.find(({ id }) => id === agentId)?.name ?? agentId
  const what = title === "" ? kindInWords[kind] : `${kindInWords[kind]}: ${quoted(title)}`
  // Of what goes without saying the question is shorter: whose direct chat it is, and the one account.
  const group = isGroup ? ` in the group ${chat}` : ""
  const account = config.accounts.length > 1 ? ` through ${accountNamed(config.accounts, accountId)}` : ""
  const how = config.messages.commands
    ? `Say /allow ${code} or /deny ${code} within ${within(withinMs)}.`
    : `Commands in chats are off: answer on the web page, or by imsg-gateway permissions allow ${code} (or deny), within ${within(withinMs)}.`
  return `${name} wants to ${what}, for ${whose(config, senders)}${group}${account}.\n${how}`
}
