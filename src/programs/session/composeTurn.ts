/** What an agent is asked: the messages of a batch, with what was said before and the files that it may open. */
import { Array as Arr, Effect } from "effect"
import type { InboundPayload } from "../../schemas/Actors.ts"
import { boundedHistory, boundedMessage } from "../../schemas/bounds.ts"
import type { AccountConfig } from "../../schemas/Config.ts"
import { type Envelope, withoutQuote } from "../../schemas/Envelope.ts"
import { groupSettings, historyLimit } from "../../schemas/GroupSettings.ts"
import type { HistoryEntry, Turn } from "../../schemas/Turn.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { InboundFiles } from "../../services/InboundFiles.ts"
import { Journal } from "../../services/Journal.ts"
import { Router } from "../../services/Router.ts"

/** Messages of one chat that make one turn, in the order of their rows. */
export type Batch = Arr.NonEmptyReadonlyArray<InboundPayload>

/** The chat_id of a batch of a group. */
export const groupIdOf = ([{ envelope, isGroup }]: Batch): number | undefined =>
  isGroup ? envelope.chatId : undefined

/** The function that makes a session's turns. */
export const makeComposeTurn = (sessionKey: string) =>
  Effect.gen(function* () {
    const config = yield* ConfigService
    const journal = yield* Journal
    const router = yield* Router
    const files = yield* InboundFiles

    const historyOf = (account: AccountConfig, groupId: number, last: Envelope) =>
      Effect.gen(function* () {
        const remembered = yield* journal.history(
          { accountId: account.id, chatId: groupId, beforeRowId: last.rowId },
          historyLimit(account, groupId)
        )
        // The config may have changed since: who is not admitted now is not heard now.
        const admitted = yield* Effect.filter(remembered, ({ sender }) =>
          router.admitsToGroup({ ...last, sender })
        )
        const { history, isCut } = boundedHistory(admitted)
        return {
          history: yield* Effect.forEach(history, (entry) =>
            Effect.map(
              files.examine(account, entry.attachments),
              (found): HistoryEntry => ({ ...entry, ...found })
            )
          ),
          ...(isCut ? { isHistoryCut: true } : {})
        }
      })

    /** What was accepted under another config, or by an earlier version, is not heard with what is withheld now. */
    const heard = (account: AccountConfig | undefined, { envelope, isGroup }: InboundPayload) =>
      Effect.gen(function* () {
        const said = boundedMessage(
          (yield* router.withholdsQuote(envelope, isGroup)) ? withoutQuote(envelope) : envelope
        )
        // Of an account that is gone from the config no folder is known to be allowed.
        const roots = account ?? { attachmentRoots: [], mediaMaxMb: 0 }
        return { ...said, ...(yield* files.examine(roots, envelope.attachments)) }
      })

    return (turnId: string, batch: Batch) =>
      Effect.gen(function* () {
        const [{ agentId, envelope, isGroup }] = batch
        const { accounts } = yield* config.current
        const account = accounts.find(({ id }) => id === envelope.accountId)
        const groupId = groupIdOf(batch)
        const systemPrompt =
          account === undefined || groupId === undefined
            ? undefined
            : groupSettings(account, groupId).systemPrompt
        return {
          id: turnId,
          sessionKey,
          agentId,
          isGroup,
          envelopes: yield* Effect.forEach(batch, (message) => heard(account, message)),
          ...(account === undefined || groupId === undefined
            ? { history: [] }
            : yield* historyOf(account, groupId, Arr.lastNonEmpty(batch).envelope)),
          ...(systemPrompt === undefined || systemPrompt.trim() === "" ? {} : { systemPrompt })
        } satisfies Turn
      })
  })
