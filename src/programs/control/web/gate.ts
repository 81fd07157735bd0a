/** What stands before the interface when it is served over TCP: names, origins, sessions, and the page's files. */
import {
  type HttpApp,
  HttpServerError,
  HttpServerRequest,
  HttpServerResponse,
  UrlParams
} from "@effect/platform"
import { Cause, Duration, Effect, Option } from "effect"
import { digestOf } from "../../../schemas/accessToken.ts"
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"
import {
  AccessOver,
  AccessUnknown,
  ForeignHost,
  ForeignOrigin,
  NotSignedIn,
  PageNotFound,
  ScopeMissing,
  type WebRefusal
} from "../../../schemas/errors/web.ts"
import { type Grant, isAdmin, OWNERS_GRANT } from "../../../schemas/Grant.ts"
import { SESSION_LASTS } from "../../../schemas/webSession.ts"
import { AskedWith } from "../../../services/AskedWith.ts"
import { type Audit, OnBehalfOf } from "../../../services/Audit.ts"
import { Events } from "../../../services/Events.ts"
import { type KnownToken, shownToken } from "../knownTokens.ts"
import { type Assets, assetResponse } from "./assets.ts"
import { bearerOf } from "./head.ts"
import { networkOf } from "./network.ts"
import { isOwnName, isOwnPage, isProgram } from "./origin.ts"
import { endWith, whileOpen } from "./over.ts"
import { refusal, withHeaders } from "./refusal.ts"
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

const toLogin = HttpServerResponse.redirect("/login", { status: 303 })

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

/** Who it is, for the audit log; `by` is what they were let in with. */
const onBehalfOf = (request: Request, by: Partial<Admitted> = {}) =>
  Effect.provideService(OnBehalfOf, {
    _tag: "Web",
    address: addressOf(request),
    ...(by.id === undefined ? {} : { session: briefly(by.id) }),
    ...(by.token === undefined ? {} : shownToken(by.token))
  })

/** The cookie of a gateway on a port. Cookies know no ports: the name keeps gateways of one machine apart. */
export const cookieName = (port: number): string => `imsg-gateway-${port}`

/** Who may ask: a browser with a session, which has an id, or a program with a token. */
interface Admitted extends Pick<Session, "over"> {
  readonly grant: Grant
  /** Whether they still may be told what they asked for. */
  readonly isOpen: Effect.Effect<boolean, StoreUnavailable>
  readonly id?: string
  readonly token?: KnownToken
}

/** What becomes of a request: it has its answer, or is the interface's. */
type Admission = { readonly answer: Response } | { readonly admitted: Admitted }

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

/** Who has signed in had a token for everything. */
const bySession = (session: Option.Option<Session>): Admitted | undefined =>
  Option.match(session, {
    onNone: () => undefined,
    // They are signed out by themselves, or with their token.
    onSome: ({ id, over }) => ({ id, over, isOpen: Effect.succeed(true), grant: OWNERS_GRANT })
  })

/** The file of the page that a path names. */
const pageOf = (path: string): string | undefined => {
  if (path === "/") return "index.html"
  return DOCUMENT.test(path) ? path.slice("/docs/".length) : undefined
}

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
      const { digest, grant } = yield* judge(given, request, "sign-in")
      // The page is the whole interface: what is worth less than that is for programs.
      if (!isAdmin(grant)) return yield* new ScopeMissing({ needed: ["admin"] })
      const { id } = yield* sessions.open(digest)
      yield* audit.record({ _tag: "SignedIn" }).pipe(onBehalfOf(request, { id }))
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

  const byToken = (bearer: string, request: Request) =>
    Effect.map(judge(bearer, request, "program"), (token): Admitted => {
      const { digest, grant } = token
      return { grant, token, over: tokens.over(digest), isOpen: tokens.isTaken(digest) }
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
      if (!own && !(reads && path === "/")) {
        const isNobody = isProgram(told) && bearer === undefined && request.cookies[cookie] === undefined
        return yield* isNobody ? new NotSignedIn() : new ForeignOrigin()
      }
      if (method === "POST" && path === "/login") return yield* login(request)

      const session = yield* sessionOf(request)
      if (method === "POST" && path === "/logout") {
        if (Option.isSome(session)) {
          yield* sessions.close(session.value.id)
          yield* audit.record({ _tag: "SignedOut" }).pipe(onBehalfOf(request, session.value))
        }
        return { answer: withCookie(cookie, "", Duration.zero) }
      }
      const admitted = bearer === undefined ? bySession(session) : yield* byToken(bearer, request)
      if (admitted === undefined)
        return reads && path === "/" ? { answer: toLogin } : yield* new NotSignedIn()
      const page = reads ? pageOf(path) : undefined
      if (page === undefined) return { admitted }
      if (!isAdmin(admitted.grant)) return yield* new ScopeMissing({ needed: ["admin"] })
      return yield* file(page, request)
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
            : whileOpen(answerOf(api), admission.admitted.isOpen, refusal(new AccessOver())).pipe(
                Effect.provideService(AskedWith, admission.admitted.grant),
                onBehalfOf(request, admission.admitted),
                Effect.map((response) => endWith(response, admission.admitted.over))
              )
      }),
      Effect.map(withHeaders)
    )
}
