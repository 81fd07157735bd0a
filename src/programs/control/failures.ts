/** From the gateway's failures to those of its interface. */
import { Effect } from "effect"
import { NotFound, Refused, Unavailable } from "../../schemas/control/failures.ts"

interface Told {
  readonly _tag: string
  readonly code: string
  readonly message: string
  readonly hint: string
}

const wordsOf = ({ code, hint, message }: Told) => ({ code, hint, message })

/** The store cannot be read or written. */
export const unavailable = <A, E extends Told, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.mapError(effect, (error) => new Unavailable(wordsOf(error)))

/** The failures that say that something is not there. */
const MISSING: ReadonlyArray<string> = [
  "PairingNotFound",
  "DeadLetterNotFound",
  "ConversationNotFound",
  "AccountNotFound",
  "ChatNotPaused",
  "UploadNotFound",
  "ToolNotFound",
  "ChatNotFound",
  "DeliveryNotFound"
]

/** What it was asked about is not there. */
export const found = <A, E extends Told, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.mapError(effect, (error) => new NotFound(wordsOf(error)))

/** What was asked is refused. */
export const refused = <A, E extends Told, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.mapError(effect, (error) => new Refused(wordsOf(error)))

/** What is refused, and what the store is to blame for. */
export const refusedOrNot = <A, E extends Told, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.mapError(effect, (error) =>
    error._tag === "StoreUnavailable" ? new Unavailable(wordsOf(error)) : new Refused(wordsOf(error))
  )

/** What cannot be found, and what is refused. */
export const foundOrRefused = <A, E extends Told, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.mapError(effect, (error) =>
    MISSING.includes(error._tag) ? new NotFound(wordsOf(error)) : new Refused(wordsOf(error))
  )

/** What cannot be found, what is refused, and what the store is to blame for. */
export const told = <A, E extends Told, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.mapError(effect, (error): NotFound | Refused | Unavailable => {
    if (MISSING.includes(error._tag)) return new NotFound(wordsOf(error))
    return error._tag === "StoreUnavailable" ? new Unavailable(wordsOf(error)) : new Refused(wordsOf(error))
  })

/** As `told`, where nothing is refused. */
export const foundOrNot = <A, E extends Told, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.mapError(effect, (error) =>
    MISSING.includes(error._tag) ? new NotFound(wordsOf(error)) : new Unavailable(wordsOf(error))
  )
