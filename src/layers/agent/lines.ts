/** What an agent prints or sends, line by line, as it comes. */
import { Effect, Predicate, Ref, Stream } from "effect"
import { LineFramer } from "../imsg/LineFramer.ts"

/** An answer that is longer fills screens, not conversations. In bytes of UTF-8. */
export const MAX_ANSWER_BYTES = 1024 * 1024

/** An output that fails once it is too much. */
export const bounded =
  <E2>(maxBytes: number, tooMuch: () => E2) =>
  <E, R>(output: Stream.Stream<Uint8Array, E, R>): Stream.Stream<Uint8Array, E | E2, R> =>
    Stream.unwrap(
      Effect.map(Ref.make(0), (read) =>
        Stream.tap(output, (chunk) =>
          Ref.updateAndGet(read, (bytes) => bytes + chunk.length).pipe(
            Effect.filterOrFail((bytes) => bytes <= maxBytes, tooMuch)
          )
        )
      )
    )

/** Takes lines, in their order. */
export type Take = (lines: ReadonlyArray<string>) => Effect.Effect<void>

/**
 * Hands on the lines of an output; one that is longer than an answer is passed over. What has begun to be taken is taken.
 * `rest` hands on what came after the last line end, which may never come.
 */
export const readLines = <E, R>(output: Stream.Stream<Uint8Array, E, R>, take: Take) => {
  const framer = new LineFramer(MAX_ANSWER_BYTES)
  return {
    lines: Stream.runForEach(output, (chunk) =>
      Effect.uninterruptible(Effect.suspend(() => take(framer.push(chunk).filter(Predicate.isString))))
    ),
    rest: Effect.suspend(() => {
      const line = framer.rest()
      return line === "" ? Effect.void : take([line])
    })
  }
}
