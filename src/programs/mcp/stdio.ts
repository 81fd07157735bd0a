/** The MCP server over stdin and stdout. It imports the SDK, so that it is loaded where it is asked for. */
import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio"
import { Effect } from "effect"
import { makeRun } from "./running.ts"
import { makeMcpServer, type Tools } from "./server.ts"

/** Stdin and stdout, and a word when nobody is there any more. */
class Standard extends StdioServerTransport {
  readonly #gone: () => void
  constructor(gone: () => void) {
    super()
    this.#gone = gone
  }
  override async close() {
    await super.close()
    this.#gone()
  }
}

/** Serves until stdin ends, or nobody reads stdout. What a client says that is no protocol is told in the log. */
export const serveOnStdio = (tools: Tools): Effect.Effect<void> =>
  Effect.gen(function* () {
    const run = yield* makeRun
    const whole = new AbortController()
    yield* Effect.async<void>((resume) => {
      const { close } = serveStdio(() => makeMcpServer(tools, run), {
        transport: new Standard(() => resume(Effect.void)),
        onerror: ({ message }) =>
          void run(Effect.logWarning(`over MCP came what it does not know: ${message}`), whole.signal)
      })
      return Effect.promise(close)
    })
  }).pipe(Effect.scoped)
