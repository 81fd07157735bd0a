/** The tools of the gateway that runs, asked on its socket, and what is said while none runs. */
import type { FileSystem, Path } from "@effect/platform"
import { Effect, type Redacted } from "effect"
import { TOOLS, type Tool } from "../../schemas/tools.ts"
import { withGateway } from "../control/client.ts"
import { recordOf } from "../tools/recordOf.ts"
import type { Told } from "./answers.ts"
import type { Tools } from "./server.ts"

/** Tools wait for as long as they are told to, a minute at most; a gateway that answers later hangs. */
const WITHIN_MS = 90_000

/**
 * The gateway is looked for anew for each call: it may be started, stopped or moved meanwhile. While it does not say which
 * tools there are all of them are listed: clients ask once, and each call says what is wrong.
 */
export const throughGateway = (
  stateDir: Effect.Effect<string, Told, FileSystem.FileSystem | Path.Path>,
  token: Redacted.Redacted<string> | undefined
): Effect.Effect<Tools, never, FileSystem.FileSystem | Path.Path> =>
  Effect.map(Effect.context<FileSystem.FileSystem | Path.Path>(), (context) => {
    const as = { withinMs: WITHIN_MS, token }
    return {
      list: Effect.flatMap(stateDir, (folder) => withGateway(folder, ({ tools }) => tools.list(), as)).pipe(
        Effect.provide(context),
        Effect.catchAll(({ hint, message }) =>
          Effect.as(
            Effect.annotateLogs(Effect.logWarning(message), { hint }),
            Object.values<Tool>(TOOLS).map(recordOf)
          )
        )
      ),
      call: (name, payload) =>
        Effect.flatMap(stateDir, (folder) =>
          withGateway(folder, ({ tools }) => tools.call({ path: { name }, payload }), as)
        ).pipe(Effect.provide(context))
    }
  })
