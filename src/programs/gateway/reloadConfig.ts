/** Applying a config that was changed while the gateway runs. */
import { Effect } from "effect"
import { Audit } from "../../services/Audit.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { Events } from "../../services/Events.ts"
import { changedSections } from "./configSections.ts"
import { warnOfSharedSessions } from "./sharedSessions.ts"

/** Reads the config file again and says what is different. Where it is refused the old config stays in force. */
export const reloadConfig = Effect.gen(function* () {
  const { current, reload } = yield* ConfigService
  const events = yield* Events
  const audit = yield* Audit
  const before = yield* current
  const change = yield* Effect.tapError(reload, ({ code }) => audit.record({ _tag: "ConfigRefused", code }))
  const after = yield* current
  for (const warning of after.warnings) yield* Effect.logWarning(warning)
  yield* warnOfSharedSessions
  const { added, changed, removed } = change
  yield* audit.record({
    _tag: "ConfigReloaded",
    sections: changedSections(before, after),
    accounts: [...added, ...removed, ...changed]
  })
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
