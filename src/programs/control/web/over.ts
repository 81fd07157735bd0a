/** What lasts as long as the store says so, by whichever process that is ended. */
import { HttpBody, HttpServerResponse } from "@effect/platform"
import { Effect, Schedule, Stream } from "effect"
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"

/** Who is told events meanwhile is looked at so often. */
const LOOK_EVERY = "1 second"

/** Succeeds when it is not open any more. A store that cannot be read for a while ends nothing. */
export const whenOver = (isOpen: Effect.Effect<boolean, StoreUnavailable>): Effect.Effect<void> =>
  Effect.orElseSucceed(isOpen, () => true).pipe(
    Effect.repeat({ until: (open) => !open, schedule: Schedule.spaced(LOOK_EVERY) }),
    Effect.asVoid
  )

/** An answer, unless whoever asked for it may have it no more by the time that it is there: then the other one. */
export const whileOpen = <A, E, R>(
  answer: Effect.Effect<A, E, R>,
  isOpen: Effect.Effect<boolean, StoreUnavailable>,
  otherwise: A
): Effect.Effect<A, E, R> =>
  Effect.flatMap(answer, (there) =>
    Effect.map(
      Effect.orElseSucceed(isOpen, () => true),
      (open) => (open ? there : otherwise)
    )
  )

/** An answer without an end, such as the events, ends with the session or the token that it was given to. */
export const endWith = (
  response: HttpServerResponse.HttpServerResponse,
  over: Effect.Effect<void>
): HttpServerResponse.HttpServerResponse =>
  response.body._tag === "Stream"
    ? HttpServerResponse.setBody(
        response,
        HttpBody.stream(
          Stream.interruptWhen(response.body.stream, Effect.interruptible(over)),
          response.body.contentType
        )
      )
    : response
