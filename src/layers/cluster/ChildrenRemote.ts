/** The children that run on any host: one that runs here is asked at once, and another through the host of its account. */
import { Effect, Layer, Option, Schema } from "effect"
import type { ChildKnown } from "../../schemas/AccountActor.ts"
import { NO_CAPABILITIES } from "../../schemas/Capabilities.ts"
import { ProtocolViolation } from "../../schemas/errors/imsg.ts"
import { AccountHosts } from "../../services/AccountHosts.ts"
import { type Askable, Children } from "../../services/Children.ts"

/** How long a host may take to say which child it has, in ms. */
const KNOWN_WITHIN_MS = 3000
/** How long the way there and back may take, in ms, beside the time that the child has. */
const WAY_MS = 3000

const make = Effect.gen(function* () {
  const here = yield* Children
  const hosts = yield* AccountHosts

  const known = (accountId: string): Effect.Effect<Option.Option<ChildKnown>> =>
    hosts
      .ask(accountId, (host) => host.Child(), KNOWN_WITHIN_MS)
      .pipe(
        Effect.map(Option.fromNullable),
        Effect.catchTag("AccountNotRunning", () => Effect.succeedNone)
      )

  /** Stands for the child of another host. */
  const elsewhere = (accountId: string, { build }: ChildKnown): Askable => ({
    build,
    capabilities: Effect.map(
      known(accountId),
      Option.match({ onNone: () => NO_CAPABILITIES, onSome: ({ capabilities }) => capabilities })
    ),
    request: (method, params, timeoutMs) =>
      hosts
        .ask(
          accountId,
          (host) =>
            host.Ask({ method: method.name, params: Object.fromEntries(Object.entries(params)), timeoutMs }),
          timeoutMs + WAY_MS
        )
        .pipe(
          Effect.flatMap((result) =>
            Effect.mapError(
              Schema.decodeUnknown(method.result)(result),
              () =>
                new ProtocolViolation({
                  command: `the imsg of ${accountId}`,
                  detail: `the result of \`${method.name}\` has not its documented form`
                })
            )
          )
        )
  })

  return Children.of({
    connected: here.connected,
    of: (accountId) =>
      Effect.gen(function* () {
        const child = yield* here.of(accountId)
        if (Option.isSome(child) || (yield* hosts.isHere(accountId))) return child
        return Option.map(yield* known(accountId), (found) => elsewhere(accountId, found))
      })
  })
})

export const layer: Layer.Layer<Children, never, Children | AccountHosts> = Layer.effect(Children, make)
