/** `mcp`: the gateway that runs as an MCP server over stdio. */
import { Command } from "@effect/cli"
import { Path } from "@effect/platform"
import { Config, Effect, Option } from "effect"
import { stateDirOf } from "../../../layers/config/stateDirOf.ts"
import * as LoggerLive from "../../../layers/logging/LoggerLive.ts"
import { homeExpander, STATE_VARIABLE, variable } from "../../../schemas/config/home.ts"
import { become, Manner } from "./Ending.ts"
import * as options from "./options.ts"
import { configFile } from "./root.ts"

const TOKEN_VARIABLE = "IMSG_GATEWAY_TOKEN"

/** Who names a folder means that one, whatever the config says; so it need not be read. */
const folderOf = (config: Option.Option<string>) =>
  Effect.gen(function* () {
    const env = yield* Effect.sync(() => process.env)
    const named = variable(env, STATE_VARIABLE)
    if (named === undefined) return yield* stateDirOf(config, true)
    const path = yield* Path.Path
    return path.resolve(homeExpander(env)(named))
  })

export const mcpCommand = Command.make("mcp", { config: options.config }, ({ config }) =>
  Effect.gen(function* () {
    // Whoever started it ends it: by the end of stdin, or by a signal.
    yield* become(Manner.Daemon())
    const file = yield* configFile(config)
    const token = yield* Effect.orElseSucceed(Config.option(Config.redacted(TOKEN_VARIABLE)), Option.none)
    const { throughGateway } = yield* Effect.promise(() => import("../../mcp/throughGateway.ts"))
    const { serveOnStdio } = yield* Effect.promise(() => import("../../mcp/stdio.ts"))
    // An empty one is none that the gateway takes: whoever was to have less must not get everything by a mistake.
    yield* serveOnStdio(yield* throughGateway(folderOf(file), Option.getOrUndefined(token)))
  }).pipe(Effect.provide(LoggerLive.layer(undefined)))
).pipe(
  Command.withDescription(
    "Serves the gateway that runs as an MCP server over stdin and stdout, for programs that start one. " +
      "With $IMSG_GATEWAY_TOKEN it can do what that token may, else everything."
  )
)
