/** Applying a config that was changed while the gateway runs. */
import { Effect } from "effect"
import { ConfigService } from "../services/ConfigService.ts"
import { Events } from "../services/Events.ts"
import { warnOfSharedSessions } from "./sharedSessions.ts"

/** Reads the config file again and says what is different. Where it is refused the old config stays in force. */
export const reloadConfig = Effect.gen(function* () {
  const { current, reload } = yield* ConfigService
  const events = yield* Events
  const change = yield* reload
  for (const warning of (yield* current).warnings) yield* Effect.logWarning(warning)
  yield* warnOfSharedSessions
  const { added, changed, removed } = change
  yield* Effect.logInfo("the config was read again").pipe(
    Effect.annotateLogs({
      added: added.join(", "),
      changed: changed.join(", "),
      removed: removed.join(", "),
      others: change.others
    })
  )
  yield* events.publish({ _tag: "ConfigReloaded", added, removed, changed })
  return change
})
