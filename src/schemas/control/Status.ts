/** What the gateway says of itself. Times are Unix milliseconds; what is not known is null. */
import { Schema } from "effect"
import { Bridge } from "../Bridge.ts"

const Problem = Schema.Struct({ code: Schema.String, message: Schema.String, hint: Schema.String })

export const AccountReport = Schema.Struct({
  id: Schema.String,
  name: Schema.NullOr(Schema.String),
  /** The host that runs it, or ran it last; absent where there is but one. */
  host: Schema.optionalWith(Schema.String, { exact: true }),
  /** `degraded` needs a person, `backoff` heals by itself. */
  state: Schema.Literal("starting", "running", "backoff", "degraded", "stopped", "disabled"),
  reason: Schema.String,
  since: Schema.Number,
  pid: Schema.NullOr(Schema.Int),
  /**
   * Children that were begun since the gateway was started because the one before failed by itself. What waits for a
   * person (`degraded`) is tried again and again, which counts as none.
   */
  restarts: Schema.Int,
  /** Why the child before this one was given up (its failure's code), and when the next was begun. */
  lastRestart: Schema.NullOr(Schema.Struct({ reason: Schema.String, at: Schema.Number })),
  lastError: Schema.NullOr(Problem),
  /** The rowid up to which every row is accepted or judged, or waits. */
  cursor: Schema.NullOr(Schema.Int),
  lastInboundAt: Schema.NullOr(Schema.Number),
  lastOutboundAt: Schema.NullOr(Schema.Number),
  /** Replies that the account has in hand. */
  queued: Schema.Int,
  /** Rows that wait for what Messages writes later, their chat or their files, or for one that does. */
  waitingRows: Schema.Int,
  /** By how much the clock that dates its messages is behind the gateway's, in ms; less than 0 where it is ahead. */
  clockBehindMs: Schema.Number,
  /** Rows since the start of the gateway, by what became of them. */
  verdicts: Schema.Record({ key: Schema.String, value: Schema.Int }),
  /** imsg's private bridge, as it was told last; null until a child has told. */
  bridge: Schema.NullOr(Bridge)
}).annotations({ identifier: "Account" })
export type AccountReport = typeof AccountReport.Type

/** A host of a cluster, as it said of itself last. */
export const HostReport = Schema.Struct({
  name: Schema.String,
  /** `here` is the one that answers; `silent` has not been heard of for too long, and did not say that it stops. */
  state: Schema.Literal("here", "up", "silent", "stopped"),
  /** Where the other hosts reach it. */
  address: Schema.String,
  version: Schema.String,
  pid: Schema.Int,
  startedAt: Schema.Number,
  /** When it was heard of last, or stopped. */
  seenAt: Schema.Number,
  /** By how much its clock is behind the database's, in ms; less than 0 where it is ahead. */
  clockBehindMs: Schema.Number
}).annotations({ identifier: "Host" })
export type HostReport = typeof HostReport.Type

/** A chat that gives the gateway's own words back; `until` is null where its owner has to resume it. */
export const PausedChatReport = Schema.Struct({
  accountId: Schema.String,
  /** Where its replies go, as targets are written. */
  chat: Schema.String,
  /** The name that `people` gives to whose chat it is. */
  name: Schema.optionalWith(Schema.String, { exact: true }),
  /** How often it was paused lately. */
  times: Schema.Int,
  since: Schema.Number,
  until: Schema.NullOr(Schema.Number)
}).annotations({ identifier: "PausedChat" })
export type PausedChatReport = typeof PausedChatReport.Type

/** Where the control server answers with it. */
export const STATUS_PATH = "/status"

export const Status = Schema.Struct({
  version: Schema.String,
  pid: Schema.Int,
  startedAt: Schema.Number,
  accounts: Schema.Array(AccountReport),
  /** The hosts that carry the gateway together, by their names; absent where there is but one. */
  hosts: Schema.optionalWith(Schema.Array(HostReport), { exact: true }),
  /** Conversations in which messages wait or are being answered, those messages, and turns that failed for good. */
  sessions: Schema.Struct({ busy: Schema.Int, waiting: Schema.Int, dead: Schema.Int }),
  /** Chats that are paused because they give the gateway's own words back. */
  paused: Schema.Array(PausedChatReport),
  pairing: Schema.Struct({ pending: Schema.Int }),
  /** What agents wait for an owner's leave for. */
  permissions: Schema.Struct({ waiting: Schema.Int }),
  /** Budgets that were used up within 24 hours: of whom (a handle, or a chat), since when, and turns not begun. */
  budgets: Schema.Array(
    Schema.Struct({
      accountId: Schema.String,
      budget: Schema.Literal("turns", "parts"),
      subject: Schema.String,
      /** The name that `people` gives to whose it is. */
      name: Schema.optionalWith(Schema.String, { exact: true }),
      since: Schema.Number,
      dropped: Schema.Int
    })
  ),
  /** Replies that wait or are being sent, that may or may not have been sent, and that failed for good. */
  deliveries: Schema.Struct({ queued: Schema.Int, uncertain: Schema.Int, dead: Schema.Int })
}).annotations({ identifier: "Status" })
export type Status = typeof Status.Type

/** What a gateway knows of itself where its store does not say the rest; accounts of other hosts are as they were last. */
export const KnownStatus = Schema.Struct({
  version: Status.fields.version,
  pid: Status.fields.pid,
  startedAt: Status.fields.startedAt,
  accounts: Schema.Array(AccountReport.omit("queued"))
})
export type KnownStatus = typeof KnownStatus.Type

/** Whether every enabled account runs, and why not. */
export const Health = Schema.Struct({
  status: Schema.Literal("ok", "unhealthy"),
  reasons: Schema.Array(
    Schema.Struct({
      account: Schema.String,
      state: AccountReport.fields.state,
      reason: Schema.String,
      hint: Schema.NullOr(Schema.String)
    })
  )
}).annotations({ identifier: "Health" })
export type Health = typeof Health.Type

/** What a reload of the config changed, by the ids of accounts. `others`: agents, bindings, messages, retention, control. */
export const ConfigChange = Schema.Struct({
  added: Schema.Array(Schema.String),
  removed: Schema.Array(Schema.String),
  changed: Schema.Array(Schema.String),
  others: Schema.Boolean
}).annotations({ identifier: "ConfigChange" })
export type ConfigChange = typeof ConfigChange.Type
