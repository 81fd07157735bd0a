/** Sessions of the web page in the gateway's store: as digests, and no more than a few. */
import { randomBytes } from "node:crypto"
import { Clock, Duration, Effect, Layer, Option } from "effect"
import { digestOf } from "../../schemas/accessToken.ts"
import { SESSION_LASTS } from "../../schemas/webSession.ts"
import { WebSessions } from "../../services/WebSessions.ts"
import { Database } from "../database/Database.ts"
import * as Step from "../database/Step.ts"

/** Sessions at a time; one more ends the oldest. */
const MOST = 64
const ID_BYTES = 32

interface SessionRow {
  readonly token_digest: string
  readonly expires_at: number
}

const make = Effect.gen(function* () {
  const database = yield* Database
  const add = database.prepare(
    "INSERT INTO web_sessions (digest, token_digest, opened_at, expires_at) VALUES (?, ?, ?, ?)"
  )
  const dropOld = database.prepare("DELETE FROM web_sessions WHERE expires_at <= ?")
  const dropCrowded = database.prepare(`
    DELETE FROM web_sessions WHERE digest NOT IN (
      SELECT digest FROM web_sessions ORDER BY opened_at DESC, digest LIMIT ${MOST})`)
  const select = database.prepare<SessionRow>(
    "SELECT token_digest, expires_at FROM web_sessions WHERE digest = ? AND expires_at > ?"
  )
  const remove = database.prepare("DELETE FROM web_sessions WHERE digest = ?")
  const now = Effect.map(Clock.currentTimeMillis, Math.trunc)

  return WebSessions.of({
    open: (tokenDigest) =>
      Effect.gen(function* () {
        const at = yield* now
        const id = yield* Effect.sync(() => randomBytes(ID_BYTES).toString("base64url"))
        yield* database.write(function* () {
          yield* dropOld.run(at)
          yield* add.run(digestOf(id), tokenDigest, at, at + Duration.toMillis(SESSION_LASTS))
          yield* dropCrowded.run()
        })
        return id
      }),
    find: (id) =>
      Effect.flatMap(now, (at) =>
        database.read(() =>
          Step.map(select.get(digestOf(id), at), (row) =>
            Option.map(Option.fromNullable(row), ({ expires_at, token_digest }) => ({
              tokenDigest: token_digest,
              expiresAt: expires_at
            }))
          )
        )
      ),
    close: (id) => Effect.asVoid(database.write(() => remove.run(digestOf(id))))
  })
})

export const layer: Layer.Layer<WebSessions, never, Database> = Layer.effect(WebSessions, make)
