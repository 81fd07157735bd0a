/** `status`: which accounts run, since when, and what waits. */
import { Command, Options } from "@effect/cli"
import { Clock, Console, Effect, type Option, Schedule } from "effect"
import { stateDirOf } from "../../../layers/config/stateDirOf.ts"
import { harmless } from "../../../layers/terminal/harmless.ts"
import { Steering } from "../../../layers/terminal/TerminalConsole.ts"
import type { KnownStatus, Status } from "../../../schemas/control/Status.ts"
import { askStatus } from "../../control/askStatus.ts"
import { become, Manner } from "./Ending.ts"
import * as options from "./options.ts"
import { orStarting } from "./orStarting.ts"
import { lookHere, printEither } from "./print.ts"
import { configFile } from "./root.ts"
import { showKnown, showStatus } from "./statusText.ts"

const WATCH_EVERY = "1 second"
/** Clears the screen, and what was scrolled out of it. */
const CLEAR = "\u001b[2J\u001b[3J\u001b[H"

const ask = (config: Option.Option<string>) =>
  Effect.flatMap(
    Effect.flatMap(configFile(config), (file) => stateDirOf(file)),
    (stateDir) => orStarting(stateDir)(askStatus(stateDir))
  )

/** The status where it is printed, for people. */
const asText = (status: Status) =>
  Effect.zipWith(Clock.currentTimeMillis, lookHere, (now, look) => showStatus(status, now, look))

/** What a gateway knows whose store says nothing: beside it the command fails, for the rest is not known. */
const printKnown = (json: boolean, known: KnownStatus) =>
  Effect.flatMap(Clock.currentTimeMillis, (now) =>
    printEither(json, known, (look) => showKnown(known, now, look))
  )

const once = (config: Option.Option<string>, json: boolean) =>
  ask(config).pipe(
    Effect.tapErrorTag("Unavailable", ({ known }) =>
      known === undefined ? Effect.void : printKnown(json, known)
    ),
    Effect.flatMap((status) =>
      Effect.flatMap(asText(status), (text) => printEither(json, status, () => text))
    )
  )

/** On a terminal the screen is drawn anew; elsewhere, and as JSON, each look is printed after the other. */
const watch = (config: Option.Option<string>, json: boolean) =>
  Effect.gen(function* () {
    yield* become(Manner.Watch())
    const isScreen = !json && process.stdout.isTTY
    const look = ask(config).pipe(
      Effect.flatMap((status) => (json ? Effect.succeed(JSON.stringify(status)) : asText(status))),
      // A gateway that is being restarted comes back, and so does its store.
      Effect.catchTag(
        "GatewayNotRunning",
        "GatewayStarting",
        "GatewaySilent",
        "Unavailable",
        ({ hint, message }) =>
          Effect.succeed(json ? JSON.stringify({ error: message, hint }) : harmless(`${message}\n${hint}`))
      ),
      Effect.flatMap((text) => Console.log(isScreen ? new Steering(`${CLEAR}${text}`) : text))
    )
    return yield* Effect.repeat(look, Schedule.spaced(WATCH_EVERY))
  })

export const statusCommand = Command.make(
  "status",
  {
    config: options.config,
    json: Options.boolean("json").pipe(
      Options.withDescription("Print an object; with --watch one a line, every second.")
    ),
    watch: Options.boolean("watch").pipe(Options.withDescription("Look again every second, until Ctrl-C."))
  },
  ({ config, json, watch: isWatching }) =>
    Effect.gen(function* () {
      if (isWatching) yield* watch(config, json)
      yield* once(config, json)
    })
).pipe(
  Command.withDescription("Shows the gateway that runs: its accounts, what waits, and what needs a person.")
)
