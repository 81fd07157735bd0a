/**
 * The connections between the hosts of a cluster: the engine's own protocol over HTTP, on a port that answers nobody
 * without the secret. Only what waits for an answer goes over them; what is stored is found in the store.
 */
import { timingSafeEqual } from "node:crypto"
import {
  HttpRunner,
  type MessageStorage,
  Runners,
  type ShardingConfig,
  type Snowflake
} from "@effect/cluster"
import {
  type HttpApp,
  HttpClient,
  HttpClientRequest,
  HttpIncomingMessage,
  HttpServer,
  type HttpServerError,
  HttpServerRequest,
  HttpServerResponse
} from "@effect/platform"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { RpcSerialization } from "@effect/rpc"
import { Effect, Layer, Option, Redacted, Schedule } from "effect"
import { digestOf } from "../../schemas/accessToken.ts"
import type { HostAddress } from "../../schemas/config/resolved.ts"
import { messageOf } from "../../schemas/errors/messageOf.ts"
import { listening } from "../control/httpServer.ts"
import { bearerOf } from "../control/web/head.ts"
import { BACKLOG, LOBBY_LIMITS, makeLobby } from "../control/web/lobby.ts"

/** Where a host answers the others. */
const PATH = "/runner"
/** The largest body of a request, in bytes: a message with what it is about. */
const MAX_BODY = 8_000_000
const TRY_AGAIN = "5 seconds"

type Secret = Redacted.Redacted<string>

/** The client with which a host asks the others: it shows the secret. */
const askingOthers = (secret: Secret): Layer.Layer<HttpClient.HttpClient> =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.map(
      HttpClient.HttpClient,
      HttpClient.mapRequest(HttpClientRequest.bearerToken(Redacted.value(secret)))
    )
  ).pipe(Layer.provide(NodeHttpClient.layerWithoutAgent), Layer.provide(NodeHttpClient.agentLayer))

/**
 * Who runs on which host, for messages. What is stored for an actor of another host is not told over a connection: that
 * host hears of it from the database, and one that hangs holds nobody up.
 */
export const runners = (
  secret: Secret
): Layer.Layer<
  Runners.Runners,
  never,
  MessageStorage.MessageStorage | ShardingConfig.ShardingConfig | Snowflake.Generator
> =>
  Layer.scoped(
    Runners.Runners,
    Effect.flatMap(Runners.makeRpc, ({ onRunnerUnavailable, ping, send }) =>
      Runners.make({ onRunnerUnavailable, ping, send, notify: () => Effect.void })
    )
  ).pipe(
    Layer.provide(HttpRunner.layerClientProtocolHttp({ path: PATH })),
    Layer.provide([RpcSerialization.layerNdjson, askingOthers(secret)])
  )

/** Whether a request shows the secret; the time that it takes says nothing about it. */
const makeKnows = (secret: Secret) => {
  const own = Buffer.from(digestOf(Redacted.value(secret)))
  return (authorization: string | undefined): boolean =>
    timingSafeEqual(own, Buffer.from(digestOf(bearerOf(authorization) ?? "")))
}

/** Answers the other hosts until the scope closes: the engine's questions, and by `rest` all others. */
const layer = <E, R>({ host, port }: HostAddress, secret: Secret, rest: HttpApp.Default<E, R>) =>
  Layer.unwrapScoped(
    Effect.gen(function* () {
      const knows = makeKnows(secret)
      const engine = yield* HttpRunner.toHttpEffect
      const app = Effect.gen(function* () {
        const { headers, url } = yield* HttpServerRequest.HttpServerRequest
        if (!knows(headers.authorization)) return HttpServerResponse.empty({ status: 401 })
        return yield* url === PATH ? engine : rest
      })
      return HttpServer.serve(HttpIncomingMessage.withMaxBodySize(app, Option.some(MAX_BODY))).pipe(
        Layer.provide(
          listening({ host, port, backlog: BACKLOG }, (serve) =>
            makeLobby({
              serve,
              limits: LOBBY_LIMITS,
              isKnown: ({ headers }) => Effect.succeed(knows(headers.get("authorization")))
            })
          )
        )
      )
    })
  ).pipe(Layer.provide([RpcSerialization.layerNdjson, NodeHttpServer.layerContext]))

/**
 * The same for as long as the gateway runs. Where the address is taken, or none of this machine, it says so once and tries
 * again: what this host runs goes on, and the others miss only what they would have asked.
 */
export const keepOpen = <E, R>(place: HostAddress, secret: Secret, rest: HttpApp.Default<E, R>) =>
  Layer.scopedDiscard(
    Effect.gen(function* () {
      const listen = Layer.launch(layer(place, secret, rest))
      const warn = ({ cause }: HttpServerError.ServeError) =>
        Effect.logWarning(
          `the other hosts cannot ask this one: ${place.host}:${place.port} cannot be listened on: ${messageOf(cause)}`
        ).pipe(
          Effect.annotateLogs({
            hint: "Free the port, or say in cluster.listen where this host can listen. It is tried again meanwhile."
          })
        )
      const keep = Effect.catchAll(listen, (error) =>
        Effect.zipRight(warn(error), Effect.retry(Effect.delay(listen, TRY_AGAIN), Schedule.forever))
      )
      yield* Effect.forkScoped(Effect.interruptible(keep))
    })
  )
