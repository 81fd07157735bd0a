/** The state of the accounts in memory. A change is one step that nothing can come between, so it needs no lock. */
import { Array as Arr, Clock, Effect, Layer, Option, Stream, SubscriptionRef } from "effect"
import type { AccountConfig, GatewayConfig } from "../../schemas/Config.ts"
import { type AccountStatus, Accounts } from "../../services/Accounts.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { Events } from "../../services/Events.ts"

const initial = (account: AccountConfig, now: number): AccountStatus => ({
  id: account.id,
  name: account.name,
  state: account.enabled ? "stopped" : "disabled",
  reason: account.enabled ? "not started yet" : "disabled by the config",
  since: now,
  pid: undefined,
  restarts: 0,
  lastRestart: undefined,
  lastError: undefined,
  cursor: undefined,
  lastInboundAt: undefined,
  lastOutboundAt: undefined,
  fates: {},
  waitingRows: 0,
  clockBehindMs: 0,
  bridge: undefined
})

/** As it begins anew; what counts since the start of the gateway, and what is in hand, goes on. */
const begun = (account: AccountConfig, now: number, before: AccountStatus | undefined): AccountStatus => {
  const { clockBehindMs, fates, lastInboundAt, lastOutboundAt, lastRestart, restarts } =
    before ?? initial(account, now)
  return {
    ...initial(account, now),
    clockBehindMs,
    fates,
    lastInboundAt,
    lastOutboundAt,
    lastRestart,
    restarts
  }
}

/** Whether a bridge came or went. That there never was one is no news. */
const isOtherBridge = (before: AccountStatus, after: AccountStatus): boolean =>
  after.bridge !== undefined && after.bridge.state !== (before.bridge?.state ?? "absent")

/** Why a child is given up: its failure, or what was asked. */
const reasonOf = ({ lastError, reason }: AccountStatus): string => lastError?.code ?? reason

const make = Effect.gen(function* () {
  const config = yield* ConfigService
  const { unsafePublish } = yield* Events
  /** Also of those that the config does not have any more: what they have in hand goes on. */
  const statuses = new Map<string, AccountStatus>()
  let listed: ReadonlyArray<string> = []

  const tell = (before: AccountStatus, after: AccountStatus) => {
    const { id: accountId, lastError, reason, restarts, state } = after
    if (restarts > before.restarts) {
      unsafePublish({ _tag: "ChildRestarted", accountId, reason: reasonOf(before) })
    }
    if (after.bridge !== undefined && isOtherBridge(before, after)) {
      const { error, state } = after.bridge
      unsafePublish({
        _tag: "BridgeChanged",
        accountId,
        state,
        ...(error === null ? {} : { message: error })
      })
    }
    if (state !== before.state) {
      const problem = lastError === undefined ? {} : { code: lastError.code, message: lastError.message }
      unsafePublish({ _tag: "AccountState", accountId, state, reason, ...problem })
    }
  }

  /** Takes in who was added, renamed, enabled or disabled, and forgets who was removed. */
  const follow = ({ accounts }: GatewayConfig) =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      listed = accounts.map(({ id }) => id)
      for (const account of accounts) {
        const before = statuses.get(account.id)
        const isOther = before === undefined || (before.state === "disabled") === account.enabled
        const after = isOther ? begun(account, now, before) : { ...before, name: account.name }
        statuses.set(account.id, after)
        if (before !== undefined && isOther) tell(before, after)
      }
    })
  yield* follow(yield* config.current)
  yield* Effect.forkScoped(Effect.interruptible(Stream.runForEach(config.changes, follow)))

  const orders = yield* SubscriptionRef.make<ReadonlyMap<string, number>>(new Map())

  return Accounts.of({
    restart: (id) =>
      SubscriptionRef.update(orders, (before) => new Map([...before, [id, (before.get(id) ?? 0) + 1]])),
    restarts: (id) =>
      orders.changes.pipe(
        Stream.map((now) => now.get(id) ?? 0),
        Stream.changes
      ),
    all: Effect.sync(() => Arr.getSomes(listed.map((id) => Option.fromNullable(statuses.get(id))))),
    get: (id) => Effect.sync(() => Option.fromNullable(listed.includes(id) ? statuses.get(id) : undefined)),
    update: (id, change) =>
      Effect.clockWith((clock) =>
        Effect.sync(() => {
          const before = statuses.get(id)
          if (before === undefined) return
          const now = clock.unsafeCurrentTimeMillis()
          const next = { ...before, ...change(before) }
          const after = {
            ...next,
            since: next.state === before.state ? before.since : now,
            ...(next.restarts > before.restarts ? { lastRestart: { reason: reasonOf(before), at: now } } : {})
          }
          statuses.set(id, after)
          tell(before, after)
        })
      )
  })
})

export const layer: Layer.Layer<Accounts, never, ConfigService | Events> = Layer.scoped(Accounts, make)
