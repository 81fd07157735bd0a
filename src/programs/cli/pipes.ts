/** Standard output and error whose reader has gone away. */
import { Effect } from "effect"

/**
 * Node turns a write to a closed pipe into an error event, and an error event without a listener ends the process:
 * a gateway must not die because nobody reads its log any more.
 */
export const outliveReaders: Effect.Effect<void> = Effect.sync(() => {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", () => {
      // There is nowhere left to say it.
    })
  }
})
