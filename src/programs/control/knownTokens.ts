/** The tokens that are taken: the one of the config, and those that commands made. */
import { timingSafeEqual } from "node:crypto"
import { Effect, Option, Redacted } from "effect"
import { digestOf } from "../../schemas/accessToken.ts"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { type Grant, OWNERS_GRANT } from "../../schemas/Grant.ts"
import type { AccessToken, AccessTokens } from "../../services/AccessTokens.ts"

export interface KnownToken {
  readonly digest: string
  readonly grant: Grant
  /** Absent for the token of the config. */
  readonly made?: AccessToken
}

/** By what people call a token, for the audit log. */
export const shownToken = ({ made }: KnownToken) =>
  made === undefined ? {} : { token: { number: made.number, name: made.name } }

/** Looks tokens up by their digests (see `digestOf`), where the config has this one. */
export const knownTokens = (
  { find }: Pick<typeof AccessTokens.Service, "find">,
  configured: Redacted.Redacted<string> | undefined
) => {
  const expected = configured === undefined ? undefined : Buffer.from(digestOf(Redacted.value(configured)))
  /** How long it takes says nothing about where they differ. */
  const isConfigured = (digest: string): boolean =>
    expected !== undefined && timingSafeEqual(Buffer.from(digest), expected)

  return (digest: string): Effect.Effect<Option.Option<KnownToken>, StoreUnavailable> =>
    isConfigured(digest)
      ? Effect.succeedSome({ digest, grant: OWNERS_GRANT })
      : Effect.map(
          find(digest),
          Option.map((made) => ({
            digest,
            grant: { scopes: made.scopes, by: { _tag: "Token" as const, number: made.number } },
            made
          }))
        )
}
