/** Tokens in the gateway's store, where commands make and revoke them whether it runs or not. */
import { Array as Arr, Clock, Effect, Layer, Option, Redacted, Schema } from "effect"
import { digestOf } from "../../schemas/accessToken.ts"
import { TokenNotFound } from "../../schemas/errors/web.ts"
import { inOrder, isAdmin, Scope } from "../../schemas/Grant.ts"
import { type AccessToken, AccessTokens } from "../../services/AccessTokens.ts"
import { OnBehalfOf } from "../../services/Audit.ts"
import { makeTrail } from "../audit/auditTrail.ts"
import { Database } from "../database/Database.ts"
import * as Step from "../database/Step.ts"
import { makeToken } from "./makeToken.ts"

/** A program that asks every second is not written down every second. */
const NOTED_EVERY_MS = 60_000

interface TokenRow {
  readonly number: number
  readonly name: string
  readonly scopes: string | null
  readonly created_at: number
  readonly last_used_at: number | null
}

const isScope = Schema.is(Scope)

/** All of them are no word at all. What a later version calls a scope is none here, and opens nothing. */
const scopesOf = (kept: string | null): ReadonlyArray<Scope> =>
  kept === null ? ["admin"] : kept.split(",").filter(isScope)

const tokenOf = ({ created_at, last_used_at, name, number, scopes }: TokenRow): AccessToken => ({
  number,
  name,
  scopes: scopesOf(scopes),
  createdAt: created_at,
  lastUsedAt: last_used_at ?? undefined
})

const make = Effect.gen(function* () {
  const database = yield* Database
  const trail = makeTrail(database)
  const columns = "number, name, scopes, created_at, last_used_at"
  const add = database.prepare<TokenRow>(
    `INSERT INTO access_tokens (digest, name, scopes, created_at) VALUES (?, ?, ?, ?) RETURNING ${columns}`
  )
  const selectAll = database.prepare<TokenRow>(`SELECT ${columns} FROM access_tokens ORDER BY number`)
  const select = database.prepare<TokenRow>(`SELECT ${columns} FROM access_tokens WHERE digest = ?`)
  const endSessions = database.prepare(`
    DELETE FROM web_sessions WHERE token_digest = (SELECT digest FROM access_tokens WHERE number = ?)`)
  const remove = database.prepare<TokenRow>(`DELETE FROM access_tokens WHERE number = ? RETURNING ${columns}`)
  const note = database.prepare("UPDATE access_tokens SET last_used_at = ? WHERE number = ?")
  const now = Effect.map(Clock.currentTimeMillis, Math.trunc)

  return AccessTokens.of({
    create: (name, given) =>
      Effect.gen(function* () {
        const [at, by] = yield* Effect.all([now, OnBehalfOf])
        const token = makeToken()
        const scopes = inOrder(given)
        const kept = isAdmin({ scopes }) ? null : scopes.join(",")
        const row = yield* database.write(function* () {
          const made = yield* add.get(digestOf(Redacted.value(token)), name, kept, at)
          if (made !== undefined)
            yield* trail({ at, by, event: { _tag: "TokenCreated", number: made.number, name, scopes } })
          return made
        })
        const taken = yield* Effect.orDieWith(
          Effect.fromNullable(row),
          () => new Error("the store gave no row back for the token that it took")
        )
        return { ...tokenOf(taken), token }
      }),
    all: database.read(() => Step.map(selectAll.all(), Arr.map(tokenOf))),
    revoke: (number) =>
      Effect.flatMap(Effect.all([now, OnBehalfOf]), ([at, by]) =>
        Effect.flatMap(
          database.write(function* () {
            yield* endSessions.run(number)
            const row = yield* remove.get(number)
            if (row !== undefined)
              yield* trail({ at, by, event: { _tag: "TokenRevoked", number, name: row.name } })
            return row
          }),
          (row) => (row === undefined ? new TokenNotFound({ number }) : Effect.succeed(tokenOf(row)))
        )
      ),
    find: (digest) =>
      database.read(() =>
        Step.map(select.get(digest), (row) => Option.map(Option.fromNullable(row), tokenOf))
      ),
    used: ({ lastUsedAt = 0, number }) =>
      Effect.flatMap(now, (at) =>
        at - lastUsedAt < NOTED_EVERY_MS
          ? Effect.void
          : Effect.asVoid(database.write(() => note.run(at, number)))
      )
  })
})

export const layer: Layer.Layer<AccessTokens, never, Database> = Layer.effect(AccessTokens, make)
