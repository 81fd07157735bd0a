/** Tokens that programs and browsers show, beside the one of the config. */
import { Context, type Option, type Redacted } from "effect"
import type { Stored } from "../schemas/errors/store.ts"
import type { TokenNotFound } from "../schemas/errors/web.ts"
import type { Scope } from "../schemas/Grant.ts"

/** A token, without the token. Times are in Unix milliseconds. */
export interface AccessToken {
  /** What people call it by. No other token ever has the same. */
  readonly number: number
  readonly name: string
  /** What it is worth. */
  readonly scopes: ReadonlyArray<Scope>
  readonly createdAt: number
  /** Absent for one that was never shown; else not older than a minute. */
  readonly lastUsedAt: number | undefined
}

export class AccessTokens extends Context.Tag("imsg-gateway/AccessTokens")<
  AccessTokens,
  {
    /** Makes a token. Only its digest is kept, so this is the one time that it can be seen. */
    readonly create: (
      name: string,
      scopes: ReadonlyArray<Scope>
    ) => Stored<AccessToken & { readonly token: Redacted.Redacted<string> }>
    /** The tokens, oldest first. */
    readonly all: Stored<ReadonlyArray<AccessToken>>
    /** Forgets a token, and ends the sessions that were begun with it. */
    readonly revoke: (number: number) => Stored<AccessToken, TokenNotFound>
    /** The token of a digest (see `digestOf`), at once. */
    readonly find: (digest: string) => Stored<Option.Option<AccessToken>>
    /** Notes that a token was shown; once a minute is enough. */
    readonly used: (token: AccessToken) => Stored<void>
  }
>() {}
