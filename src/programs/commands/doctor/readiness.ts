/** What doctor asks of a child beyond what the gateway does. */
import { Clock, Effect, Schema } from "effect"
import type { Method } from "../../../schemas/ImsgMethod.ts"
import type { ImsgSession, RequestError } from "../../../services/ImsgProcess.ts"

const optional = <A, I>(schema: Schema.Schema<A, I>) =>
  Schema.optionalWith(schema, { exact: true, nullable: true })

/** `status` of builds from 0.14, as far as the gateway itself has no use for it. */
const Readiness = Schema.Struct({
  database: optional(Schema.Struct({ path: optional(Schema.String) })),
  contacts: optional(Schema.Struct({ available: Schema.Boolean }))
})
type Readiness = typeof Readiness.Type

const status: Method<Record<never, never>, Readiness, typeof Readiness.Encoded> = {
  name: "status",
  result: Readiness,
  mutates: false
}

/** How long the first catalogue of Contacts may take to load, in ms; `status` says "not available" until it has. */
const CONTACTS_WITHIN_MS = 3000
const PAUSE = "300 millis"

/** The readiness of a build that has `status`, once its contacts are there, or have had the time to be. */
export const readiness = (session: ImsgSession, timeoutMs: number): Effect.Effect<Readiness, RequestError> =>
  Effect.gen(function* () {
    const until = (yield* Clock.currentTimeMillis) + CONTACTS_WITHIN_MS
    let found = yield* session.request(status, {}, timeoutMs)
    while (found.contacts?.available === false && (yield* Clock.currentTimeMillis) < until) {
      yield* Effect.sleep(PAUSE)
      found = yield* session.request(status, {}, timeoutMs)
    }
    return found
  })

const CLI_VERSION = /\d+\.\d+[\w.+-]*/u

/** The version in what `imsg --version` prints, if there is one. */
export const versionIn = (printed: string): string | undefined =>
  CLI_VERSION.exec(printed.slice(0, 1000))?.[0]
