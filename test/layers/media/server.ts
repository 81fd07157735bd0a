/** A web server that answers well and badly. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { Effect } from "effect"
import { JPEG } from "./staging.ts"

/** The largest file of these tests, in bytes. */
export const LIMIT = 1024

/** What the server answers, by path. `hung` is where an answer ends without ending. */
const answer =
  (hung: () => void) =>
  (request: IncomingMessage, response: ServerResponse, port: number): void => {
    const redirect = (location: string) => response.writeHead(302, { location }).end()
    const chunks = () => {
      while (!response.destroyed && response.write(Buffer.alloc(256)));
      response.once("drain", chunks)
    }
    const url = new URL(request.url ?? "/", "http://127.0.0.1")
    switch (url.pathname) {
      case "/photo.jpg":
        return void response.end(JPEG)
      case "/photo.txt":
        return void response.end(JPEG)
      case "/named":
        return void response
          .writeHead(200, { "content-disposition": 'inline; filename="../a.jpg"' })
          .end(JPEG)
      case "/headers.txt":
        return void response.end(`${request.url} ${request.headers["accept-encoding"]}`)
      case "/most.bin":
        return void response.end(Buffer.alloc(LIMIT))
      case "/declared.bin":
        return void response.writeHead(200, { "content-length": LIMIT + 1 }).flushHeaders()
      case "/chunked.bin":
        response.write(Buffer.alloc(LIMIT))
        return void response.end("x")
      case "/endless.bin":
        return void chunks()
      case "/stalled.bin":
        return void response.write("begun", hung)
      case "/silent.bin":
        return void hung()
      case "/broken.bin":
        response.writeHead(200, { "content-length": 100 })
        return void response.write("begun", () => request.socket.resetAndDestroy())
      case "/broken-chunked.bin":
        return void response.write("begun", () => request.socket.destroy())
      case "/empty.bin":
        return void response.end()
      case "/packed.bin":
        return void response.writeHead(200, { "content-encoding": "gzip" }).end("packed")
      case "/to":
        return void redirect(url.search.slice(1))
      case "/astray":
        return void redirect(`http://localhost:${port}/photo.jpg`)
      case "/lost":
        return void response.writeHead(302).end()
      case "/loop":
        return void redirect("/loop")
      case "/hops": {
        const left = Number(url.search.slice(1))
        return void redirect(left === 1 ? "/photo.jpg" : `/hops?${left - 1}`)
      }
      default:
        return void response.writeHead(404).end("not here")
    }
  }

/** A web server on a free port of 127.0.0.1, and what was asked of it. */
export const serve = (hung: () => void) =>
  Effect.acquireRelease(
    Effect.async<{ readonly server: Server; readonly port: number; readonly asked: ReadonlyArray<string> }>(
      (resume) => {
        const asked: Array<string> = []
        const port = () => {
          const address = server.address()
          return typeof address === "object" ? (address?.port ?? 0) : 0
        }
        const answered = answer(hung)
        const server = createServer((request, response) => {
          asked.push(request.url ?? "")
          answered(request, response, port())
        })
        server.listen(0, "127.0.0.1", () => resume(Effect.succeed({ server, asked, port: port() })))
      }
    ),
    ({ server }) =>
      Effect.async<void>((resume) => {
        server.close(() => resume(Effect.void))
        server.closeAllConnections()
      })
  )
