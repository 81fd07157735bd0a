/** A turn, from its messages to the reply that was accepted for delivery. */
import { EntityAddress, EntityId, MessageStorage, Sharding } from "@effect/cluster"
import { Array as Arr, Effect, Option, Schedule } from "effect"
import { AccountActor, type InboundPayload } from "../../schemas/Actors.ts"
import type { AccountConfig } from "../../schemas/Config.ts"
import { envelopeKey, replyTarget } from "../../schemas/Envelope.ts"
import { groupSettings, historyLimit } from "../../schemas/GroupSettings.ts"
import type { Reply, Turn } from "../../schemas/Turn.ts"
import { Agent } from "../../services/Agent.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { Journal } from "../../services/Journal.ts"
import { Lifecycle } from "../../services/Lifecycle.ts"

/** Messages of one chat that make one turn, in the order of their rows. */
export type Batch = Arr.NonEmptyReadonlyArray<InboundPayload>

const RETRIES = 2
const agentRetries = Schedule.exponential("1 second", 3).pipe(
  Schedule.jittered,
  Schedule.intersect(Schedule.recurs(RETRIES))
)
/** What is in the way is the store; the turn waits for it. */
const storeRetries = Schedule.exponential("100 millis").pipe(Schedule.union(Schedule.spaced("10 seconds")))

const saysSomething = (reply: Reply): boolean =>
  (reply.text ?? "").trim() !== "" || (reply.media ?? []).length > 0

/** The function that runs a session's turns. `turns` bounds how many agents are asked at once, over all sessions. */
export const makeRunTurn = (sessionKey: string, turns: Effect.Semaphore) =>
  Effect.gen(function* () {
    const config = yield* ConfigService
    const journal = yield* Journal
    const agent = yield* Agent
    const lifecycle = yield* Lifecycle
    const storage = yield* MessageStorage.MessageStorage
    const sharding = yield* Sharding.Sharding
    const actor = yield* AccountActor.client
    const accounts = new Map<string, AccountConfig>(config.accounts.map((account) => [account.id, account]))

    const makeTurn = (batch: Batch) =>
      Effect.gen(function* () {
        const [{ agentId, envelope, isGroup }] = batch
        const { accountId, chatId, rowId } = envelope
        const account = isGroup ? accounts.get(accountId) : undefined
        const systemPrompt = account === undefined ? undefined : groupSettings(account, chatId).systemPrompt
        return {
          id: envelopeKey(envelope),
          sessionKey,
          agentId,
          isGroup,
          envelopes: Arr.map(batch, (message) => message.envelope),
          history:
            account === undefined
              ? []
              : yield* journal.history(
                  { accountId, chatId, beforeRowId: rowId },
                  historyLimit(account, chatId)
                ),
          ...(systemPrompt === undefined ? {} : { systemPrompt })
        } satisfies Turn
      })

    /** Whether an earlier run of the turn got as far as its reply: its agent is not asked again then. */
    const isAnswered = (turnId: string, accountId: string) => {
      const entityId = EntityId.make(accountId)
      const address = EntityAddress.make({
        entityId,
        entityType: AccountActor.type,
        shardId: sharding.getShardId(entityId, AccountActor.getShardGroup(entityId))
      })
      return Effect.map(
        storage.requestIdForPrimaryKey({ address, tag: "Deliver", id: turnId }),
        Option.isSome
      )
    }

    /** A stop waits for an agent that was asked; one that was not is asked after the next start. */
    const ask = (turn: Turn) =>
      agent.ask(turn).pipe(
        turns.withPermits(1),
        lifecycle.work,
        Effect.tapError((error) =>
          Effect.logWarning(error.message).pipe(Effect.annotateLogs({ code: error.code, hint: error.hint }))
        ),
        Effect.retry(agentRetries)
      )

    const bury = (batch: Batch, error: { readonly code: string; readonly message: string }) =>
      Effect.zipRight(
        Effect.logError("the turn failed and is kept as a dead letter").pipe(
          Effect.annotateLogs({ code: error.code })
        ),
        journal.bury({
          id: envelopeKey(batch[0].envelope),
          kind: "turn",
          accountId: batch[0].envelope.accountId,
          sessionKey,
          code: error.code,
          message: error.message,
          payload: batch
        })
      )

    const deliver = (turn: Turn, replies: ReadonlyArray<Reply>) => {
      const [{ accountId }] = turn.envelopes
      const said = replies.filter(saysSomething)
      if (said.length === 0) return Effect.logDebug("the agent has nothing to say")
      return actor(accountId)
        .Deliver(
          { id: turn.id, accountId, target: replyTarget(turn.envelopes[0]), replies: said },
          { discard: true }
        )
        .pipe(
          // The delivery is saved in both cases; its actor is only busy.
          Effect.catchTags({ MailboxFull: () => Effect.void, AlreadyProcessingMessage: () => Effect.void })
        )
    }

    const run = (batch: Batch) =>
      Effect.gen(function* () {
        const [{ envelope }] = batch
        const { accountId, chatId } = envelope
        if (yield* isAnswered(envelopeKey(envelope), accountId)) return
        const turn = yield* makeTurn(batch)
        yield* ask(turn).pipe(
          Effect.matchEffect({
            onSuccess: (replies) => deliver(turn, replies),
            onFailure: (error) => bury(batch, error)
          })
        )
        if (turn.history.length > 0) {
          yield* journal.forget({ accountId, chatId, upToRowId: Arr.lastNonEmpty(batch).envelope.rowId })
        }
      })

    /** Never fails: a turn ends with its reply accepted, with nothing to say, or as a dead letter. */
    return (batch: Batch): Effect.Effect<void> =>
      run(batch).pipe(
        // A message that trips the gateway itself must not stop its session, nor vanish.
        Effect.catchAllDefect((defect) =>
          Effect.zipRight(
            Effect.logError("a defect ended a turn", defect),
            bury(batch, {
              code: "defect",
              message: "the gateway itself failed on this turn; its log says more"
            })
          )
        ),
        Effect.tapError((error) =>
          Effect.logError(error.message).pipe(Effect.annotateLogs({ error: error._tag }))
        ),
        Effect.retry(storeRetries),
        // The schedule has no end.
        Effect.orDie,
        Effect.annotateLogs({
          session: sessionKey,
          account: batch[0].envelope.accountId,
          turn: envelopeKey(batch[0].envelope)
        })
      )
  })
