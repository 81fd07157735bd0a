/** Server-sent events: the `data` of each, of whatever kind. Comments are passed over, as is what clients of a page do. */
import { makeParser } from "@effect/experimental/Sse"
import { Effect, Stream } from "effect"

/** One event that is larger is no piece of an answer. In UTF-16 units. */
const MAX_EVENT = 4 * 1024 * 1024

/** The events of a text that comes in pieces; `tooLarge` where one has no end. */
export const events = <E, E2>(
  text: Stream.Stream<string, E>,
  tooLarge: () => E2
): Stream.Stream<string, E | E2> =>
  Stream.suspend(() => {
    let found: Array<string> = []
    // `makeChannel` waits and begins anew where a server names a time for reconnecting, which only pages do.
    const parser = makeParser(
      (event) => {
        if (event._tag === "Event") found.push(event.data)
      },
      { maxEventSize: MAX_EVENT }
    )
    // Some servers leave out the empty line after the last event.
    return Stream.concat(text, Stream.make("\n\n")).pipe(
      Stream.mapEffect((piece) => {
        const error = parser.feed(piece)
        const events = found
        found = []
        return error === undefined ? Effect.succeed(events) : Effect.fail(tooLarge())
      }),
      Stream.flattenIterables
    )
  })
