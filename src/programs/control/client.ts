/** The client of the control server, made of the same definition. */
import { Agent } from "node:http"
import { Agent as HttpsAgent } from "node:https"
import { connect } from "node:net"
import { HttpApiClient, HttpApiError, HttpClient, HttpClientError, HttpClientRequest } from "@effect/platform"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Effect, Layer, ParseResult, Redacted } from "effect"
import { ControlApi } from "../../schemas/control/ControlApi.ts"
import { HOST, notUnderstood, onSocket, unanswered } from "./socket.ts"

/** The transport's failures have what befell them as their cause. */
const causeOf = (error: { readonly cause?: unknown }): unknown =>
  error.cause instanceof Error ? error.cause : error

/** What can come between the gateway and who asks it. */
type Trouble = HttpClientError.HttpClientError | ParseResult.ParseError | HttpApiError.HttpApiDecodeError

const isTrouble = <E>(error: E): error is Extract<E, Trouble> =>
  error instanceof HttpClientError.RequestError ||
  error instanceof HttpClientError.ResponseError ||
  error instanceof ParseResult.ParseError ||
  error instanceof HttpApiError.HttpApiDecodeError

const failureOf = (socket: string, error: Trouble) =>
  error instanceof HttpClientError.RequestError
    ? unanswered(socket, causeOf(error))
    : notUnderstood(socket, causeOf(error))

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
        // Nobody asks over TLS, and what it takes would be loaded.
        get https() {
          return new HttpsAgent()
        }
      })
    )
  )

const make = (token: Redacted.Redacted<string> | undefined) =>
  HttpApiClient.make(ControlApi, {
    baseUrl: `http://${HOST}`,
    ...(token === undefined
      ? {}
      : { transformClient: HttpClient.mapRequest(HttpClientRequest.bearerToken(Redacted.value(token))) })
  })

/** The gateway of a state folder, as the methods of its interface. */
export type Client = Effect.Effect.Success<ReturnType<typeof make>>

/**
 * Asks the gateway that runs on a state folder. Where none does it fails with `GatewayNotRunning`; where one took the
 * request and gave no answer within a time, or ended, with `GatewaySilent`. With a token it is asked for what that is worth.
 */
export const withGateway = <A, E, R>(
  stateDir: string,
  use: (client: Client) => Effect.Effect<A, E, R>,
  {
    token,
    withinMs
  }: {
    readonly withinMs?: number | undefined
    readonly token?: Redacted.Redacted<string> | undefined
  } = {}
) =>
  onSocket(
    stateDir,
    (socket) =>
      make(token).pipe(
        Effect.flatMap(use),
        asCommandFailure(socket),
        Effect.provide(Layer.provide(NodeHttpClient.layerWithoutAgent, agent(socket))),
        Effect.scoped
      ),
    withinMs
  )
