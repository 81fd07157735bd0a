/** Applying a config that was changed while the gateway runs. */
import { Effect, Fiber } from "effect"
import { Audit } from "../../services/Audit.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { Events } from "../../services/Events.ts"
import { changedSections } from "./configSections.ts"
import { warnOfSharedSessions } from "./sharedSessions.ts"

/** How long whoever reloads waits for what the store has to do with it. */
const STORE_WITHIN = "1 second"

/**
 * Goes on by itself where it takes longer: the file was read, and whoever wants to know that does not wait for a database
 * that is away, or stands still.
 */
const besideAnswer = <R>(effect: Effect.Effect<void, never, R>): Effect.Effect<void, never, R> =>
  Effect.flatMap(Effect.forkDaemon(effect), (fiber) =>
    Effect.asVoid(Effect.timeoutOption(Fiber.join(fiber), STORE_WITHIN))
  )

/** Reads the config file again and says what is different. Where it is refused the old config stays in force. */
export const reloadConfig = Effect.gen(function* () {
  const { current, reload } = yield* ConfigService
  const events = yield* Events
  const audit = yield* Audit
  const before = yield* current
  const change = yield* Effect.tapError(reload, ({ code }) =>
    besideAnswer(audit.record({ _tag: "ConfigRefused", code }))
  )
  const after = yield* current
  for (const warning of after.warnings) yield* Effect.logWarning(warning)
  const { added, changed, removed } = change
  const recorded = audit.record({
    _tag: "ConfigReloaded",
    sections: changedSections(before, after),
    accounts: [...added, ...removed, ...changed]
  })
  yield* besideAnswer(Effect.all([warnOfSharedSessions, recorded], { concurrency: 2, discard: true }))
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
