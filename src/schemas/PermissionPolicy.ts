/** What is done about the requests of one turn. Pure. */
import { RE2JS } from "re2js"
import type { GatewayConfig } from "./Config.ts"
import type { PermissionRule, PermissionsConfig } from "./config/permissions.ts"
import { beginning } from "./cut.ts"
import { type ChatNames, groupSettings } from "./GroupSettings.ts"
import { oneLine } from "./oneLine.ts"
import type { PermissionAction, PermissionReason, ToolKind } from "./Permission.ts"

/** What holds for a turn. `rules` are in the order in which they are tried; `askTimeoutMs` is how long an owner has. */
export interface PermissionPolicy {
  readonly default: PermissionAction
  readonly rules: ReadonlyArray<PermissionRule>
  readonly askTimeoutMs: number
}

/** Of an agent that may do nothing which it asks for. */
const nothing = (askTimeoutMs: number): PermissionPolicy => ({ default: "deny", rules: [], askTimeoutMs })

/** Titles are the agent's words, so that what a kind says comes first. */
const inOrder = (rules: ReadonlyArray<PermissionRule>): ReadonlyArray<PermissionRule> => [
  ...rules.filter(({ kind }) => kind !== undefined),
  ...rules.filter(({ kind }) => kind === undefined)
]

/** Whose turn it is, and where. `group` are the chats of the group; absent where only one person hears the answer. */
export interface PermissionSubject {
  readonly agentId: string
  readonly accountId: string
  readonly group?: ReadonlyArray<ChatNames>
}

/**
 * The policy that holds for a turn. A group holds whoever is in it: there nothing is allowed that its own settings do not
 * speak of.
 */
export const policyOf = (
  { accounts, agents }: Pick<GatewayConfig, "accounts" | "agents">,
  { accountId, agentId, group }: PermissionSubject
): PermissionPolicy => {
  const said: PermissionsConfig | undefined = agents.list.find(({ id }) => id === agentId)?.permissions
  if (said === undefined) return nothing(0)
  const { askTimeoutMs, rules } = said
  if (group === undefined) return { default: said.default, rules: inOrder(rules), askTimeoutMs }
  const account = accounts.find(({ id }) => id === accountId)
  const ofGroup = account === undefined ? undefined : groupSettings(account, group).permissions
  return ofGroup === undefined
    ? nothing(askTimeoutMs)
    : { default: ofGroup, rules: inOrder(rules), askTimeoutMs }
}

/** How much of a title is kept, in UTF-16 units. */
const LONGEST_TITLE = 1000

/** A title as it is matched, kept and shown: one line without anything that is not seen; `isCut` where it goes on. */
export const titleOf = (given: string): { readonly title: string; readonly isCut: boolean } => {
  // Of a huge one only the beginning is worth the work.
  const looked = given.slice(0, LONGEST_TITLE * 4)
  const line = oneLine(looked)
  const title = beginning(line, LONGEST_TITLE)
  const isCut = title.length < line.length || looked.length < given.length
  return { title: isCut ? `${title}…` : title, isCut }
}

/** What an agent wants to do. */
export interface PermissionWanted {
  readonly kind: ToolKind
  readonly title: string
}

/** What is done about a request, and why. */
export interface Judgement {
  readonly action: PermissionAction
  readonly reason: Extract<PermissionReason, "rule" | "default">
}

const isFor = ({ action, kind, title }: PermissionRule, wanted: PermissionWanted): boolean => {
  if (kind !== undefined && kind !== wanted.kind) return false
  if (title === undefined) return true
  const shown = titleOf(wanted.title)
  // Of a title that is too long nobody knows how it goes on.
  if (action === "allow" && shown.isCut) return false
  return RE2JS.compile(title, RE2JS.CASE_INSENSITIVE).matcher(shown.title).find()
}

export const judge = (policy: PermissionPolicy, wanted: PermissionWanted): Judgement => {
  const rule = policy.rules.find((each) => isFor(each, wanted))
  return rule === undefined
    ? { action: policy.default, reason: "default" }
    : { action: rule.action, reason: "rule" }
}
