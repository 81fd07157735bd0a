/** A server with OpenAI's `/audio/transcriptions`, as its documentation has it, and with faults. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http"
import { Effect } from "effect"

/** What was asked: the fields of the form, the name and the content of the file. */
export interface Asked {
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly fields: { readonly [name: string]: string }
  readonly file: { readonly name: string; readonly type: string; readonly content: string }
}

export type Behaviour = (response: ServerResponse) => void

/** The answer of `response_format: "json"`. */
export const says =
  (text: string): Behaviour =>
  (response) => {
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ text, usage: { type: "duration", seconds: 3 } }))
  }

const read = async (url: string, headers: IncomingHttpHeaders, body: Buffer): Promise<Asked> => {
  const form = await new Response(Uint8Array.from(body), {
    headers: { "content-type": headers["content-type"] ?? "" }
  }).formData()
  const file = form.get("file")
  if (!(file instanceof File)) throw new Error("a transcription has a file")
  const fields: Record<string, string> = {}
  form.forEach((value, name) => {
    if (typeof value === "string") fields[name] = value
  })
  return { url, headers, fields, file: { name: file.name, type: file.type, content: await file.text() } }
}

/** A server on a free port of 127.0.0.1, which behaves so for one request after the other, and then as for the last. */
export const serve = (...behaviours: readonly [Behaviour, ...Array<Behaviour>]) =>
  Effect.acquireRelease(
    Effect.async<{ readonly baseUrl: string; readonly asked: Array<Asked>; readonly close: () => void }>(
      (resume) => {
        const asked: Array<Asked> = []
        const [first, ...rest] = behaviours
        let behave = first
        const server = createServer((request, response) => {
          const chunks: Array<Buffer> = []
          request.on("data", (chunk: Buffer) => chunks.push(chunk))
          request.on("end", () => {
            void read(request.url ?? "", request.headers, Buffer.concat(chunks)).then((one) => {
              asked.push(one)
              behave(response)
              behave = rest.shift() ?? behave
            })
          })
        })
        const close = () => {
          server.close()
          server.closeAllConnections()
        }
        server.listen(0, "127.0.0.1", () => {
          const address = server.address()
          const port = typeof address === "object" ? (address?.port ?? 0) : 0
          resume(Effect.succeed({ baseUrl: `http://127.0.0.1:${port}/v1`, asked, close }))
        })
      }
    ),
    ({ close }) => Effect.sync(close)
  )
