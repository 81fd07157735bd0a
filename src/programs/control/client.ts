/** The client of the control server, made of the same definition. */
import { Agent } from "node:http"
import { Agent as HttpsAgent } from "node:https"
import { connect } from "node:net"
import {
  FileSystem,
  HttpApiClient,
  HttpApiError,
  HttpClient,
  HttpClientError,
  HttpClientRequest,
  Path
} from "@effect/platform"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Effect, Layer, ParseResult, Predicate, Redacted } from "effect"
import { ControlApi } from "../../schemas/control/ControlApi.ts"
import { SOCKET_FILE } from "../../schemas/control/socket.ts"
import { GatewayIncompatible, GatewayNotRunning, GatewaySilent } from "../../schemas/errors/control.ts"
import { messageOf } from "../../schemas/errors/messageOf.ts"

/** The socket is all of the address; HTTP wants a name in it. */
const BASE_URL = "http://gateway"

const detailOf = (error: unknown): string => {
  if (error instanceof Error && "cause" in error && error.cause instanceof Error) return error.cause.message
  return messageOf(error)
}

/** What says that nobody took the request: there is no socket, or nobody listens there. */
const NOBODY: ReadonlyArray<unknown> = ["ENOENT", "ECONNREFUSED", "ENOTSOCK"]

const isUntaken = ({ cause }: HttpClientError.RequestError): boolean =>
  Predicate.hasProperty(cause, "code") && NOBODY.includes(cause.code)

/** What can come between the gateway and who asks it. */
type Trouble = HttpClientError.HttpClientError | ParseResult.ParseError | HttpApiError.HttpApiDecodeError

const isTrouble = <E>(error: E): error is Extract<E, Trouble> =>
  error instanceof HttpClientError.RequestError ||
  error instanceof HttpClientError.ResponseError ||
  error instanceof ParseResult.ParseError ||
  error instanceof HttpApiError.HttpApiDecodeError

const failureOf = (socket: string, error: Trouble) => {
  const fields = { socket, detail: detailOf(error) }
  if (!(error instanceof HttpClientError.RequestError)) return new GatewayIncompatible(fields)
  return isUntaken(error) ? new GatewayNotRunning(fields) : new GatewaySilent(fields)
}

/** What the transport and the decoder have against an answer, as failures of a command. */
const asCommandFailure =
  (socket: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.catchIf(effect, isTrouble<E>, (error: Trouble) => Effect.fail(failureOf(socket, error)))

/** Whatever the address, it is the socket that is connected to. */
class SocketAgent extends Agent {
  readonly #socket: string
  constructor(socket: string) {
    super()
    this.#socket = socket
  }
  override createConnection() {
    return connect(this.#socket)
  }
}

const agent = (socket: string) =>
  Layer.scoped(
    NodeHttpClient.HttpAgent,
    Effect.map(
      Effect.acquireRelease(
        Effect.sync(() => new SocketAgent(socket)),
        (http) => Effect.sync(() => http.destroy())
      ),
      (http) => ({
        [NodeHttpClient.HttpAgentTypeId]: NodeHttpClient.HttpAgentTypeId,
        http,
        https: new HttpsAgent()
      })
    )
  )

const make = (token: Redacted.Redacted<string> | undefined) =>
  HttpApiClient.make(ControlApi, {
    baseUrl: BASE_URL,
    ...(token === undefined
      ? {}
      : { transformClient: HttpClient.mapRequest(HttpClientRequest.bearerToken(Redacted.value(token))) })
  })

/** The gateway of a state folder, as the methods of its interface. */
export type Client = Effect.Effect.Success<ReturnType<typeof make>>

/** How long a gateway may take to answer where nothing else is said. */
const WITHIN_MS = 10_000

/**
 * Asks the gateway that runs on a state folder. Where none does it fails with `GatewayNotRunning`; where one took the
 * request and gave no answer within a time, or ended, with `GatewaySilent`. With a token it is asked for what that is worth.
 */
export const withGateway = <A, E, R>(
  stateDir: string,
  use: (client: Client) => Effect.Effect<A, E, R>,
  {
    token,
    withinMs = WITHIN_MS
  }: {
    readonly withinMs?: number | undefined
    readonly token?: Redacted.Redacted<string> | undefined
  } = {}
) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const socket = path.join(stateDir, SOCKET_FILE)
    if (!(yield* Effect.orElseSucceed(fs.exists(socket), () => false))) {
      return yield* new GatewayNotRunning({ socket, detail: "there is no such socket" })
    }
    const http = Layer.provide(NodeHttpClient.layerWithoutAgent, agent(socket))
    return yield* make(token).pipe(
      Effect.flatMap(use),
      asCommandFailure(socket),
      Effect.timeoutFail({
        duration: withinMs,
        onTimeout: () => new GatewaySilent({ socket, detail: `it took longer than ${withinMs} ms` })
      }),
      Effect.provide(http),
      Effect.scoped
    )
  })
