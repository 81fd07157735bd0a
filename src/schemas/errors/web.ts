/** How the server of the web page refuses a request. Each is answered as JSON, with its status. */
import { Schema } from "effect"

/** A request without the token, and without a session. */
export class NotSignedIn extends Schema.TaggedError<NotSignedIn>()("NotSignedIn", {}) {
  readonly code = "not_signed_in"
  readonly status = 401
  override get message(): string {
    return "this request carries neither the token nor a session that is still open"
  }
  get hint(): string {
    return "Sign in at /login, or send the header `Authorization: Bearer` with the token of control.http."
  }
}

/** A token that is not the one of the config. */
export class WrongToken extends Schema.TaggedError<WrongToken>()("WrongToken", {}) {
  readonly code = "wrong_token"
  readonly status = 401
  override get message(): string {
    return "this is not the token of the gateway"
  }
  get hint(): string {
    return "It is the value of control.http.token in the config file, or of the variable named there."
  }
}

/** One wrong token more than a minute has room for. `retryAfter` is in whole seconds. */
export class TooManyTries extends Schema.TaggedError<TooManyTries>()("TooManyTries", {
  retryAfter: Schema.Int
}) {
  readonly code = "too_many_tries"
  readonly status = 429
  override get message(): string {
    return "this is not the token of the gateway, and too many wrong ones came before it"
  }
  get hint(): string {
    return `Look it up before the next try: the right one is taken at any time. Programs should wait for ${this.retryAfter} seconds.`
  }
}

/** The request was made by a page of somebody else. */
export class ForeignOrigin extends Schema.TaggedError<ForeignOrigin>()("ForeignOrigin", {}) {
  readonly code = "foreign_origin"
  readonly status = 403
  override get message(): string {
    return "this request does not come from the gateway's own page"
  }
  get hint(): string {
    return "Use the page itself, or send the token in the header `Authorization: Bearer` and no Origin."
  }
}

/** The server was asked under a name that is not its own. */
export class ForeignHost extends Schema.TaggedError<ForeignHost>()("ForeignHost", {}) {
  readonly code = "foreign_host"
  readonly status = 403
  override get message(): string {
    return "the gateway is not reached by this name"
  }
  get hint(): string {
    return "Use localhost, 127.0.0.1, or what control.http.host of the config says."
  }
}

/** There is nothing at this address. */
export class PageNotFound extends Schema.TaggedError<PageNotFound>()("PageNotFound", {}) {
  readonly code = "page_not_found"
  readonly status = 404
  override get message(): string {
    return "there is nothing at this address"
  }
  get hint(): string {
    return "The page is at /, and the list of what else can be asked is at /openapi.json."
  }
}

/** What the server of the web page refuses with. */
export type WebRefusal = NotSignedIn | WrongToken | TooManyTries | ForeignOrigin | ForeignHost | PageNotFound
