/** What an agent is asked: the messages of a batch, with what was said before and the files that it may open. */
import { Effect } from "effect"
import type { InboundPayload } from "../../schemas/Actors.ts"
import type { AccountConfig, AgentRuntime } from "../../schemas/Config.ts"
import { withoutQuote } from "../../schemas/Envelope.ts"
import { groupSettings } from "../../schemas/GroupSettings.ts"
import { boundedMessage } from "../../schemas/promptBounds.ts"
import type { Turn } from "../../schemas/Turn.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { type FileReader, InboundFiles } from "../../services/InboundFiles.ts"
import { Router } from "../../services/Router.ts"
import { makeVeil } from "../chats/told.ts"
import { type Batch, makeGroupOf } from "./batch.ts"
import { makeHistory } from "./history.ts"
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

/** The function that makes a session's turns. */
export const makeComposeTurn = (sessionKey: string) =>
  Effect.gen(function* () {
    const config = yield* ConfigService
    const groupOf = yield* makeGroupOf
    const heard = yield* makeHeard
    const historyOf = yield* makeHistory
    const veilNow = yield* makeVeil

    return (turnId: string, batch: Batch) =>
      Effect.gen(function* () {
        const [{ agentId, envelope, isGroup }] = batch
        const { accounts, agents } = yield* config.current
        const account = accounts.find(({ id }) => id === envelope.accountId)
        const reader = readerOf(agents.list.find(({ id }) => id === agentId)?.runtime)
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
          ...(systemPrompt === undefined || systemPrompt.trim() === "" ? {} : { systemPrompt })
        } satisfies Turn
      })
  })
