/** Who shares a session and what is remembered in it, by the config and by who was approved. */
import { Option } from "effect"
import type { GatewayConfig } from "../../../schemas/Config.ts"
import type { PairingApproval } from "../../../services/PairingStore.ts"
import {
  agentsOfSeveral,
  describeShared,
  listShared,
  REMEDY,
  sharedSessions
} from "../../gateway/sharedSessions.ts"
import { type Check, ok, warning } from "./Check.ts"

type Approvals = Option.Option<ReadonlyArray<Pick<PairingApproval, "accountId" | "sender">>>

const PLACE = { id: "sessions", title: "Sessions" } as const

/** Whether it matters to anything who was approved. */
const canBePaired = ({ accounts }: GatewayConfig): boolean =>
  accounts.some(({ dmPolicy, enabled }) => enabled && dmPolicy === "pairing")

/** `approvals` are none where nobody can say who was approved. */
export const sessionsCheck = (config: GatewayConfig, approvals: Approvals): Check => {
  const shared = sharedSessions(
    config,
    Option.getOrElse(approvals, () => [])
  )
  if (shared.length > 0) return warning(PLACE, describeShared(shared), REMEDY)
  const { dmScope } = config.session
  if (Option.isNone(approvals) && dmScope === undefined && canBePaired(config)) {
    return warning(
      PLACE,
      "it is not known who was approved by pairing, for the store cannot be read; so people may share a session",
      REMEDY
    )
  }
  return ok(
    PLACE,
    dmScope === undefined
      ? "no more than one person is known who may write directly"
      : `session.dmScope is "${dmScope}"`
  )
}

const MEMORY = { id: "memory", title: "Memory" } as const

/**
 * What it means that agents remember by session, where some do; `approvals` as above. Under every scope but `main` a
 * session is that of one person, or of a thread in which all see the answers.
 */
export const memoryCheck = (config: GatewayConfig, approvals: Approvals): ReadonlyArray<Check> => {
  const bySession = config.agents.list.filter(({ memory }) => memory?.scope === "session").map(({ id }) => id)
  if (bySession.length === 0) return []
  const { dmScope = "main" } = config.session
  if (dmScope !== "main") {
    return [
      ok(MEMORY, `${bySession.join(", ")} by session: under "${dmScope}" those of different people are apart`)
    ]
  }
  const shared = agentsOfSeveral(
    config,
    Option.getOrElse(approvals, () => [])
  ).filter(({ agentId }) => bySession.includes(agentId))
  if (shared.length > 0) {
    return [
      warning(
        MEMORY,
        `memory.scope is "session" and all direct messages share one: more than one person may write to ${listShared(shared)}, and what one of them says is told to the agent with the questions of the others, which may repeat it to them`,
        "Take memory.scope out, so that each person has a conversation of their own; or leave it, if all of them may hear of each other."
      )
    ]
  }
  return Option.isNone(approvals) && canBePaired(config)
    ? [
        warning(
          MEMORY,
          `${bySession.join(", ")} by session; it is not known who was approved by pairing, for the store cannot be read, so people may hear of each other`,
          "Take memory.scope out, so that each person has a conversation of their own."
        )
      ]
    : [
        ok(
          MEMORY,
          `${bySession.join(", ")} by session; no more than one person is known who may write directly`
        )
      ]
}
