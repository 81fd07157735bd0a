/** How the server of the web page refuses a request. Each is answered as JSON, with its status. */
import { Schema } from "effect"
import { Scope } from "../Grant.ts"
import { GatewayError } from "./GatewayError.ts"

/** A request without the token, and without a session. */
export class NotSignedIn extends GatewayError<NotSignedIn>()("NotSignedIn", {
  code: "not_signed_in",
  fields: {},
  message: "this request carries neither the token nor a session that is still open",
  hint: "Sign in at /login, or send the header `Authorization: Bearer` with a token."
}) {
  readonly status = 401
}

/** A token that is neither the one of the config nor one that was made. */
export class WrongToken extends GatewayError<WrongToken>()("WrongToken", {
  code: "wrong_token",
  fields: {},
  message: "this is no token of the gateway, or not any more",
  hint: "`imsg-gateway tokens create` makes one; the value of control.http.token in the config, where there is one, opens it too."
}) {
  readonly status = 401
}

/** What a token was worth is over, in the middle of what it was shown for. */
export class AccessOver extends GatewayError<AccessOver>()("AccessOver", {
  code: "access_over",
  fields: {},
  message: "the token is not worth this any more: it was revoked, or the turn that it was for is over",
  hint: "`imsg-gateway tokens create` makes another one. An agent has its chat for as long as its turn runs."
}) {
  readonly status = 403
}

/** One wrong token more than a minute has room for. `retryAfter` is in whole seconds. */
export class TooManyTries extends GatewayError<TooManyTries>()("TooManyTries", {
  code: "too_many_tries",
  fields: { retryAfter: Schema.Int },
  message: "this is no token of the gateway, and too many wrong ones came before it",
  hint: ({ retryAfter }) =>
    `Look it up before the next try: the right one is taken at any time. Programs should wait for ${retryAfter} seconds.`
}) {
  readonly status = 429
}

/** The request was made by a page of somebody else. */
export class ForeignOrigin extends GatewayError<ForeignOrigin>()("ForeignOrigin", {
  code: "foreign_origin",
  fields: {},
  message: "this request does not come from the gateway's own page",
  hint: "Use the page itself, or send the token in the header `Authorization: Bearer` and no Origin."
}) {
  readonly status = 403
}

/** The server was asked under a name that is not its own. */
export class ForeignHost extends GatewayError<ForeignHost>()("ForeignHost", {
  code: "foreign_host",
  fields: {},
  message: "the gateway is not reached by this name",
  hint: "Use localhost, 127.0.0.1, or what control.http.host of the config says."
}) {
  readonly status = 403
}

/** There is nothing at this address. */
export class PageNotFound extends GatewayError<PageNotFound>()("PageNotFound", {
  code: "page_not_found",
  fields: {},
  message: "there is nothing at this address",
  hint: "The page is at /, and the list of what else can be asked is at /openapi.json."
}) {
  readonly status = 404
}

/** Whether somebody may come in cannot be looked up, or not written down. Told to strangers, hence without a file. */
export class AccessUnknown extends GatewayError<AccessUnknown>()("AccessUnknown", {
  code: "access_unknown",
  fields: {},
  message: "the gateway cannot read or write its store now, so that it lets nobody in",
  hint: "Its log says why. Try again once that is mended; commands on its machine work meanwhile."
}) {
  readonly status = 503
}

/** The token is not worth what was asked for with it. One of `needed` would be. */
export class ScopeMissing extends GatewayError<ScopeMissing>()("ScopeMissing", {
  code: "scope_missing",
  fields: { needed: Schema.Array(Scope) },
  message: ({ needed }) => `this token is not for that: it does not have the scope ${needed.join(" or ")}`,
  hint: ({ needed: [first = "admin"] }) =>
    first === "admin"
      ? "`imsg-gateway tokens create` makes one for everything, the web page too."
      : `\`imsg-gateway tokens create --scope ${first}\` makes one that has it.`
}) {
  readonly status = 403
}

/** There is no such token. */
export class TokenNotFound extends GatewayError<TokenNotFound>()("TokenNotFound", {
  code: "token_not_found",
  fields: { number: Schema.Int },
  message: ({ number }) => `there is no token ${number}`,
  hint: "`imsg-gateway tokens list` shows those that there are."
}) {}

/** What the server of the web page refuses with. */
export type WebRefusal =
  | NotSignedIn
  | WrongToken
  | TooManyTries
  | ForeignOrigin
  | ForeignHost
  | PageNotFound
  | AccessUnknown
  | AccessOver
  | ScopeMissing
