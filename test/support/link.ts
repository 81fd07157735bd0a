/** A way to a port of this machine that can be as a network is on a bad day. */
import { connect, createServer, type Socket } from "node:net"
import { Effect } from "effect"
import { listeningPort } from "./listeningPort.ts"

/**
 * "swallowed": nothing goes on and nothing is said; once it is "open" again, what was sent meanwhile arrives late. "forgotten":
 * what was swallowed stays so, and new connections are made. "reset": all are ended.
 */
export type Passage = "open" | "swallowed" | "forgotten" | "reset"

interface Link {
  readonly port: number
  readonly set: (passage: Passage) => Effect.Effect<void>
}

/** One connection; what is behind is there once the way has been open for it. */
interface Connection {
  readonly from: Socket
  behind: Socket | undefined
}

/** Stands before a port of this machine until the scope closes. */
export const link = (to: number) =>
  Effect.gen(function* () {
    let passage: Passage = "open"
    const connections = new Set<Connection>()
    const forgotten = new Set<Connection>()
    const cut = ({ behind, from }: Connection) => {
      // As a machine says it that knows nothing of the connection any more.
      from.resetAndDestroy()
      behind?.resetAndDestroy()
    }
    const hold = ({ behind, from }: Connection) => {
      if (behind !== undefined) {
        from.unpipe(behind)
        behind.unpipe(from)
        behind.pause()
      }
      from.pause()
    }
    const forget = (connection: Connection) => {
      hold(connection)
      connections.delete(connection)
      forgotten.add(connection)
    }
    const goOn = (connection: Connection) => {
      const { from } = connection
      const behind = connection.behind ?? connect(to, "127.0.0.1")
      if (connection.behind === undefined) {
        connection.behind = behind
        behind.on("error", () => {})
        behind.on("close", () => from.destroy())
        if (from.destroyed) behind.destroy()
      }
      from.pipe(behind)
      behind.pipe(from)
    }
    const server = createServer({ pauseOnConnect: true }, (from) => {
      const connection: Connection = { from, behind: undefined }
      connections.add(connection)
      from.on("error", () => {})
      from.on("close", () => {
        connections.delete(connection)
        forgotten.delete(connection)
        connection.behind?.destroy()
      })
      if (passage === "reset") cut(connection)
      else if (passage !== "swallowed") goOn(connection)
    })
    const port = yield* listeningPort(server, () => {
      for (const connection of [...connections, ...forgotten]) cut(connection)
    })
    return {
      port,
      set: (next) =>
        Effect.sync(() => {
          if (next === passage) return
          passage = next
          const each = { open: goOn, swallowed: hold, forgotten: forget, reset: cut }[next]
          for (const connection of [...connections]) each(connection)
        })
    } satisfies Link
  })
