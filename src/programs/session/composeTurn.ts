/** What an agent is asked: the messages of a batch, with what was said before and the files that it may open. */
import { Effect } from "effect"
import type { InboundPayload } from "../../schemas/Actors.ts"
import type { AccountConfig, AgentRuntime } from "../../schemas/Config.ts"
import { type Envelope, withoutQuote } from "../../schemas/Envelope.ts"
import { groupSettings } from "../../schemas/GroupSettings.ts"
import { boundedMessage } from "../../schemas/promptBounds.ts"
import type { SentMessage, Turn } from "../../schemas/Turn.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { type FileReader, InboundFiles } from "../../services/InboundFiles.ts"
import { Router } from "../../services/Router.ts"
import { makeVeil } from "../chats/told.ts"
import { type Batch, makeGroupOf } from "./batch.ts"
import { makeHistory } from "./history.ts"
import { makeSaidIn } from "./nameable.ts"
import { makeWithTranscripts } from "./transcripts.ts"
import { type Veil, veiled } from "./veiled.ts"

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

/** Of what an agent said in a chat, the newest that it is told of. */
const SENT = 20

/** Whether what an agent answers can be more than words: it is told what it could edit or take back. */
const answersInJson = (runtime: AgentRuntime | undefined): boolean =>
  runtime?.type === "command"
    ? runtime.format === "json"
    : runtime?.type === "webhook" && runtime.preset === undefined

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

/** The function that answers what an agent is told of what it said in the chat of a message. */
const makeSentIn = Effect.map(
  makeSaidIn,
  (saidIn) => (agentId: string, envelope: Envelope, runtime: AgentRuntime | undefined) =>
    answersInJson(runtime)
      ? Effect.map(
          saidIn(agentId, envelope),
          (rows): ReadonlyArray<SentMessage> =>
            rows
              .filter(({ isOwn }) => isOwn)
              .slice(-SENT)
              .map(({ at, guid }) => ({ guid, at }))
        )
      : Effect.succeed([])
)

/** The function that makes a session's turns. */
export const makeComposeTurn = (sessionKey: string) =>
  Effect.gen(function* () {
    const config = yield* ConfigService
    const groupOf = yield* makeGroupOf
    const heard = yield* makeHeard
    const historyOf = yield* makeHistory
    const sentIn = yield* makeSentIn
    const veilNow = yield* makeVeil

    return (turnId: string, batch: Batch) =>
      Effect.gen(function* () {
        const [{ agentId, envelope, isGroup }] = batch
        const { accounts, agents } = yield* config.current
        const account = accounts.find(({ id }) => id === envelope.accountId)
        const runtime = agents.list.find(({ id }) => id === agentId)?.runtime
        const reader = readerOf(runtime)
        const sent = yield* sentIn(agentId, envelope, runtime)
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
          ...(account === undefined
            ? { history: [] }
            : yield* historyOf(account, { batch, group, reader, veil })),
          ...(systemPrompt === undefined || systemPrompt.trim() === "" ? {} : { systemPrompt }),
          ...(sent.length === 0 ? {} : { sent })
        } satisfies Turn
      })
  })
