/** What was said in the chat of a turn since its last reply, as its agent is told it. */
import { Array as Arr, Effect, Option } from "effect"
import type { AccountConfig } from "../../schemas/Config.ts"
import type { Envelope } from "../../schemas/Envelope.ts"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { historyLimit } from "../../schemas/GroupSettings.ts"
import { boundedHistory } from "../../schemas/promptBounds.ts"
import { isHeard, type Reaction, reactionInWords, withoutReactedTo } from "../../schemas/Reaction.ts"
import type { HistoryEntry, Turn } from "../../schemas/Turn.ts"
import type { GroupChat } from "../../services/GroupChats.ts"
import { GroupHistory, type Remembered } from "../../services/GroupHistory.ts"
import { type FileReader, InboundFiles } from "../../services/InboundFiles.ts"
import { Router } from "../../services/Router.ts"
import { type Batch, keptUnder } from "./batch.ts"
import { type Veil, veiled } from "./veiled.ts"

/** The turn that is asked about. `group` is absent in a direct chat. */
interface Asked {
  readonly batch: Batch
  readonly group: GroupChat | undefined
  readonly reader: FileReader
  readonly veil: Veil
}

const told = (reaction: Reaction): Pick<Remembered, "reaction" | "text"> => ({
  reaction,
  text: reactionInWords(reaction)
})

/** The function that gives the history of a turn: in a direct chat only reactions. */
export const makeHistory = Effect.gen(function* () {
  const groupHistory = yield* GroupHistory
  const router = yield* Router
  const files = yield* InboundFiles

  /** Whether who wrote something that was kept is let in now, and what of it is theirs to tell. */
  const asAdmitted =
    ({ reactionNotifications }: AccountConfig, last: Envelope, isGroup: boolean) =>
    (kept: Remembered) =>
      Effect.gen(function* () {
        const { reaction, sender } = kept
        if (reaction !== undefined && !isHeard(reactionNotifications, reaction)) return Option.none()
        const theirs = { ...last, sender }
        if (!(yield* isGroup ? router.admitsToGroup(theirs) : router.admits(theirs))) return Option.none()
        if (reaction === undefined) return Option.some(kept)
        const whole = { ...theirs, reaction }
        return (yield* router.withholdsQuote(whole, isGroup))
          ? Option.some({ ...kept, ...told(withoutReactedTo(reaction)) })
          : Option.some(kept)
      })

  const historyOf = (
    account: AccountConfig,
    { batch, group, reader, veil }: Asked
  ): Effect.Effect<Pick<Turn, "history" | "isHistoryCut">, StoreUnavailable> =>
    Effect.gen(function* () {
      const last = Arr.lastNonEmpty(batch).envelope
      const chatId = keptUnder(batch, group)
      if (chatId === undefined) return { history: [] }
      const remembered = yield* groupHistory.lastBefore(
        { accountId: account.id, chatId, beforeRowId: last.rowId },
        group === undefined ? 0 : historyLimit(account, group.chats)
      )
      // The config may have changed since: who is not admitted now is not heard now.
      const admitted = yield* Effect.forEach(remembered, asAdmitted(account, last, group !== undefined))
      const { history, isCut } = boundedHistory(Arr.getSomes(admitted))
      return {
        history: yield* Effect.forEach(history, (entry) =>
          Effect.map(
            files.examine(account, entry.attachments, reader),
            (found): HistoryEntry => ({ ...veiled(entry, veil), ...found })
          )
        ),
        ...(isCut ? { isHistoryCut: true } : {})
      }
    })

  return historyOf
})
