/** Rows in as large pieces as the child can hand out: long messages make a long response, and a line has a limit. */
import { Effect } from "effect"
import type { RequestError } from "../../../services/ImsgProcess.ts"

/**
 * Asks for `limit` rows at most, and for half as many as long as the response is too long; answers with the limit that
 * it took. Fails with `ResponseTooLong` where one row alone is too long.
 */
export const asFits = <A>(
  limit: number,
  ask: (limit: number) => Effect.Effect<A, RequestError>
): Effect.Effect<{ readonly answer: A; readonly limit: number }, RequestError> =>
  ask(limit).pipe(
    Effect.map((answer) => ({ answer, limit })),
    Effect.catchTag("ResponseTooLong", (error) =>
      limit > 1 ? asFits(Math.floor(limit / 2), ask) : Effect.fail(error)
    )
  )
