/** The control server: the gateway's interface on a socket in its state folder, for its owner only. */
import {
  FileSystem,
  HttpApiBuilder,
  HttpIncomingMessage,
  HttpServer,
  HttpServerError,
  Path
} from "@effect/platform"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Effect, Layer, Option } from "effect"
import { LONGEST_PATH, SOCKET_FILE } from "../../schemas/control/socket.ts"
import { messageOf } from "../../schemas/errors/messageOf.ts"
import { currentConfig } from "../../services/ConfigService.ts"
import { api, type Served } from "./handlers.ts"
import { listening } from "./httpServer.ts"
import { makeSocketDoor } from "./socketDoor.ts"

/** The largest body of a request, in bytes. */
const MAX_BODY = 1_000_000

/** Where the socket is free: the lock of the state folder makes what is there a killed gateway's. */
const freeSocket = Effect.gen(function* () {
  const { stateDir } = yield* currentConfig
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const socket = path.join(stateDir, SOCKET_FILE)
  yield* Effect.ignore(fs.remove(socket))
  return socket
})

const socketServer = Layer.unwrapEffect(
  Effect.flatMap(freeSocket, (socket) => {
    if (Buffer.byteLength(socket) > LONGEST_PATH) {
      const tooLong = new Error(`its path is longer than ${LONGEST_PATH} bytes: ${socket}`)
      return new HttpServerError.ServeError({ cause: tooLong })
    }
    // The folder is its owner's alone; the socket says so too.
    const forOwner = Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.ignore(fs.chmod(socket, 0o600)))
    return Effect.succeed(Layer.tap(listening({ path: socket }), () => forOwner))
  })
)

const why = ({ cause }: HttpServerError.ServeError): string => messageOf(cause)

/** Serves on the socket. The gateway does its work without it, so that a failure is a warning. */
export const onSocket = (served: Served) =>
  Layer.unwrapScoped(
    Effect.gen(function* () {
      const door = yield* makeSocketDoor
      // Around the whole of it: what `HttpApiBuilder.serve` takes sees an answer that is sent already.
      const app = yield* HttpApiBuilder.httpApp
      return HttpServer.serve(HttpIncomingMessage.withMaxBodySize(door(app), Option.some(MAX_BODY)))
    })
  ).pipe(
    Layer.provide(api(served, "socket")),
    Layer.provide([HttpApiBuilder.Router.Live, HttpApiBuilder.Middleware.layer]),
    Layer.provide(socketServer),
    Layer.provide(NodeHttpServer.layerContext),
    Layer.catchAll((error) =>
      Layer.effectDiscard(
        Effect.logWarning("the control socket cannot be opened: commands cannot ask this gateway").pipe(
          Effect.annotateLogs({
            detail: why(error),
            hint: "Commands such as status need it: a shorter stateDir, or one on another disk, helps."
          })
        )
      )
    )
  )
