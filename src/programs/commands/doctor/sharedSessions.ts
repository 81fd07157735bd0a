/** Who shares a session, by the config and by who was approved. */
import { Option } from "effect"
import type { GatewayConfig } from "../../../schemas/Config.ts"
import type { PairingApproval } from "../../../services/PairingStore.ts"
import { describeShared, REMEDY, sharedSessions } from "../../gateway/sharedSessions.ts"
import { type Check, ok, warning } from "./Check.ts"

const PLACE = { id: "sessions", title: "Sessions" } as const

/** Whether it matters to anything who was approved. */
const canBePaired = ({ accounts }: GatewayConfig): boolean =>
  accounts.some(({ dmPolicy, enabled }) => enabled && dmPolicy === "pairing")

/** `approvals` are none where nobody can say who was approved. */
export const sessionsCheck = (
  config: GatewayConfig,
  approvals: Option.Option<ReadonlyArray<Pick<PairingApproval, "accountId" | "sender">>>
): Check => {
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
