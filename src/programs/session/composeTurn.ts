/** What an agent is asked: the messages of a batch, with what was said before and the files that it may open. */
import { Array as Arr, Effect } from "effect"
import type { InboundPayload } from "../../schemas/Actors.ts"
import type { AccountConfig, AgentRuntime } from "../../schemas/Config.ts"
import { chatOf, type Envelope, replyTarget, withoutQuote } from "../../schemas/Envelope.ts"
import { groupSettings, historyLimit } from "../../schemas/GroupSettings.ts"
import { boundedHistory, boundedMessage } from "../../schemas/promptBounds.ts"
import type { HistoryEntry, SentMessage, Turn } from "../../schemas/Turn.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { type GroupChat, GroupChats } from "../../services/GroupChats.ts"
import { GroupHistory } from "../../services/GroupHistory.ts"
import { type FileReader, InboundFiles } from "../../services/InboundFiles.ts"
import { Outbox } from "../../services/Outbox.ts"
import { Router } from "../../services/Router.ts"
import { makeVeil } from "../chats/told.ts"
import { makeWithTranscripts } from "./transcripts.ts"

/** Messages of one chat that make one turn, in the order of their rows. */
export type Batch = Arr.NonEmptyReadonlyArray<InboundPayload>

/** The function that answers what group a batch is of; none for a direct chat. */
export const makeGroupOf = Effect.map(GroupChats, (groupChats) => ([{ envelope, isGroup }]: Batch) => {
  const chat = isGroup ? chatOf(envelope) : undefined
  return chat === undefined ? Effect.succeed(undefined) : groupChats.of(envelope.accountId, chat)
})

/** Who reads the files that an agent is given. What a program's author has chosen to read is theirs to judge. */
const readerOf = (runtime: AgentRuntime | undefined): FileReader => {
  switch (runtime?.type) {
    case "openai":
    case "anthropic":
      return runtime.images ? "model" : "program"
    case "cli":
    case "acp":
      return "model"
    case "echo":
    case "command":
    case "webhook":
    case undefined:
      return "program"
  }
}

/** Of what the gateway said in a chat, the newest that its agent is told of. */
const SENT = 20

/** Whether what an agent answers can be more than words: it is told what it could edit or take back. */
const answersInJson = (runtime: AgentRuntime | undefined): boolean =>
  runtime?.type === "command"
    ? runtime.format === "json"
    : runtime?.type === "webhook" && runtime.preset === undefined

type Veil = (text: string) => string

/** A message without codes by which owners decide: who replies to a question quotes it, and codes are for no agent. */
const veiled = (envelope: Envelope, veil: Veil): Envelope => ({
  ...envelope,
  text: veil(envelope.text),
  ...(envelope.replyTo === undefined
    ? {}
    : { replyTo: { ...envelope.replyTo, text: veil(envelope.replyTo.text) } })
})

/**
 * The function that makes a message of a turn. What was accepted under another config, or by an earlier version, is not
 * heard with what is withheld now.
 */
const makeHeard = Effect.gen(function* () {
  const router = yield* Router
  const files = yield* InboundFiles
  const withTranscripts = yield* makeWithTranscripts

  return (
    account: AccountConfig | undefined,
    { envelope, isGroup }: InboundPayload,
    reader: FileReader,
    veil: Veil
  ) =>
    Effect.gen(function* () {
      const said = veiled(
        boundedMessage((yield* router.withholdsQuote(envelope, isGroup)) ? withoutQuote(envelope) : envelope),
        veil
      )
      // Of an account that is gone from the config no folder is known to be allowed.
      const roots = account ?? { attachmentRoots: [], mediaMaxMb: 0 }
      const found = yield* files.examine(roots, envelope.attachments, reader)
      return { ...said, ...(yield* withTranscripts(said, found)) }
    })
})

/** The function that answers what was said in a group before a message, by those who are admitted there. */
const makeHistoryOf = Effect.gen(function* () {
  const groupHistory = yield* GroupHistory
  const router = yield* Router
  const files = yield* InboundFiles

  return (account: AccountConfig, group: GroupChat, last: Envelope, reader: FileReader, veil: Veil) =>
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
            files.examine(account, entry.attachments, reader),
            (found): HistoryEntry => ({ ...entry, text: veil(entry.text), ...found })
          )
        ),
        ...(isCut ? { isHistoryCut: true } : {})
      }
    })
})

/** The function that answers what an agent is told of what the gateway said in the chat of a message. */
const makeSentIn = Effect.map(
  Outbox,
  (outbox) => (envelope: Envelope, runtime: AgentRuntime | undefined) =>
    answersInJson(runtime)
      ? Effect.map(
          outbox.said(envelope.accountId, replyTarget(envelope), SENT),
          (rows): ReadonlyArray<SentMessage> => rows.map(({ at, guid }) => ({ guid, at }))
        )
      : Effect.succeed([])
)

/** The function that makes a session's turns. */
export const makeComposeTurn = (sessionKey: string) =>
  Effect.gen(function* () {
    const config = yield* ConfigService
    const groupOf = yield* makeGroupOf
    const heard = yield* makeHeard
    const historyOf = yield* makeHistoryOf
    const sentIn = yield* makeSentIn
    const veilNow = yield* makeVeil

    return (turnId: string, batch: Batch) =>
      Effect.gen(function* () {
        const [{ agentId, envelope, isGroup }] = batch
        const { accounts, agents } = yield* config.current
        const account = accounts.find(({ id }) => id === envelope.accountId)
        const runtime = agents.list.find(({ id }) => id === agentId)?.runtime
        const reader = readerOf(runtime)
        const sent = yield* sentIn(envelope, runtime)
        const group = yield* groupOf(batch)
        const veil = yield* veilNow
        const systemPrompt =
          account === undefined || group === undefined
            ? undefined
            : groupSettings(account, group.chats).systemPrompt
        return {
          id: turnId,
          sessionKey,
          agentId,
          isGroup,
          envelopes: yield* Effect.forEach(batch, (message) => heard(account, message, reader, veil)),
          ...(account === undefined || group === undefined
            ? { history: [] }
            : yield* historyOf(account, group, Arr.lastNonEmpty(batch).envelope, reader, veil)),
          ...(systemPrompt === undefined || systemPrompt.trim() === "" ? {} : { systemPrompt }),
          ...(sent.length === 0 ? {} : { sent })
        } satisfies Turn
      })
  })
