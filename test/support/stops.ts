/** Stops of a test, which keeps them in memory. */
import { Effect, Ref } from "effect"
import { envelopeKey } from "../../src/schemas/Envelope.ts"
import type { Stops } from "../../src/services/Stops.ts"

/** Of sessions in which nobody stops anything. */
export const noStops: typeof Stops.Service = {
  stop: () => Effect.succeed(0),
  isStopped: () => Effect.succeed(false),
  awaitStop: () => Effect.never
}

/** Those of messages by their keys, as far as they are in `stopped`. */
export const stopsIn = (stopped: Ref.Ref<ReadonlyArray<string>>): typeof Stops.Service => ({
  ...noStops,
  isStopped: (message, attempt = 0) =>
    Effect.map(Ref.get(stopped), (keys) => attempt === 0 && keys.includes(envelopeKey(message)))
})
