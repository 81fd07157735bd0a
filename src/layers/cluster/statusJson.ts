/** How an account is, as its host writes it for the others. Another version may have written more of it, or less. */
import { Option, Schema } from "effect"
import { Bridge } from "../../schemas/Bridge.ts"
import type { AccountStatus } from "../../services/Accounts.ts"

const Moment = Schema.optional(Schema.Number)

const Written = Schema.Struct({
  id: Schema.String,
  name: Schema.optional(Schema.String),
  state: Schema.Literal("starting", "running", "backoff", "degraded", "stopped", "disabled"),
  reason: Schema.String,
  since: Schema.Number,
  pid: Schema.optional(Schema.Int),
  restarts: Schema.optional(Schema.Int),
  lastRestart: Schema.optional(Schema.Struct({ reason: Schema.String, at: Schema.Number })),
  lastError: Schema.optional(
    Schema.Struct({ code: Schema.String, message: Schema.String, hint: Schema.String })
  ),
  cursor: Schema.optional(Schema.Int),
  lastInboundAt: Moment,
  lastOutboundAt: Moment,
  fates: Schema.optional(Schema.Record({ key: Schema.String, value: Schema.Int })),
  waitingRows: Schema.optional(Schema.Int),
  clockBehindMs: Schema.optional(Schema.Number),
  bridge: Schema.optional(Bridge)
})

const read = Schema.decodeUnknownOption(Schema.parseJson(Written))

export const writeStatus = (status: AccountStatus): string => JSON.stringify(status)

/** Nothing where it is of a kind that this version does not know. */
export const readStatus = (text: string): Option.Option<AccountStatus> =>
  Option.map(read(text), (written) => ({
    id: written.id,
    name: written.name,
    state: written.state,
    reason: written.reason,
    since: written.since,
    pid: written.pid,
    restarts: written.restarts ?? 0,
    lastRestart: written.lastRestart,
    lastError: written.lastError,
    cursor: written.cursor,
    lastInboundAt: written.lastInboundAt,
    lastOutboundAt: written.lastOutboundAt,
    fates: written.fates ?? {},
    waitingRows: written.waitingRows ?? 0,
    clockBehindMs: written.clockBehindMs ?? 0,
    bridge: written.bridge
  }))
