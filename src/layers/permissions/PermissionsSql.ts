/**
 * Leave that agents ask for, in the gateway's store. The config answers at once, or owners are asked; whatever goes wrong
 * means no.
 */
import { Array as Arr, Effect, Layer } from "effect"
import { chatOf, mayBeSeenByOthers } from "../../schemas/Envelope.ts"
import { judge, type PermissionSubject, policyOf } from "../../schemas/PermissionPolicy.ts"
import type { Turn } from "../../schemas/Turn.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import type { Events } from "../../services/Events.ts"
import { GroupChats } from "../../services/GroupChats.ts"
import type { Lifecycle } from "../../services/Lifecycle.ts"
import type { Outbox } from "../../services/Outbox.ts"
import { Permissions, type Wanted } from "../../services/Permissions.ts"
import type { TurnPermits } from "../../services/TurnPermits.ts"
import type { Database } from "../database/Database.ts"
import { makeAsk } from "./ask.ts"
import { hearOthers } from "./others.ts"
import { makeRequests } from "./requests.ts"

/** The function that answers whose turn it is, and where. What others may see counts as a group's. */
const makeSubjectOf = Effect.map(GroupChats, (groupChats) => (turn: Turn) => {
  const last = Arr.lastNonEmpty(turn.envelopes)
  const subject = { agentId: turn.agentId, accountId: last.accountId }
  if (!turn.isGroup && !turn.envelopes.some(mayBeSeenByOthers)) {
    return Effect.succeed<PermissionSubject>(subject)
  }
  const chat = chatOf(last)
  return chat === undefined
    ? Effect.succeed<PermissionSubject>({ ...subject, group: [] })
    : Effect.map(
        groupChats.of(last.accountId, chat),
        ({ chats }): PermissionSubject => ({ ...subject, group: chats })
      )
})

const make = Effect.gen(function* () {
  const config = yield* ConfigService
  const requests = yield* makeRequests
  const subjectOf = yield* makeSubjectOf
  const ask = yield* makeAsk(requests)
  const { closeLeft, decide, note } = requests

  // What a gateway that is gone left waiting; where the store refuses it is closed at the next start.
  yield* Effect.catchAll(closeLeft, (error) =>
    Effect.logWarning(`requests for leave are left open: ${error.message}`)
  )

  yield* hearOthers(requests)

  const answer = (wanted: Wanted) =>
    Effect.gen(function* () {
      const current = yield* config.current
      const policy = policyOf(current, yield* subjectOf(wanted.turn))
      const { action, reason } = judge(policy, wanted)
      return action === "ask"
        ? yield* ask({ wanted, config: current, withinMs: policy.askTimeoutMs })
        : yield* note(wanted, { allowed: action === "allow", reason })
    })

  return Permissions.of({
    isAllowed: (wanted) =>
      answer(wanted).pipe(
        Effect.catchAll((error) => Effect.as(Effect.logError(`leave is refused: ${error.message}`), false)),
        Effect.catchAllDefect((defect) => Effect.as(Effect.logError("leave is refused", defect), false))
      ),
    waiting: requests.allWaiting,
    decided: requests.decided,
    decide
  })
})

export const layer: Layer.Layer<
  Permissions,
  never,
  Database | ConfigService | Outbox | Events | GroupChats | Lifecycle | TurnPermits
> = Layer.scoped(Permissions, make)
