/** Browsers that are signed in. They stay so when the gateway is restarted. */
import { Context, type Option } from "effect"
import type { Stored } from "../schemas/errors/store.ts"

/** A session, without what its cookie holds. `expiresAt` is in Unix milliseconds. */
export interface WebSession {
  /** The digest of the token that it was begun with: it lasts no longer than that is taken. */
  readonly tokenDigest: string
  readonly expiresAt: number
}

export class WebSessions extends Context.Tag("imsg-gateway/WebSessions")<
  WebSessions,
  {
    /** Signs a browser in, and answers what its cookie is to hold. One more than there may be ends the oldest. */
    readonly open: (tokenDigest: string) => Stored<string>
    /** The session of a cookie, at once, as long as it lasts. */
    readonly find: (id: string) => Stored<Option.Option<WebSession>>
    /** Signs a browser out. */
    readonly close: (id: string) => Stored<void>
  }
>() {}
