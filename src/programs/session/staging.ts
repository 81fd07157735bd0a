/** Copies of the files that an agent sends, so that it may remove its own. */
import { Clock, Effect, Option } from "effect"
import type { AgentConfig } from "../../schemas/Config.ts"
import type { Turn } from "../../schemas/Turn.ts"
import { OutboundFiles } from "../../services/OutboundFiles.ts"
import { stored } from "../effects/stored.ts"

/** Files of one turn, and how long all of them may take together: an agent's place is held meanwhile. */
export const MAX_FILES = 20
const FILES_WITHIN_MS = 60_000

const leaveOut = (message: string, annotations: Readonly<Record<string, string>> = {}) =>
  Effect.as(Effect.logWarning(message).pipe(Effect.annotateLogs(annotations)), Option.none<string>())

/** The function that begins to copy the files of a turn, one after the other; one that is refused, or too late, is left out. */
export const makeStaging = Effect.map(
  OutboundFiles,
  (files) => (turn: Turn, agent: AgentConfig, maxBytes: number) =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      const deadline = now + FILES_WITHIN_MS
      let index = 0

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

      return (source: string) => stageNext(source, index++)
    })
)
