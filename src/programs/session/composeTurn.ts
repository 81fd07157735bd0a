/** What an agent is asked: the messages of a batch, with what was said before and the files that it may open. */
import { Array as Arr, Effect } from "effect"
import type { InboundPayload } from "../../schemas/Actors.ts"
import type { AccountConfig } from "../../schemas/Config.ts"
import { chatOf, type Envelope, withoutQuote } from "../../schemas/Envelope.ts"
import { groupSettings, historyLimit } from "../../schemas/GroupSettings.ts"
import { boundedHistory, boundedMessage } from "../../schemas/promptBounds.ts"
import type { HistoryEntry, Turn } from "../../schemas/Turn.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { type GroupChat, GroupChats } from "../../services/GroupChats.ts"
import { GroupHistory } from "../../services/GroupHistory.ts"
import { InboundFiles } from "../../services/InboundFiles.ts"
import { Router } from "../../services/Router.ts"

/** Messages of one chat that make one turn, in the order of their rows. */
export type Batch = Arr.NonEmptyReadonlyArray<InboundPayload>

/** The function that answers what group a batch is of; none for a direct chat. */
export const makeGroupOf = Effect.map(GroupChats, (groupChats) => ([{ envelope, isGroup }]: Batch) => {
  const chat = isGroup ? chatOf(envelope) : undefined
  return chat === undefined ? Effect.succeed(undefined) : groupChats.of(envelope.accountId, chat)
})

/** The function that makes a session's turns. */
export const makeComposeTurn = (sessionKey: string) =>
  Effect.gen(function* () {
    const config = yield* ConfigService
    const groupHistory = yield* GroupHistory
    const router = yield* Router
    const files = yield* InboundFiles
    const groupOf = yield* makeGroupOf

    const historyOf = (account: AccountConfig, group: GroupChat, last: Envelope) =>
      Effect.gen(function* () {
        const remembered = yield* groupHistory.lastBefore(
          { accountId: account.id, chatId: group.historyId, beforeRowId: last.rowId },
          historyLimit(account, group.chats)
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
        const group = yield* groupOf(batch)
        const systemPrompt =
          account === undefined || group === undefined
            ? undefined
            : groupSettings(account, group.chats).systemPrompt
        return {
          id: turnId,
          sessionKey,
          agentId,
          isGroup,
          envelopes: yield* Effect.forEach(batch, (message) => heard(account, message)),
          ...(account === undefined || group === undefined
            ? { history: [] }
            : yield* historyOf(account, group, Arr.lastNonEmpty(batch).envelope)),
          ...(systemPrompt === undefined || systemPrompt.trim() === "" ? {} : { systemPrompt })
        } satisfies Turn
      })
  })
