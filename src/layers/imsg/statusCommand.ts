/** The command `imsg status --json`: builds before 0.14 tell on the command line alone what their bridge offers. */
import type { Command } from "@effect/platform"
import { Effect, Option, Schema, Stream } from "effect"
import type { Capabilities } from "../../schemas/Capabilities.ts"
import { capabilitiesOfPrinted, PrintedStatus } from "../../schemas/StatusCommand.ts"
import { feed, listenUntilExit, ProcessGroup } from "../../services/ProcessGroup.ts"

/** How long it may take, in ms: it asks the helper, for three seconds at most, perhaps over SSH. */
const WITHIN_MS = 15_000
/** How much of its output is kept, in characters: there are two dozen methods and four selectors. */
const MAX_CHARS = 64 * 1024

const decode = Schema.decodeOption(Schema.parseJson(PrintedStatus))

/**
 * Runs the command, and reads what it prints. None where it prints anything else: builds that do not have it have no
 * bridge either. Its input has ended, for a wrapper that runs something else whatever it is given.
 */
export const askStatusCommand = (
  command: Command.Command
): Effect.Effect<Option.Option<Capabilities>, never, ProcessGroup> =>
  Effect.gen(function* () {
    const process = yield* (yield* ProcessGroup).spawn(command)
    yield* feed(process, Stream.empty)
    let printed = ""
    const listening = process.stdout.pipe(
      Stream.decodeText(),
      Stream.runForEach((text) =>
        Effect.sync(() => {
          // What is longer is read to its end, so that nothing waits for its pipe, and is no status.
          if (printed.length <= MAX_CHARS) printed += text
        })
      )
    )
    yield* listenUntilExit(process, [listening, Stream.runDrain(process.stderr)])
    return printed.length > MAX_CHARS ? Option.none() : Option.map(decode(printed), capabilitiesOfPrinted)
  }).pipe(
    Effect.scoped,
    Effect.timeoutTo({ duration: WITHIN_MS, onSuccess: (found) => found, onTimeout: Option.none }),
    Effect.orElseSucceed(Option.none)
  )
