/** From what an agent answers to what is delivered: prefixed texts, and copies of the files that may be sent. */
import { Clock, Effect, Option } from "effect"
import { bytesOfMb } from "../../schemas/bytes.ts"
import type { Reply, Turn } from "../../schemas/Turn.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { OutboundFiles } from "../../services/OutboundFiles.ts"
import { stored } from "../stored.ts"
import { withPrefix } from "./responsePrefix.ts"

/** Files of one turn, and how long all of them may take together: an agent's place is held meanwhile. */
const MAX_FILES = 20
const FILES_WITHIN_MS = 60_000

const saysSomething = (reply: Reply): boolean =>
  (reply.text ?? "").trim() !== "" || (reply.media ?? []).length > 0

/** The function that prepares the replies of a turn. Replies without content are left out. */
export const makePrepareReplies = Effect.gen(function* () {
  const config = yield* ConfigService
  const files = yield* OutboundFiles

  return (turn: Turn, replies: ReadonlyArray<Reply>): Effect.Effect<ReadonlyArray<Reply>> =>
    Effect.gen(function* () {
      const { accounts, agents, messages } = yield* config.current
      const agent = agents.list.find(({ id }) => id === turn.agentId)
      const account = accounts.find(({ id }) => id === turn.envelopes[0].accountId)
      // Without them nothing says which files may be sent; what is said waits until the account is back.
      if (agent === undefined || account === undefined) {
        return replies.map(({ text }) => ({ text: text ?? "" })).filter(saysSomething)
      }
      const maxBytes = bytesOfMb(account.mediaMaxMb)
      const deadline = (yield* Clock.currentTimeMillis) + FILES_WITHIN_MS
      let index = 0

      const leaveOut = (message: string, annotations: Readonly<Record<string, string>> = {}) =>
        Effect.as(Effect.logWarning(message).pipe(Effect.annotateLogs(annotations)), Option.none<string>())

      const stageNext = (source: string, place: number) =>
        Effect.gen(function* () {
          const left = deadline - (yield* Clock.currentTimeMillis)
          if (place >= MAX_FILES || left <= 0) {
            return yield* leaveOut(
              `a file of the reply is left out: a turn may have ${MAX_FILES} files, within ${FILES_WITHIN_MS} ms`
            )
          }
          return yield* files.stage({ deliveryId: turn.id, index: place, source, agent, maxBytes }).pipe(
            Effect.asSome,
            Effect.catchTag("MediaRejected", ({ code, hint, message }) => leaveOut(message, { code, hint })),
            stored,
            Effect.timeoutOption(left),
            Effect.flatMap(
              Option.match({
                onNone: () => leaveOut("a file of the reply is left out: it took too long"),
                onSome: Effect.succeed
              })
            )
          )
        })

      const stage = (source: string) => stageNext(source, index++)

      const prepared = yield* Effect.forEach(replies, (reply) =>
        Effect.gen(function* () {
          const media = yield* Effect.forEach(reply.media ?? [], stage)
          return {
            text: withPrefix(
              account.responsePrefix ?? messages.responsePrefix,
              agent,
              account,
              reply.text ?? ""
            ),
            media: media.flatMap(Option.toArray)
          }
        })
      )
      return prepared.filter(saysSomething)
    })
})
