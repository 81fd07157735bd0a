/** Rows in as large pieces as the child can hand out: long messages make a long response, and a line has a limit. */
import { Effect } from "effect"
import type { AskError } from "../../../services/Children.ts"

/**
 * Asks for `limit` rows at most, and for half as many as long as the response is too long; answers with the limit that
 * it took. Fails with `ResponseTooLong` where one row alone is too long.
 */
export const asFits = <A, E extends AskError>(
  limit: number,
  ask: (limit: number) => Effect.Effect<A, E>
): Effect.Effect<{ readonly answer: A; readonly limit: number }, E> =>
  ask(limit).pipe(
    Effect.map((answer) => ({ answer, limit })),
    Effect.catchIf(
      ({ _tag }) => _tag === "ResponseTooLong" && limit > 1,
      () => asFits(Math.floor(limit / 2), ask)
    )
  )
