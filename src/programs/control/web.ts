/** The control server over TCP, with the web page, where the config asks for it. */
import {
  Cookies,
  HttpApiBuilder,
  HttpIncomingMessage,
  HttpServer,
  type HttpServerError,
  Path
} from "@effect/platform"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Effect, FiberHandle, Layer, Option, Schedule, Stream } from "effect"
import { digestOf } from "../../schemas/accessToken.ts"
import type { GatewayConfig } from "../../schemas/Config.ts"
import { messageOf } from "../../schemas/errors/messageOf.ts"
import { failureWords } from "../../schemas/errors/platformWords.ts"
import { AccessTokens } from "../../services/AccessTokens.ts"
import { Audit } from "../../services/Audit.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { api, type Served } from "./handlers.ts"
import { listening } from "./httpServer.ts"
import { type Assets, readAssets } from "./web/assets.ts"
import { cookieName, gate } from "./web/gate.ts"
import { bearerOf, type Head } from "./web/head.ts"
import { BACKLOG, LOBBY_LIMITS, makeLobby } from "./web/lobby.ts"
import { isLoopback } from "./web/origin.ts"
import { makeSessions } from "./web/sessions.ts"
import { makeTokens } from "./web/tokens.ts"

type HttpConfig = NonNullable<GatewayConfig["control"]["http"]>

/** Where the build puts the page, beside the program. */
const PAGE_FOLDER = new URL("page/", import.meta.url)
const MAX_BODY = 1_000_000
/** How long an answer may take to get out before its server moves: the order to move can come through the page. */
const SETTLE = "250 millis"
const TRY_AGAIN = "5 seconds"

const warn = (message: string, hint: string) => Effect.annotateLogs(Effect.logWarning(message), { hint })

const urlOf = ({ host, port }: HttpConfig) => `http://${host.includes(":") ? `[${host}]` : host}:${port}/`

const why = ({ cause }: HttpServerError.ServeError) => messageOf(cause)

const readPage = Effect.gen(function* () {
  const path = yield* Path.Path
  return yield* readAssets(yield* path.fromFileUrl(PAGE_FOLDER))
}).pipe(
  Effect.catchAll((error) =>
    Effect.as(
      warn(
        `the files of the web page cannot be read, and only programs are answered: ${failureWords(error)}`,
        "Install the gateway again, or build it with `npm run build`."
      ),
      new Map() satisfies Assets
    )
  )
)

/** What a person should know of a config that is less safe than it could be. */
const judge = ({ host }: HttpConfig) =>
  Effect.when(
    warn(
      `the web page is served beyond this machine, unencrypted, on ${host}: who can listen on that network can read its token`,
      "Leave control.http.host out, and reach the page through ssh -L or a tunnel; docs/web.md shows how."
    ),
    () => !isLoopback(host)
  )

const served = (http: HttpConfig, gateway: Served) =>
  Layer.unwrapScoped(
    Effect.gen(function* () {
      const { host, port } = http
      const app = yield* HttpApiBuilder.httpApp
      const tokens = yield* makeTokens(http.token)
      const sessions = yield* makeSessions(tokens)
      const guard = gate({ host, port, assets: yield* readPage, audit: yield* Audit, sessions, tokens })
      const isKnown = ({ headers }: Head) => {
        const bearer = bearerOf(headers.get("authorization"))
        const id = Cookies.parseHeader(headers.get("cookie") ?? "")[cookieName(port)]
        const known =
          bearer !== undefined
            ? tokens.isTaken(digestOf(bearer))
            : id === undefined
              ? Effect.succeed(false)
              : Effect.map(sessions.find(id), Option.isSome)
        // While the store cannot be read everybody is a stranger.
        return Effect.orElseSucceed(known, () => false)
      }
      const limited = HttpIncomingMessage.withMaxBodySize(guard(app), Option.some(MAX_BODY))
      return Layer.provide(
        HttpServer.serve(limited),
        listening({ host, port, backlog: BACKLOG }, (serve) =>
          makeLobby({ isKnown, serve, limits: LOBBY_LIMITS })
        )
      )
    })
  ).pipe(
    Layer.provide(api(gateway, "web")),
    Layer.provide([HttpApiBuilder.Router.Live, HttpApiBuilder.Middleware.layer]),
    Layer.provide(NodeHttpServer.layerContext)
  )

/** A page that nobody can open yet. Tokens that are made later are taken at once. */
const warnOfNoToken = ({ token }: HttpConfig) =>
  token !== undefined
    ? Effect.void
    : Effect.flatMap(AccessTokens, ({ all }) => all).pipe(
        Effect.orElseSucceed(() => undefined),
        Effect.flatMap((tokens) =>
          tokens?.length === 0
            ? warn(
                "nobody can sign in to the web page yet: there is no token",
                "`imsg-gateway tokens create` makes one."
              )
            : Effect.void
        )
      )

/** Listens until it is interrupted. Where the address is taken it says so once, and waits until it is free. */
const keepOpen = (http: HttpConfig, gateway: Served) =>
  Effect.gen(function* () {
    yield* judge(http)
    yield* warnOfNoToken(http)
    const isUp = Effect.annotateLogs(Effect.logInfo("the web page is up"), { url: urlOf(http) })
    const listen = Layer.launch(Layer.tap(served(http, gateway), () => isUp))
    return yield* Effect.catchAll(listen, (error) =>
      Effect.zipRight(
        warn(
          `the web page cannot be served on ${urlOf(http)}: ${why(error)}`,
          "Free the port, or name another in control.http and reload the config. It is tried again meanwhile."
        ),
        Effect.retry(Effect.delay(listen, TRY_AGAIN), Schedule.forever)
      )
    )
  })

/** Serves where the config says, moves when that changes, and hangs up when it says so no more. */
export const onHttp = (gateway: Served) =>
  Layer.scopedDiscard(
    Effect.gen(function* () {
      const { changes } = yield* ConfigService
      const server = yield* FiberHandle.make()
      const follow = changes.pipe(
        Stream.map(({ control }) => control),
        // The same object for as long as nothing in it changes.
        Stream.changesWith((one, other) => one === other),
        Stream.debounce(SETTLE),
        Stream.runForEach(({ http }) =>
          // The old one is gone before the new one comes: they may share the port.
          FiberHandle.clear(server).pipe(
            Effect.zipRight(
              http === undefined
                ? Effect.void
                : FiberHandle.run(server, Effect.interruptible(keepOpen(http, gateway)))
            )
          )
        )
      )
      yield* Effect.forkScoped(Effect.interruptible(follow))
    })
  )
