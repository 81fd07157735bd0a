/** The gateway's socket, for who asks it: where it is, how long an answer may take, and what it means that none comes. */
import { FileSystem, Path } from "@effect/platform"
import { Effect, Predicate } from "effect"
import { SOCKET_FILE } from "../../schemas/control/socket.ts"
import { GatewayIncompatible, GatewayNotRunning, GatewaySilent } from "../../schemas/errors/control.ts"
import { messageOf } from "../../schemas/errors/messageOf.ts"

/** How long a gateway may take to answer where nothing else is said. */
const WITHIN_MS = 10_000

/** The socket is all of the address; HTTP wants a name in it. */
export const HOST = "gateway"

/** What says that nobody took the request: there is no socket, or nobody listens there. */
const NOBODY: ReadonlyArray<unknown> = ["ENOENT", "ECONNREFUSED", "ENOTSOCK"]

/** What the transport has against a request, as the failure of a command. */
export const unanswered = (socket: string, cause: unknown): GatewayNotRunning | GatewaySilent => {
  const fields = { socket, detail: messageOf(cause) }
  return Predicate.hasProperty(cause, "code") && NOBODY.includes(cause.code)
    ? new GatewayNotRunning(fields)
    : new GatewaySilent(fields)
}

/** What there is against an answer that came. */
export const notUnderstood = (socket: string, cause: unknown): GatewayIncompatible =>
  new GatewayIncompatible({ socket, detail: messageOf(cause) })

/**
 * Asks on the socket of a state folder. Where there is none it fails with `GatewayNotRunning`, and where the answer takes
 * too long with `GatewaySilent`.
 */
export const onSocket = <A, E, R>(
  stateDir: string,
  ask: (socket: string) => Effect.Effect<A, E, R>,
  withinMs: number = WITHIN_MS
) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const socket = path.join(stateDir, SOCKET_FILE)
    if (!(yield* Effect.orElseSucceed(fs.exists(socket), () => false))) {
      return yield* new GatewayNotRunning({ socket, detail: "there is no such socket" })
    }
    return yield* Effect.timeoutFail(ask(socket), {
      duration: withinMs,
      onTimeout: () => new GatewaySilent({ socket, detail: `it took longer than ${withinMs} ms` })
    })
  })
