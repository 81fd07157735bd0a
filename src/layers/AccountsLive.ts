/** The state of the accounts in memory, one subscribable reference each. */
import { Clock, Effect, Layer, Option, Stream, SubscriptionRef } from "effect"
import { type AccountStatus, Accounts } from "../services/Accounts.ts"
import { ConfigService } from "../services/ConfigService.ts"

const make = Effect.gen(function* () {
  const { accounts } = yield* ConfigService
  const now = yield* Clock.currentTimeMillis
  const entries = yield* Effect.forEach(accounts, (account) =>
    SubscriptionRef.make<AccountStatus>({
      id: account.id,
      name: account.name,
      state: account.enabled ? "stopped" : "disabled",
      reason: account.enabled ? "not started yet" : "disabled by the config",
      since: now,
      pid: undefined,
      restarts: 0,
      lastError: undefined,
      cursor: undefined,
      lastInboundAt: undefined,
      lastOutboundAt: undefined,
      queued: 0,
      fates: {}
    }).pipe(Effect.map((ref) => [account.id, ref] as const))
  )
  const refs = new Map(entries)

  return Accounts.of({
    all: Effect.forEach(refs.values(), SubscriptionRef.get),
    get: (id) => Effect.transposeMapOption(Option.fromNullable(refs.get(id)), SubscriptionRef.get),
    update: (id, change) => {
      const ref = refs.get(id)
      if (ref === undefined) return Effect.void
      return Effect.flatMap(Clock.currentTimeMillis, (now) =>
        SubscriptionRef.update(ref, (status) => {
          const next = { ...status, ...change(status) }
          return next.state === status.state ? next : { ...next, since: now }
        })
      )
    },
    changes: (id) => refs.get(id)?.changes ?? Stream.empty
  })
})

export const layer: Layer.Layer<Accounts, never, ConfigService> = Layer.effect(Accounts, make)
