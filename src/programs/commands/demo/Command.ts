/** `imsg-gateway demo`. */
import { Command, Options } from "@effect/cli"
import { Effect, Layer } from "effect"
import * as ProcessGroupLive from "../../../layers/process/ProcessGroupLive.ts"
import { become, Manner } from "../cli/Ending.ts"
import { NotATerminal } from "./DemoFailed.ts"
import { interactive } from "./interactive.ts"
import { makeStage } from "./stage.ts"
import { story } from "./story.ts"
import * as Timeline from "./Timeline.ts"

export const demoCommand = Command.make(
  "demo",
  {
    interactive: Options.boolean("interactive").pipe(
      Options.withAlias("i"),
      Options.withDescription("Write the messages yourself, in this terminal.")
    )
  },
  (options) =>
    Effect.gen(function* () {
      if (options.interactive && !process.stdin.isTTY) return yield* new NotATerminal()
      if (options.interactive) yield* become(Manner.Watch())
      const stage = yield* makeStage
      yield* options.interactive ? interactive(stage) : story(stage)
    }).pipe(Effect.scoped, Effect.provide(Layer.merge(Timeline.layer, ProcessGroupLive.layer)))
).pipe(
  Command.withDescription(
    "Shows the whole loop against the built-in Messages simulator: a real gateway, simulated people, no Mac."
  )
)
