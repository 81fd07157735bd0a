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
 * speak of, and where these say "deny" they mean it, whatever the agent's rules allow elsewhere.
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
  return ofGroup === undefined || ofGroup === "deny"
    ? nothing(askTimeoutMs)
    : { default: ofGroup, rules: inOrder(rules), askTimeoutMs }
}

/** How much of a title is kept and shown, in UTF-16 units. */
export const LONGEST_TITLE = 1000
/** How much of it is matched, in the same: a rule looks through so much within a tenth of a second. */
const LONGEST_MATCHED = 64 * 1024

/** What an agent wants to do. */
export interface PermissionWanted {
  readonly kind: ToolKind
  readonly title: string
  /** Whether the title went on where it came from, which is not known any more. */
  readonly isCut?: boolean
}

/** A title as it is kept and shown: one line without anything that is not seen. `isCut` where it goes on. */
export const titleOf = ({
  isCut = false,
  title
}: Omit<PermissionWanted, "kind">): { readonly title: string; readonly isCut: boolean } => {
  // Of a huge one only the beginning is worth the work.
  const looked = title.slice(0, LONGEST_TITLE * 4)
  const line = oneLine(looked)
  const shown = beginning(line, LONGEST_TITLE)
  const goesOn = isCut || shown.length < line.length || looked.length < title.length
  return { title: goesOn ? `${shown}…` : shown, isCut: goesOn }
}

/** What is done about a request, and why. */
export interface Judgement {
  readonly action: PermissionAction
  readonly reason: Extract<PermissionReason, "rule" | "default">
}

/** Whether a rule is for a request: nobody can say (`perhaps`) whose title is not all known. */
const isFor = (
  { action, kind, title }: PermissionRule,
  { isCut = false, ...wanted }: PermissionWanted
): "yes" | "no" | "perhaps" => {
  if (kind !== undefined && kind !== wanted.kind) return "no"
  if (title === undefined) return "yes"
  if (isCut || wanted.title.length > LONGEST_MATCHED) return "perhaps"
  if (!RE2JS.compile(title, RE2JS.CASE_INSENSITIVE).matcher(oneLine(wanted.title)).find()) return "no"
  // What nobody could read to its end, afterwards or in a question, is not allowed by what it says.
  return action === "allow" && titleOf(wanted).isCut ? "perhaps" : "yes"
}

const strictness: Readonly<Record<PermissionAction, number>> = { allow: 0, ask: 1, deny: 2 }

const stricter = (one: Judgement, other: Judgement): Judgement =>
  strictness[other.action] > strictness[one.action] ? other : one

/** The first rule that is for a request counts, or the default; where one before it may be, the strictest of these. */
export const judge = (policy: PermissionPolicy, wanted: PermissionWanted): Judgement => {
  const perhaps: Array<Judgement> = []
  for (const rule of policy.rules) {
    const judgement: Judgement = { action: rule.action, reason: "rule" }
    const answer = isFor(rule, wanted)
    if (answer === "yes") return perhaps.reduce(stricter, judgement)
    if (answer === "perhaps") perhaps.push(judgement)
  }
  return perhaps.reduce<Judgement>(stricter, { action: policy.default, reason: "default" })
}
