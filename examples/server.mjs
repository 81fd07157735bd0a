// An agent as an HTTP server: takes turns that are signed with SECRET, and answers each of them once.
//   AGENT_SECRET=… PORT=8090 node examples/server.mjs
//   runtime: { type: "webhook", url: "http://127.0.0.1:8090/", secret: "${AGENT_SECRET}" }
import { createHmac, timingSafeEqual } from "node:crypto"
import { createServer } from "node:http"

const secret = process.env.AGENT_SECRET ?? ""
const OLDEST_SECONDS = 300
/** Answers by the turn's id: who is asked again under the same id does nothing twice. */
const answered = new Map()

const isSigned = ({ headers }, body) => {
  const time = headers["x-timestamp"] ?? ""
  const sum = createHmac("sha256", secret).update(`${time}.${body}`).digest("hex")
  const given = Buffer.from(headers["x-signature-256"] ?? "")
  const wanted = Buffer.from(`sha256=${sum}`)
  const isFresh = Math.abs(Date.now() / 1000 - Number(time)) < OLDEST_SECONDS
  return isFresh && given.length === wanted.length && timingSafeEqual(given, wanted)
}

const answer = ({ envelopes }) => ({ replies: [{ text: `You said: ${envelopes.at(-1).text}` }] })

createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray()).toString("utf8")
  if (secret === "" || !isSigned(request, body)) return response.writeHead(401).end()
  const key = request.headers["idempotency-key"]
  const reply = answered.get(key) ?? answer(JSON.parse(body))
  answered.set(key, reply)
  if (answered.size > 1000) answered.delete(answered.keys().next().value)
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(reply))
}).listen(Number(process.env.PORT ?? 8090), "127.0.0.1", function () {
  console.log(`listening on ${this.address().port}`)
})
