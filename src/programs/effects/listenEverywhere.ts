/** Hearing of what happens on every host, whichever is asked. */
import { Effect, Option, type Scope, Stream } from "effect"
import type { NumberedEvent } from "../../schemas/GatewayEvent.ts"
import { Events } from "../../services/Events.ts"
import { Hosts } from "../../services/Hosts.ts"

/** An event as it is told here; those of several hosts say which theirs is. */
export type Heard = NumberedEvent & { readonly host?: string }

/**
 * Listens to what happens here, and in a cluster on its other hosts, until the scope closes. The words of messages come
 * from those only with `bodies`. What happens on a host while it cannot be reached is missed.
 */
export const listenEverywhere = ({
  bodies
}: {
  readonly bodies: boolean
}): Effect.Effect<Stream.Stream<Heard>, never, Events | Scope.Scope> =>
  Effect.gen(function* () {
    const here = yield* (yield* Events).listen
    const hosts = yield* Hosts
    if (Option.isNone(hosts)) return here
    const { here: host, listen } = hosts.value
    return Stream.merge(
      Stream.map(here, (event) => ({ ...event, host })),
      yield* listen({ bodies })
    )
  })
