/** What stands before the interface when it is served over TCP: names, origins, sessions, and the page's files. */
import {
  type HttpApp,
  HttpBody,
  HttpServerError,
  HttpServerRequest,
  HttpServerResponse,
  UrlParams
} from "@effect/platform"
import { Cause, Duration, Effect, Option, Stream } from "effect"
import { digestOf } from "../../../schemas/accessToken.ts"
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"
import {
  AccessUnknown,
  ForeignHost,
  ForeignOrigin,
  NotSignedIn,
  PageNotFound,
  TooManyTries,
  type WebRefusal
} from "../../../schemas/errors/web.ts"
import { SESSION_LASTS } from "../../../schemas/webSession.ts"
import { type Audit, OnBehalfOf } from "../../../services/Audit.ts"
import { Events } from "../../../services/Events.ts"
import { type Assets, assetResponse } from "./assets.ts"
import { bearerOf } from "./head.ts"
import { networkOf } from "./network.ts"
import { isOwnName, isOwnPage } from "./origin.ts"
import type { Session, WebSessions } from "./sessions.ts"
import type { Tokens } from "./tokens.ts"

export interface GateOptions {
  /** What `control.http` of the config says. */
  readonly host: string
  readonly port: number
  readonly assets: Assets
  readonly sessions: WebSessions
  readonly audit: typeof Audit.Service
  readonly tokens: Tokens
}

type Request = HttpServerRequest.HttpServerRequest
type Response = HttpServerResponse.HttpServerResponse

/** The files without which there is no login page. They show nothing of anybody. */
const OPEN_FILES: ReadonlyArray<string> = ["style.css", "login.js", "page.js", "icon.svg"]

/** The documents of this version. */
const DOCUMENT = /^\/docs\/[a-z]+\.md$/u

/** Headers of every answer. */
const HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin"
}

const withHeaders = (response: Response) =>
  HttpServerResponse.setHeaders(response, { "cache-control": "no-store", ...response.headers, ...HEADERS })

const refusal = (error: WebRefusal) =>
  HttpServerResponse.unsafeJson(
    { _tag: error._tag, code: error.code, message: error.message, hint: error.hint },
    {
      status: error.status,
      headers: error instanceof TooManyTries ? { "retry-after": String(error.retryAfter) } : {}
    }
  )

const toLogin = HttpServerResponse.redirect("/login", { status: 303 })

/** An answer without an end, such as the events, ends with the session or the token that it was given to. */
const endWith = (response: Response, over: Effect.Effect<void>) =>
  response.body._tag === "Stream"
    ? HttpServerResponse.setBody(
        response,
        HttpBody.stream(
          Stream.interruptWhen(response.body.stream, Effect.interruptible(over)),
          response.body.contentType
        )
      )
    : response

/** What the interface answers, its failures included. */
const answerOf = <E, R>(api: HttpApp.Default<E, R>) =>
  Effect.catchAllCause(api, (cause) =>
    Effect.flatMap(HttpServerError.causeResponse(cause), ([response, rest]) =>
      Effect.as(
        Cause.isEmptyType(rest) || Cause.isInterruptedOnly(rest)
          ? Effect.void
          : Effect.logWarning("a request to the web page failed", rest),
        response
      )
    )
  )

const addressOf = ({ remoteAddress }: Request) => Option.getOrElse(remoteAddress, () => "")

/** Enough to tell sessions apart, and nothing that opens one. */
const briefly = (sessionId: string) => digestOf(sessionId).slice(0, 8)

const onBehalfOf = (request: Request, sessionId?: string) =>
  Effect.provideService(OnBehalfOf, {
    _tag: "Web",
    address: addressOf(request),
    ...(sessionId === undefined ? {} : { session: briefly(sessionId) })
  })

/** The cookie of a gateway on a port. Cookies know no ports: the name keeps gateways of one machine apart. */
export const cookieName = (port: number): string => `imsg-gateway-${port}`

/** What becomes of a request: it has its answer, or is the interface's, for a session or, without an id, for a program. */
type Admission =
  | { readonly answer: Response }
  | { readonly session: Pick<Session, "over"> & { readonly id?: string } }

/** What tells which page a request was made by. */
const toldBy = ({ headers, method }: Request) => ({
  method,
  host: headers.host,
  origin: headers.origin,
  fetchSite: headers["sec-fetch-site"]
})

const withCookie = (name: string, value: string, maxAge: Duration.Duration) =>
  HttpServerResponse.unsafeSetCookie(HttpServerResponse.empty(), name, value, {
    httpOnly: true,
    sameSite: "strict",
    path: "/",
    maxAge
  })

