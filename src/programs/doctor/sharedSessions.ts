/** Who shares a session: a gateway that runs knows whom it has approved. */
import type { GatewayConfig } from "../../schemas/Config.ts"
import type { PairingApproval } from "../../services/PairingStore.ts"
import { describeShared, REMEDY, sharedSessions } from "../sharedSessions.ts"
import { type Check, ok, warning } from "./Check.ts"

const PLACE = { id: "sessions", title: "Sessions" } as const

/** `approvals` are those that are known. */
export const sessionsCheck = (
  config: GatewayConfig,
  approvals: ReadonlyArray<Pick<PairingApproval, "accountId" | "sender">>
): Check => {
  const shared = sharedSessions(config, approvals)
  if (shared.length > 0) return warning(PLACE, describeShared(shared), REMEDY)
  const { dmScope } = config.session
  return ok(
    PLACE,
    dmScope === undefined
      ? "no more than one person is known who may write directly"
      : `session.dmScope is "${dmScope}"`
  )
}
