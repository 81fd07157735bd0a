/** What the bridge of a child can do, as the account's status shows it. */
import { Effect, Schedule, Stream } from "effect"
import { bridgeOf } from "../../../schemas/bridgeOf.ts"
import { Accounts } from "../../../services/Accounts.ts"
import type { ImsgSession } from "../../../services/ImsgProcess.ts"

/** How often builds before 0.14 are asked for it: that takes a process each time, so not with each heartbeat. */
const ASKED_EVERY = "5 minutes"

/** Shows it for as long as the child is there. */
export const followBridge = (
  accountId: string,
  session: ImsgSession
): Effect.Effect<never, never, Accounts> =>
  Effect.gen(function* () {
    const accounts = yield* Accounts
    const show = Stream.runForEach(session.capabilityChanges, (capabilities) =>
      accounts.update(accountId, () => ({ bridge: bridgeOf(capabilities) }))
    )
    if (session.build.concurrentReads) yield* show
    else {
      // What such a child says of itself is nothing: until the command has told, the bridge is as it was.
      yield* session.statusCommand
      const again = Effect.repeat(session.statusCommand, Schedule.spaced(ASKED_EVERY))
      yield* Effect.all([show, Effect.delay(again, ASKED_EVERY)], { concurrency: 2, discard: true })
    }
    return yield* Effect.never
  })
