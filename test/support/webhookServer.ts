/** A webhook of the tests: what it was sent, and what it answers. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http"
import { Effect } from "effect"

export interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString("utf8")
}

/** Listens on this machine until the scope closes; `answer` is called for each request, with how many came before. */
export const webhookServer = (
  answer: (response: ServerResponse, request: Received, before: number) => void
) =>
  Effect.acquireRelease(
    Effect.async<{
      readonly url: string
      readonly received: ReadonlyArray<Received>
      readonly close: () => void
    }>((resume) => {
      const received: Array<Received> = []
      const server = createServer((request, response) => {
        void bodyOf(request).then((body) => {
          const one = { headers: request.headers, body }
          received.push(one)
          answer(response, one, received.length - 1)
        })
      })
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        const port = typeof address === "object" && address !== null ? address.port : 0
        const close = () => {
          server.close()
          server.closeAllConnections()
        }
        resume(Effect.succeed({ url: `http://127.0.0.1:${port}/hook`, received, close }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )

/** Answers with a status, a type and a body. */
export const answering =
  (status: number, type: string, body: string, headers: Readonly<Record<string, string>> = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(status, { "content-type": type, ...headers })
    response.end(body)
  }
