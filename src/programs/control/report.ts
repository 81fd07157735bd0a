/** What the gateway says of itself, put together from what its services know. */
import { Effect, Option } from "effect"
import type { AccountReport, Health, PausedChatReport, Status } from "../../schemas/control/Status.ts"
import { nameOf } from "../../schemas/naming.ts"
import type { People } from "../../schemas/People.ts"
import { type AccountStatus, Accounts } from "../../services/Accounts.ts"
import { Budget } from "../../services/Budget.ts"
import { currentConfig } from "../../services/ConfigService.ts"
import { DeadLetters } from "../../services/DeadLetters.ts"
import { Hosts } from "../../services/Hosts.ts"
import { Mailboxes } from "../../services/Mailboxes.ts"
import { Outbox } from "../../services/Outbox.ts"
import { PairingStore } from "../../services/PairingStore.ts"
import { type Pause, PausedChats } from "../../services/PausedChats.ts"
import { Permissions } from "../../services/Permissions.ts"
import { VERSION } from "../../version.ts"

const reportOf = (status: AccountStatus, queued: number): AccountReport => ({
  id: status.id,
  name: status.name ?? null,
  ...(status.host === undefined ? {} : { host: status.host }),
  state: status.state,
  reason: status.reason,
  since: status.since,
  pid: status.pid ?? null,
  restarts: status.restarts,
  lastRestart: status.lastRestart ?? null,
  lastError: status.lastError ?? null,
  cursor: status.cursor ?? null,
  lastInboundAt: status.lastInboundAt ?? null,
  lastOutboundAt: status.lastOutboundAt ?? null,
  queued,
  waitingRows: status.waitingRows,
  clockBehindMs: status.clockBehindMs,
  verdicts: Object.fromEntries(Object.entries(status.fates)),
  bridge: status.bridge ?? null
})

/** The accounts as they are, in the order of the config. */
const accountReports = Effect.gen(function* () {
  const statuses = yield* (yield* Accounts).all
  const queued = yield* (yield* Outbox).counts
  return statuses.map((status) => reportOf(status, queued.get(status.id) ?? 0))
})

const namedBy = (people: People, subject: string) => {
  const name = nameOf(people, subject)
  return name === undefined ? {} : { name }
}

/** The hosts, where there are several. */
const hostReports = Effect.flatMap(
  Hosts,
  Option.match({
    onNone: () => Effect.succeed<Pick<Status, "hosts">>({}),
    onSome: ({ all }) => Effect.map(all, (hosts): Pick<Status, "hosts"> => ({ hosts }))
  })
)

/** A paused chat, as it is told. */
export const pausedReport =
  (people: People) =>
  ({ until, ...pause }: Pause): PausedChatReport => ({
    ...pause,
    ...namedBy(people, pause.chat),
    until: until ?? null
  })

/** `startedAt` is when the gateway was started, in Unix ms. */
export const status = (startedAt: number) =>
  Effect.gen(function* () {
    const mailboxes = yield* (yield* Mailboxes).counts
    const letters = yield* (yield* DeadLetters).counts
    const pending = yield* (yield* PairingStore).pending
    const { people } = yield* currentConfig
    const accounts = yield* accountReports
    const queued = accounts.reduce((sum, account) => sum + account.queued, 0)
    return {
      version: VERSION,
      pid: process.pid,
      startedAt,
      accounts,
      ...(yield* hostReports),
      sessions: { busy: mailboxes.busy, waiting: mailboxes.messages, dead: letters.turns },
      paused: (yield* (yield* PausedChats).all).map(pausedReport(people)),
      pairing: { pending: pending.length },
      permissions: { waiting: (yield* (yield* Permissions).waiting).length },
      budgets: (yield* (yield* Budget).exceeded).map((one) => ({ ...one, ...namedBy(people, one.subject) })),
      deliveries: { queued, uncertain: letters.uncertain, dead: letters.deliveries }
    } satisfies Status
  })

/** Whether every enabled account runs; a gateway without one has nothing that could be ill. */
export const health = Effect.map(
  Effect.flatMap(Accounts, ({ all }) => all),
  (accounts): Health => {
    const ill = accounts.filter(({ state }) => state !== "running" && state !== "disabled")
    return {
      status: ill.length === 0 ? "ok" : "unhealthy",
      reasons: ill.map(({ id, lastError, reason, state }) => ({
        account: id,
        state,
        reason: lastError?.message ?? reason,
        hint: lastError?.hint ?? null
      }))
    }
  }
)