const sessionOfCookie = ({ find }: WebSessions, id: string | undefined) =>
  id === undefined ? Effect.succeedNone : find(id)

/** Judges a token, and tells of one that is wrong; beyond the limits there is no end to those. */
const makeJudge =
  ({ audit, tokens }: GateOptions) =>
  (given: string, request: Request, as: "sign-in" | "program") => {
    const address = addressOf(request)
    return Effect.tapErrorTag(tokens.judge(given, networkOf(address)), "WrongToken", () =>
      Effect.zipRight(
        audit.record({ _tag: "TokenRefused", as }),
        Effect.flatMap(Events, ({ publish }) => publish({ _tag: "TokenRefused", address }))
      )
    )
  }

/** Signs a browser in. */
const makeLogin = (options: GateOptions) => {
  const { audit, port, sessions } = options
  const judge = makeJudge(options)
  return (request: Request) =>
    Effect.gen(function* () {
      const form = yield* Effect.orElseSucceed(request.urlParamsBody, () => UrlParams.empty)
      const given = Option.getOrElse(UrlParams.getFirst(form, "token"), () => "")
      const tokenDigest = yield* judge(given, request, "sign-in")
      const { id } = yield* sessions.open(tokenDigest)
      yield* audit.record({ _tag: "SignedIn" }).pipe(onBehalfOf(request, id))
      const { publish } = yield* Events
      yield* publish({ _tag: "SignedIn", address: addressOf(request) })
      return { answer: withCookie(cookieName(port), id, SESSION_LASTS) }
    })
}

const makeAdmission = (options: GateOptions) => {
  const { assets, audit, host, port, sessions, tokens } = options
  const cookie = cookieName(port)
  const judge = makeJudge(options)
  const login = makeLogin(options)

  const file = (name: string, { headers }: Request) =>
    Effect.mapBoth(Effect.fromNullable(assets.get(name)), {
      onFailure: () => new PageNotFound(),
      onSuccess: (asset) => ({ answer: assetResponse(asset, headers["if-none-match"]) })
    })

  const sessionOf = ({ cookies }: Request) => sessionOfCookie(sessions, cookies[cookie])

  return (request: Request): Effect.Effect<Admission, WebRefusal | StoreUnavailable, Events> =>
    Effect.gen(function* () {
      const { headers, method } = request
      const told = toldBy(request)
      if (!isOwnName(told.host, host)) return yield* new ForeignHost()

      const [path = ""] = request.url.split("?")
      const reads = method === "GET" || method === "HEAD"
      if (reads && OPEN_FILES.includes(path.slice(1))) return yield* file(path.slice(1), request)
      if (reads && path === "/login") return yield* file("login.html", request)

      const bearer = bearerOf(headers.authorization)
      const own = isOwnPage(told, { explicit: bearer !== undefined })
      // A link from elsewhere to the page is no attack: without a cookie it leads to the login form.
      if (!own && !(reads && path === "/")) return yield* new ForeignOrigin()
      if (method === "POST" && path === "/login") return yield* login(request)

      const session = yield* sessionOf(request)
      if (method === "POST" && path === "/logout") {
        if (Option.isSome(session)) {
          yield* sessions.close(session.value.id)
          yield* audit.record({ _tag: "SignedOut" }).pipe(onBehalfOf(request, session.value.id))
        }
        return { answer: withCookie(cookie, "", Duration.zero) }
      }
      const admitted =
        bearer === undefined
          ? Option.getOrUndefined(session)
          : { over: tokens.over(yield* judge(bearer, request, "program")) }
      if (admitted === undefined)
        return reads && path === "/" ? { answer: toLogin } : yield* new NotSignedIn()
      if (reads && path === "/") return yield* file("index.html", request)
      if (reads && DOCUMENT.test(path)) return yield* file(path.slice("/docs/".length), request)
      return { session: admitted }
    })
}

/** Lets to the interface who may ask it, and serves the page to people. */
export const gate = (options: GateOptions) => {
  const admit = makeAdmission(options)
  return <E, R>(api: HttpApp.Default<E, R>): HttpApp.Default<never, R | Events> =>
    Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
      Effect.map(onBehalfOf(request)(admit(request)), (admission) => ({ admission, request }))
    ).pipe(
      Effect.catchTag("StoreUnavailable", () => Effect.fail(new AccessUnknown())),
      Effect.matchEffect({
        onFailure: (error) => Effect.succeed(refusal(error)),
        onSuccess: ({ admission, request }) =>
          "answer" in admission
            ? Effect.succeed(admission.answer)
            : Effect.map(onBehalfOf(request, admission.session.id)(answerOf(api)), (response) =>
                endWith(response, admission.session.over)
              )
      }),
      Effect.map(withHeaders)
    )
}
