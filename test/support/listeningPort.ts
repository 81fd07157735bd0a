/** A server of a test on a port of this machine. */
import type { Server } from "node:net"
import { Effect, type Scope } from "effect"

/** Listens on a free port until the scope closes, and says which; `hangUp` ends what is connected by then. */
export const listeningPort = (
  server: Server,
  hangUp: () => void
): Effect.Effect<number, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.async<number>((resume) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0))
      })
    }),
    () =>
      Effect.sync(() => {
        server.close()
        hangUp()
      })
  )
