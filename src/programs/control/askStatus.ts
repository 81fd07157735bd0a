/**
 * Asks a gateway for its status, and knows of its interface no more than that: the client of the whole takes a third of
 * the time that `status` takes.
 */
import { request } from "node:http"
import { connect } from "node:net"
import { Effect, Schema } from "effect"
import { STATUS_PATH, Status } from "../../schemas/control/Status.ts"
import { HOST, notUnderstood, onSocket, unanswered } from "./socket.ts"

interface Answer {
  readonly status: number | undefined
  readonly body: string
}

/** The answer to a GET. Fails with what Node has against it; who waits no longer hangs up. */
const get = (socket: string, path: string): Effect.Effect<Answer, Error> =>
  Effect.async((resume) => {
    const asked = request({ host: HOST, path, createConnection: () => connect(socket) })
    const fail = (error: Error) => resume(Effect.fail(error))
    asked.on("error", fail)
    asked.once("response", (response) => {
      let body = ""
      response.setEncoding("utf8")
      response.on("data", (text) => {
        body += text
      })
      response.on("error", fail)
      response.once("end", () => resume(Effect.succeed({ status: response.statusCode, body })))
    })
    asked.end()
    return Effect.sync(() => asked.destroy())
  })

const decodeStatus = Schema.decodeUnknown(Schema.parseJson(Status))

/** Fails with what the gateway says where it has no status now. */
const refused = (body: string) =>
  Effect.promise(() => import("../../schemas/control/failures.ts")).pipe(
    Effect.flatMap(({ StatusUnavailable }) =>
      Schema.decodeUnknown(Schema.parseJson(StatusUnavailable))(body)
    ),
    Effect.flatMap(Effect.fail)
  )

/**
 * The status of the gateway that runs on a state folder. Fails as every question on its socket does, and with
 * `Unavailable`, and what it knows by itself, where the gateway cannot read its store.
 */
export const askStatus = (stateDir: string) =>
  onSocket(stateDir, (socket) =>
    get(socket, STATUS_PATH).pipe(
      Effect.mapError((error) => unanswered(socket, error)),
      Effect.flatMap(({ body, status }) => (status === 200 ? decodeStatus(body) : refused(body))),
      Effect.catchTag("ParseError", (error) => notUnderstood(socket, error))
    )
  )
