/** What agents may do that ask before they do it: the key `permissions` of a runtime, and what it comes to for a turn. */
import { Schema } from "effect"
import { PermissionAction, ToolKind } from "../Permission.ts"
import type { Problem } from "./problems.ts"
import { type Settled, section } from "./section.ts"
import { MentionPattern, option, required, timerMs } from "./values.ts"

const Rule = Schema.Struct({
  kind: option(
    ToolKind,
    "What the agent wants to do, as its protocol names it. Such rules come before those without."
  ),
  title: option(
    MentionPattern,
    "A regular expression (RE2) that the title of the request matches, in any case; `^` and `$` are its ends. Titles are the agent's own words: a rule that allows by them trusts these."
  ),
  action: required(PermissionAction, "What is done about such a request.")
}).annotations({ identifier: "PermissionRule" })

/** The keys of `permissions`. */
export const permissionKeys = {
  default: option(
    PermissionAction,
    "What is done about a request that no rule is for: it is refused (`deny`), allowed, or an owner is asked (`ask`). In groups it is refused whatever is said here, unless the group has `permissions` of its own.",
    "deny"
  ),
  rules: option(Schema.Array(Rule), "What is done about some requests. The first that matches counts.", []),
  askTimeoutMs: option(timerMs(1000), "How long an owner is waited for, in ms; no answer means no.", 600_000),
  acknowledgeOpen: option(
    Schema.Boolean,
    "Whether strangers may have the agent ask, or be allowed, by what they write to it. Without it a config that would let them is refused.",
    false
  )
}

/** The key `permissions` of a runtime. */
export const permissions = section(
  "Permissions",
  "What the agent may do that asks before it does something: see agents.md.",
  permissionKeys
)

/** What `permissions` comes to. */
export type PermissionsConfig = Settled<typeof permissionKeys>

/** A rule: for requests of a kind, or with such a title, or both. */
export interface PermissionRule {
  readonly kind?: ToolKind
  readonly title?: string
  readonly action: PermissionAction
}

/** What `permissions`, at `path`, says that cannot be meant. */
export const permissionProblems = (
  { rules = [] }: { readonly rules?: ReadonlyArray<PermissionRule> },
  path: Problem["path"]
): ReadonlyArray<Problem> =>
  rules.flatMap(({ kind, title }, at) =>
    kind === undefined && title === undefined
      ? [
          {
            path: [...path, "rules", at],
            message: "names neither a kind nor a title, so it would be for everything: say that by default"
          }
        ]
      : []
  )
