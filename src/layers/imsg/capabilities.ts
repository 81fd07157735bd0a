/** What a child can do now: what it said of itself last, less what it has refused since. */
import { Effect, Ref } from "effect"
import { type Capabilities, capabilitiesOf, withoutBridge } from "../../schemas/Capabilities.ts"
import { Methods } from "../../schemas/ImsgProtocol.ts"
import type { ImsgSession } from "../../services/ImsgProcess.ts"

/** The part of a session that knows it; `said` at the handshake. */
export const knowing = (
  { request }: Pick<ImsgSession, "request">,
  said: Capabilities
): Effect.Effect<Pick<ImsgSession, "capabilities" | "status" | "bridgeRefused">> =>
  Effect.map(Ref.make(said), (known) => ({
    capabilities: Ref.get(known),
    status: (timeoutMs) =>
      Effect.tap(request(Methods.status, {}, timeoutMs), (status) => Ref.set(known, capabilitiesOf(status))),
    bridgeRefused: Ref.update(known, withoutBridge)
  }))
