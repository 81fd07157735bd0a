/** What the private bridge of the simulated Mac is, as commands. */
import { Command, Options } from "@effect/cli"
import { Console, Effect, Option } from "effect"
import { type BridgeSetting, bridgeOf, HelperState, SELECTORS } from "./bridge/BridgeState.ts"
import { ChatDatabase } from "./ChatDatabase.ts"
import { bridge as bridgeFlag, build, db, printJson } from "./options.ts"
import { statusReport } from "./statusReport.ts"
import { statusText } from "./statusText.ts"

/** What the options change; what none of them names stays. */
const changeOf = ({
  complete,
  macos,
  state,
  without
}: {
  readonly complete: boolean
  readonly macos: Option.Option<number>
  readonly state: Option.Option<HelperState>
  readonly without: BridgeSetting["without"] & {}
}): BridgeSetting => ({
  ...(Option.isNone(state) ? {} : { state: state.value }),
  ...(Option.isNone(macos) ? {} : { macos: macos.value }),
  ...(complete || without.length > 0 ? { without } : {})
})

export const bridgeCommand = Command.make(
  "bridge",
  {
    db,
    state: Options.choice("state", HelperState.literals).pipe(
      Options.optional,
      Options.withDescription(
        "off: none runs. on: it runs, as after `imsg launch`. stale: that of an older imsg still runs."
      )
    ),
    without: Options.choice("without", SELECTORS).pipe(
      Options.repeated,
      Options.withDescription("What the Messages of this Mac lacks; several are several.")
    ),
    complete: Options.boolean("complete").pipe(
      Options.withDescription("Nothing is lacking any more, but what --without names.")
    ),
    macos: Options.integer("macos").pipe(
      Options.optional,
      Options.withDescription("The version of macOS, such as 14, 15 or 26. Before 15 texts have no styles.")
    )
  },
  ({ db, ...options }) =>
    Effect.gen(function* () {
      const chats = yield* ChatDatabase
      yield* chats.setBridge(changeOf(options))
      yield* printJson(bridgeOf(yield* chats.bridge, false))
    }).pipe(Effect.provide(ChatDatabase.layer(db)))
).pipe(
  Command.withDescription("Set what the private bridge is, from the next request on; prints it as JSON.")
)

export const statusCommand = Command.make(
  "status",
  {
    db: Options.text("db").pipe(
      Options.withPseudoName("FILE"),
      Options.optional,
      Options.withDescription("The chat.db of the Mac; without it nothing was set of its bridge.")
    ),
    build,
    bridge: bridgeFlag,
    json: Options.boolean("json").pipe(
      Options.withDescription("As `imsg status --json` prints it, which builds before 0.14 are asked by.")
    )
  },
  ({ bridge: runs, build, db, json }) =>
    Effect.gen(function* () {
      const setting = yield* Option.match(db, {
        onNone: () => Effect.succeed<BridgeSetting>({}),
        onSome: (file) =>
          Effect.provide(
            Effect.flatMap(ChatDatabase, (chats) => chats.bridge),
            ChatDatabase.layer(file)
          )
      })
      const state = bridgeOf(setting, runs)
      yield* json ? printJson(statusReport(build, state)) : Console.log(statusText(build, state))
    })
).pipe(Command.withDescription("Show which methods can be used now, and what the private bridge has."))
