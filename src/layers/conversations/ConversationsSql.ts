/**
 * Conversations in the gateway's store. One that is over is gone, row and all, and the next has another number, so that
 * nothing which was under way meanwhile is taken for a part of it.
 */
import { Clock, Effect, Layer, Option } from "effect"
import { OnBehalfOf } from "../../services/Audit.ts"
import { Conversations } from "../../services/Conversations.ts"
import { makeTrail } from "../audit/auditTrail.ts"
import { Database } from "../database/Database.ts"
import { makeForget } from "./forget.ts"
import { makeKnown } from "./known.ts"
import { makeOpen } from "./open.ts"
import { makeRemember } from "./remember.ts"

const make = Effect.gen(function* () {
  const database = yield* Database
  const { asItIs, orBegin } = makeOpen(database)
  const remember = makeRemember(database)
  const forget = makeForget(database)
  const trail = makeTrail(database)

  return Conversations.of({
    open: (asking, { maxExchanges }) =>
      Effect.gen(function* () {
        const now = Math.trunc(yield* Clock.currentTimeMillis)
        const found = yield* database.read(() => asItIs(asking, now, maxExchanges))
        if (Option.isSome(found)) return found.value
        const { conversation, hasEnded } = yield* database.write(() => orBegin(asking, now, maxExchanges))
        if (hasEnded) {
          yield* Effect.logInfo("a conversation begins anew: others have spoken in it, or too many").pipe(
            Effect.annotateLogs({ agent: asking.key.agentId, conversation: conversation.number })
          )
        }
        return conversation
      }),
    remember: (remembered) => database.write(() => remember(remembered)),
    forget: (handles) =>
      Effect.flatMap(Effect.all([Clock.currentTimeMillis, OnBehalfOf]), ([now, by]) =>
        database.write(function* () {
          const ended = yield* forget(handles)
          for (const key of ended) {
            yield* trail({ at: Math.trunc(now), by, event: { _tag: "ConversationCleared", ...key } })
          }
          return ended.length
        })
      ),
    ...makeKnown(database)
  })
})

export const layer: Layer.Layer<Conversations, never, Database> = Layer.effect(Conversations, make)
