/** What the gateway says of itself, put together from what its services know. */
import { Effect, Option, Redacted } from "effect"
import { nameInUrl } from "../../schemas/config/postgresUrl.ts"
import type { ClusterConfig } from "../../schemas/config/resolved.ts"
import type { Health, KnownStatus, PausedChatReport, Status } from "../../schemas/control/Status.ts"
import { StoreUnavailable } from "../../schemas/errors/store.ts"
import { nameOf } from "../../schemas/naming.ts"
import type { People } from "../../schemas/People.ts"
import { STORE_FILE } from "../../schemas/storeFile.ts"
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

/** How long the store may take to say what of the status lies in it, in ms: less than whoever asks waits. */
const STORE_WITHIN_MS = 5000

const reportOf = (status: AccountStatus): KnownStatus["accounts"][number] => ({
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
  waitingRows: status.waitingRows,
  clockBehindMs: status.clockBehindMs,
  verdicts: Object.fromEntries(Object.entries(status.fates)),
  bridge: status.bridge ?? null
})

/** What is known without the store. `startedAt` is when the gateway was started, in Unix ms. */
export const knownStatus = (startedAt: number) =>
  Effect.map(
    Effect.flatMap(Accounts, ({ all }) => all),
    (accounts): KnownStatus => ({
      version: VERSION,
      pid: process.pid,
      startedAt,
      accounts: accounts.map(reportOf)
    })
  )

/** What the store is called that does not answer. */
const tooSlow = (cluster: ClusterConfig | undefined) => () =>
  new StoreUnavailable({
    file: cluster === undefined ? STORE_FILE : nameInUrl(Redacted.value(cluster.postgres.url)),
    detail: `it gave no answer within ${STORE_WITHIN_MS} ms`,
    trouble: cluster === undefined ? "busy" : "unreachable"
  })

/** What of the status is asked of the store, in time. */
const inTime = <A, R>(asked: Effect.Effect<A, StoreUnavailable, R>) =>
  Effect.flatMap(currentConfig, ({ cluster }) =>
    asked.pipe(
      // Whoever waits for a connection cannot be interrupted.
      Effect.disconnect,
      Effect.timeoutFail({ duration: STORE_WITHIN_MS, onTimeout: tooSlow(cluster) })
    )
  )

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

/** The status but what is known without the store, and how many replies each account has in hand. */
const storedStatus = inTime(
  Effect.gen(function* () {
    const mailboxes = yield* (yield* Mailboxes).counts
    const letters = yield* (yield* DeadLetters).counts
    const pending = yield* (yield* PairingStore).pending
    const { people } = yield* currentConfig
    return {
      queued: yield* (yield* Outbox).counts,
      letters,
      hosts: yield* hostReports,
      sessions: { busy: mailboxes.busy, waiting: mailboxes.messages, dead: letters.turns },
      paused: (yield* (yield* PausedChats).all).map(pausedReport(people)),
      pairing: { pending: pending.length },
      permissions: { waiting: (yield* (yield* Permissions).waiting).length },
      budgets: (yield* (yield* Budget).exceeded).map((one) => ({ ...one, ...namedBy(people, one.subject) }))
    }
  })
)

/** `startedAt` is when the gateway was started, in Unix ms. */
export const status = (startedAt: number) =>
  Effect.gen(function* () {
    const { hosts, letters, queued: inHand, ...stored } = yield* storedStatus
    const known = yield* knownStatus(startedAt)
    const accounts = known.accounts.map((account) => ({ ...account, queued: inHand.get(account.id) ?? 0 }))
    const queued = accounts.reduce((sum, account) => sum + account.queued, 0)
    return {
      ...{ ...known, accounts, ...hosts, ...stored },
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
