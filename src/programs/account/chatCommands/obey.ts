/** Carries out what people tell the gateway itself, and answers them in their chat. */
import { Effect } from "effect"
import { ChatCommand } from "../../../schemas/ChatCommand.ts"
import { type Envelope, envelopeKey, replyTarget } from "../../../schemas/Envelope.ts"
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"
import { OnBehalfOf } from "../../../services/Audit.ts"
import { ConfigService } from "../../../services/ConfigService.ts"
import { Outbox } from "../../../services/Outbox.ts"
import * as chatLane from "../../session/chatLane.ts"
import type { AccountContext } from "../AccountContext.ts"
import { makeLeave, makePairing, makePausing } from "./ofOwners.ts"
import { makeStatus, makeStopping, type Order } from "./ofTheChat.ts"
import * as words from "./words.ts"

/** The function that carries out a command, once however often its row is taken. */
export const makeObey = (context: AccountContext) =>
  Effect.gen(function* () {
    const outbox = yield* Outbox
    const config = yield* ConfigService
    const stopping = yield* makeStopping
    const status = yield* makeStatus
    const pairing = yield* makePairing
    const pausing = yield* makePausing(context)
    const leave = yield* makeLeave

    /** What is said of a command that was carried out. */
    const answerOf = (envelope: Envelope, order: Order) =>
      ChatCommand.$match(order.command, {
        Stop: () => stopping.stop(envelope),
        New: () => stopping.begin(envelope, order),
        Status: () => status(envelope, order),
        Help: () => Effect.succeed(words.help(order.allowed)),
        Pairing: () => pairing.list,
        Pair: ({ code }) => pairing.approve(code),
        Reject: ({ code }) => pairing.reject(code),
        Paused: () => pausing.list,
        Pause: ({ chat }) => pausing.pause(chat),
        Resume: ({ chat }) => pausing.resume(chat),
        Permissions: () => leave.list,
        Allow: ({ code }) => leave.decide(code, true),
        Deny: ({ code }) => leave.decide(code, false)
      })

    /** More answers than that to one chat within a minute are for a machine, which would go on for ever. */
    const mayAnswer = Effect.fnUntraced(function* (envelope: Envelope) {
      const { messages } = yield* config.current
      const { answered } = context
      answered.limit(messages.loopGuard.maxPerMinute)
      const chat = chatLane.chatOf(envelope)
      if (answered.pauseOf(chat) > 0) return false
      answered.onTurn(chat)
      return true
    })

    return (envelope: Envelope, order: Order): Effect.Effect<void, StoreUnavailable> =>
      Effect.gen(function* () {
        const { accountId } = envelope
        const id = `command:${envelopeKey(envelope)}`
        // What came after it must not be stopped by it when its row is taken again.
        if (yield* outbox.isAccepted({ id, accountId })) return
        const text = yield* answerOf(envelope, order)
        yield* Effect.logInfo("a command was carried out").pipe(
          Effect.annotateLogs({ command: order.command._tag, rowId: envelope.rowId })
        )
        if (!(yield* mayAnswer(envelope))) {
          return yield* Effect.logWarning(
            "a chat gives more commands a minute than messages.loopGuard.maxPerMinute: they are not answered"
          )
        }
        yield* outbox.accept({ id, accountId, target: replyTarget(envelope), replies: [{ text }] })
      }).pipe(
        Effect.provideService(OnBehalfOf, {
          _tag: "Chat",
          accountId: envelope.accountId,
          handle: envelope.sender
        })
      )
  })
