/** A gateway that serves its web page, and requests to it as any program can make them. */
import { type IncomingHttpHeaders, request } from "node:http"
import { Effect } from "effect"
import { freePort } from "./freePort.ts"
import { makeHome, PERSON, QUICK, startGatewayWith } from "./gateway.ts"
import { makeSimulator } from "./simulator.ts"

/** The token of tests. */
export const TOKEN = "a-token-of-tests-that-nobody-else-knows"

export interface Asked {
  readonly method?: string
  /** Sent as it stands: nothing takes dots out of it. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** One request on a connection of its own. */
export const askPort = (port: number, { body, headers = {}, method = "GET", path }: Asked) =>
  Effect.async<Answer, Error>((resume) => {
    const sent = request({ host: "127.0.0.1", port, method, path, headers, agent: false }, (response) => {
      let text = ""
      response.setEncoding("utf8")
      response.on("data", (chunk: string) => {
        text += chunk
      })
      response.on("end", () =>
        resume(Effect.succeed({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
      )
    })
    sent.on("error", (error) => resume(Effect.fail(error)))
    sent.end(body)
    return Effect.sync(() => sent.destroy())
  })

/** Signs in as the page's form does. */
export const signIn = (port: number, token: string = TOKEN, headers: Readonly<Record<string, string>> = {}) =>
  askPort(port, {
    method: "POST",
    path: "/login",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      origin: `http://127.0.0.1:${port}`,
      ...headers
    },
    body: new URLSearchParams({ token }).toString()
  })

/** The cookie that an answer sets, as the browser sends it back. */
export const cookieOf = ({ headers }: Answer): string => headers["set-cookie"]?.[0]?.split(";")[0] ?? ""

/** A gateway with the web page, over a simulator. One person is let in; who else writes is given a code. */
export const webGateway = (
  http: Readonly<Record<string, unknown>> = {},
  account: Readonly<Record<string, unknown>> = {},
  {
    config = {},
    env = {}
  }: {
    readonly config?: Readonly<Record<string, unknown>>
    readonly env?: Readonly<Record<string, string>>
  } = {}
) =>
  Effect.gen(function* () {
    const imsg = yield* makeSimulator()
    const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
    const port = yield* freePort
    const imessage = { ...QUICK, cliPath: imsg.cliPath, dbPath: imsg.dbPath, allowFrom: [PERSON], ...account }
    const home = yield* makeHome({ imessage, control: { http: { port, token: TOKEN, ...http } }, ...config })
    const gateway = yield* startGatewayWith(env, home)
    if (account.cliPath === undefined) yield* gateway.awaitRunning()
    return {
      imsg,
      chat,
      home,
      gateway,
      port,
      imessage,
      url: `http://127.0.0.1:${port}/`,
      awaitPage: (count = 1) =>
        gateway.awaitLog("the web page", ({ message }) => message === "the web page is up", { count }),
      say: (text: string) => imsg.chats.receive({ chatId: chat.id, sender: PERSON, text })
    }
  })
