/** What lies between a program and a server: it can end connections at the worst moments. */
import { connect, createServer, type Socket } from "node:net"
import { Effect } from "effect"
import { listeningPort } from "./listeningPort.ts"

interface TcpProxy {
  readonly port: number
  /**
   * Is shown what the program sends, before it goes on. "before": it does not, and the connection is ended; "after": it
   * does, and the connection is ended when the server answers, whose answer is lost.
   */
  readonly cutAt: (sees: (sent: string) => "before" | "after" | undefined) => void
}

/** Stands before a port of this machine until the scope closes. */
export const tcpProxy = (to: number) =>
  Effect.gen(function* () {
    let sees: (sent: string) => "before" | "after" | undefined = () => undefined
    const sockets = new Set<Socket>()
    const keep = (socket: Socket) => {
      sockets.add(socket)
      socket.on("close", () => sockets.delete(socket))
      socket.on("error", () => {})
    }
    const server = createServer((program) => {
      const behind = connect(to, "127.0.0.1")
      for (const socket of [program, behind]) keep(socket)
      const cut = () => {
        program.destroy()
        behind.destroy()
      }
      let isCutOff = false
      program.on("data", (sent) => {
        const at = sees(sent.toString("latin1"))
        if (at === "before") return cut()
        isCutOff = at === "after"
        behind.write(sent)
      })
      behind.on("data", (answer) => (isCutOff ? cut() : program.write(answer)))
      program.on("close", () => behind.destroy())
      behind.on("close", () => program.destroy())
    })
    const port = yield* listeningPort(server, () => {
      for (const socket of sockets) socket.destroy()
    })
    const proxy: TcpProxy = {
      port,
      cutAt: (next) => {
        sees = next
      }
    }
    return proxy
  })
