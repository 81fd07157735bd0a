/** What a child can do now: what it said of itself last, less what it has refused since. */
import { Effect, Option, SubscriptionRef } from "effect"
import { type Capabilities, capabilitiesOf, withoutBridge } from "../../schemas/Capabilities.ts"
import { Methods } from "../../schemas/ImsgProtocol.ts"
import type { ImsgSession } from "../../services/ImsgProcess.ts"

/** The part of a session that knows it. */
type Knowing = Pick<
  ImsgSession,
  "capabilities" | "capabilityChanges" | "status" | "statusCommand" | "bridgeRefused"
>

/** `said` at the handshake; `printed` is what the command `imsg status` says of it, where the build has that. */
export const knowing = (
  { request }: Pick<ImsgSession, "request">,
  said: Capabilities,
  printed: Effect.Effect<Option.Option<Capabilities>>
): Effect.Effect<Knowing> =>
  Effect.map(SubscriptionRef.make(said), (known) => ({
    capabilities: SubscriptionRef.get(known),
    capabilityChanges: known.changes,
    status: (timeoutMs) =>
      Effect.tap(request(Methods.status, {}, timeoutMs), (status) =>
        SubscriptionRef.set(known, capabilitiesOf(status))
      ),
    statusCommand: Effect.flatMap(
      printed,
      Option.match({
        onNone: () => Effect.succeed(false),
        onSome: (found) => Effect.as(SubscriptionRef.set(known, found), true)
      })
    ),
    bridgeRefused: SubscriptionRef.update(known, withoutBridge)
  }))
