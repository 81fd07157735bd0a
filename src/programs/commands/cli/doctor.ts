/** `doctor`: everything that a person would look at when something does not work. */
import { Command, Options } from "@effect/cli"
import type { FileSystem, Path } from "@effect/platform"
import { Array as Arr, Console, Effect, Layer, Stream } from "effect"
import { Steering } from "../../../layers/terminal/TerminalConsole.ts"
import { ChecksFailed } from "../../../schemas/errors/doctor.ts"
import { childrenLive } from "../chats/accountChild.ts"
import type { Check } from "../doctor/Check.ts"
import { examine } from "../doctor/examine.ts"
import { showCheck, summary } from "../doctor/report.ts"
import * as options from "./options.ts"
import { lookHere } from "./print.ts"
import { configFile } from "./root.ts"

const account = Options.text("account").pipe(
  Options.withPseudoName("ID"),
  Options.withDescription("Look at this account only, by its id."),
  Options.optional
)

const sendTo = Options.text("send-to").pipe(
  Options.withPseudoName("TARGET"),
  Options.withDescription(
    "Really send a short message to this target, which shows whether sending is allowed."
  ),
  Options.optional
)

const json = Options.boolean("json").pipe(
  Options.withDescription("Print an object: {ok, checks: [{id, title, account?, status, detail, remedy?}]}.")
)

const named = ({ account, title }: Check): string => (account === undefined ? title : `${title} (${account})`)

export const doctorCommand = Command.make(
  "doctor",
  { account, config: options.config, json, sendTo },
  ({ account, config, json, sendTo }) =>
    Effect.gen(function* () {
      const file = yield* configFile(config)
      const { colours } = yield* lookHere
      // The client is loaded for those commands only that need it.
      const { layerAsked } = yield* Effect.promise(() => import("../doctor/RunningGatewayAsked.ts"))
      const platform = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
      const askGateway = (stateDir: string) =>
        Layer.provide(layerAsked(stateDir), Layer.succeedContext(platform))
      const found = yield* examine({ account, config: file, sendTo, askGateway }).pipe(
        Stream.tap((check) =>
          json ? Effect.void : Console.log(new Steering(showCheck(check, { colours })))
        ),
        Stream.runCollect
      )
      const checks = Arr.fromIterable(found)
      const failures = checks.filter(({ status }) => status === "failed").map(named)
      yield* Console.log(
        json
          ? JSON.stringify({ ok: failures.length === 0, checks }, undefined, 2)
          : `\n${summary(checks, sendTo._tag === "Some")}`
      )
      if (Arr.isNonEmptyArray(failures)) return yield* new ChecksFailed({ failed: failures })
    }).pipe(Effect.provide(childrenLive))
).pipe(
  Command.withDescription(
    "Looks at everything that the gateway needs, whether it runs or not, and says what to do. Exits 1 where something is missing."
  )
)
