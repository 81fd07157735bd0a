/** `agent test`: an agent of the config, asked as a person would ask it. */
import { Args, Command, Options } from "@effect/cli"
import { Console, Effect, Layer, Option } from "effect"
import * as ConfigFile from "../../../layers/config/ConfigFile.ts"
import { become, Manner } from "./Ending.ts"
import * as options from "./options.ts"
import { configFile } from "./root.ts"

const TEST = Manner.Task({
  hint: "The agent may have done something by then. Nothing was sent to anybody."
})

const test = Command.make(
  "test",
  {
    text: Args.text({ name: "TEXT" }).pipe(Args.withDescription("What the agent is asked.")),
    agent: Options.text("agent").pipe(
      Options.withDescription("The agent, by its id. Default: the one that answers what no binding matches."),
      Options.optional
    ),
    images: options
      .file("image")
      .pipe(
        Options.withDescription(
          "A picture, or another file, that comes with it. Can be given several times."
        ),
        Options.repeated,
        Options.mapEffect(Effect.forEach(options.thatIsThere("image")))
      ),
    config: options.config,
    json: Options.boolean("json").pipe(
      Options.withDescription("Print an object: {ok, agent, durationMs, inputs, parts, notes, error?, …}.")
    )
  },
  ({ agent, config, images, json, text }) =>
    Effect.gen(function* () {
      yield* become(TEST)
      // All that an agent needs is loaded for those commands only that ask one.
      const { askOnce } = yield* Effect.promise(() => import("../agent/askOnce.ts"))
      const { askingLive } = yield* Effect.promise(() => import("../agent/askingLive.ts"))
      const { attachmentOf } = yield* Effect.promise(() => import("../agent/files.ts"))
      const { inJson, inText } = yield* Effect.promise(() => import("../agent/text.ts"))
      const question = {
        text,
        agent: Option.getOrUndefined(agent),
        files: yield* Effect.forEach(images, attachmentOf)
      }
      const tried = yield* Effect.provide(askOnce(question), askingLive)
      yield* Console.log(json ? inJson(tried) : inText(tried))
      if (tried.error !== undefined) return yield* Effect.fail(tried.error)
    }).pipe(Effect.provide(Layer.unwrapEffect(Effect.map(configFile(config), ConfigFile.layer))))
).pipe(
  Command.withDescription(
    "Asks an agent of the config as a direct message would, and shows what it was given and what would be sent. Sends nothing to anybody. Exits 1 where the agent fails."
  )
)

export const agentCommand = Command.make("agent").pipe(
  Command.withDescription("The agents of the config."),
  Command.withSubcommands([test])
)
