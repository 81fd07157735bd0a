/** The client of the control server, made of the same definition. */
import { Agent } from "node:http"
import { Agent as HttpsAgent } from "node:https"
import { connect } from "node:net"
import { FileSystem, HttpApiClient, HttpApiError, HttpClientError, Path } from "@effect/platform"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Effect, Layer, ParseResult, Predicate } from "effect"
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

/** What the transport and the decoder have against an answer, as failures of a command. */
const asCommandFailure =
  (socket: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.mapError(effect, (error) => {
      if (error instanceof HttpClientError.RequestError) {
        const fields = { socket, detail: detailOf(error) }
        return isUntaken(error) ? new GatewayNotRunning(fields) : new GatewaySilent(fields)
      }
      return error instanceof HttpClientError.ResponseError ||
        error instanceof ParseResult.ParseError ||
        error instanceof HttpApiError.HttpApiDecodeError
        ? new GatewayIncompatible({ socket, detail: detailOf(error) })
        : error
    })

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

const make = HttpApiClient.make(ControlApi, { baseUrl: BASE_URL })

/** The gateway of a state folder, as the methods of its interface. */
export type Client = Effect.Effect.Success<typeof make>

/** How long a gateway may take to answer where nothing else is said. */
const WITHIN_MS = 10_000

/**
 * Asks the gateway that runs on a state folder. Where none does it fails with `GatewayNotRunning`; where one took the
 * request and gave no answer within a time, or ended, with `GatewaySilent`.
 */
export const withGateway = <A, E, R>(
  stateDir: string,
  use: (client: Client) => Effect.Effect<A, E, R>,
  withinMs: number = WITHIN_MS
) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const socket = path.join(stateDir, SOCKET_FILE)
    if (!(yield* Effect.orElseSucceed(fs.exists(socket), () => false))) {
      return yield* new GatewayNotRunning({ socket, detail: "there is no such socket" })
    }
    const http = Layer.provide(NodeHttpClient.layerWithoutAgent, agent(socket))
    return yield* make.pipe(
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
