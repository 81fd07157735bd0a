/** What agents ask leave for, for people. */
import type { Look } from "../../../layers/terminal/look.ts"
import type { GatewayConfig } from "../../../schemas/Config.ts"
import { inWords } from "../../../schemas/inWords.ts"
import { accountNamed, personInWords } from "../../../schemas/naming.ts"
import type { PermissionRecord } from "../../../schemas/Permission.ts"
import { leaveInWords, whatInWords } from "../../../schemas/permissionWords.ts"
import { table } from "./table.ts"

type Named = Pick<GatewayConfig, "accounts" | "people">

/** What is typed again, and what is decided about: neither is cut. */
const KEPT = ["CODE", "WHAT"]

const where = ({ accounts, people }: Named, { accountId, chat }: PermissionRecord): string =>
  `${personInWords(people, chat)} of ${accountNamed(accounts, accountId)}`

/** `now` in Unix ms. */
export const showWaiting = (
  waiting: ReadonlyArray<PermissionRecord>,
  named: Named,
  now: number,
  look?: Look
): string =>
  waiting.length === 0
    ? "No agent waits for leave."
    : table(
        [
          ["CODE", "AGENT", "FOR", "TIME LEFT", "WHAT"],
          ...waiting.map((record) => [
            record.code ?? "",
            record.agentId,
            where(named, record),
            inWords((record.expiresAt ?? now) - now),
            whatInWords(record)
          ])
        ],
        look,
        KEPT
      )

const outcome = ({ decided }: PermissionRecord): string => {
  if (decided === null) return "waits"
  const { allowed, by, reason } = decided
  return `${leaveInWords(allowed, reason)}${by === null ? "" : ` (${by})`}`
}

export const showDecided = (decided: ReadonlyArray<PermissionRecord>, named: Named, look?: Look): string =>
  decided.length === 0
    ? "No request for leave was decided yet."
    : table(
        [
          ["ID", "WHEN", "AGENT", "FOR", "OUTCOME", "WHAT"],
          ...decided.map((record) => [
            String(record.number),
            new Date(record.decided?.at ?? record.askedAt).toISOString(),
            record.agentId,
            where(named, record),
            outcome(record),
            whatInWords(record)
          ])
        ],
        look
      )
