/** A warning where a server has read less than it was asked. */
import { Clock, Effect, HashMap, Option, Ref } from "effect"
import { isCutSilently } from "./budget.ts"
import type { Asked } from "./Dialect.ts"
import type { Gathered } from "./gathered.ts"

const HOUR_MS = 3_600_000

/** Of the text alone: nobody knows the bytes of a picture as a model reads it. */
const bytesOf = ({ messages, system }: Asked): number =>
  messages.reduce((bytes, { text }) => bytes + Buffer.byteLength(text), Buffer.byteLength(system))

/** The function that warns, once an hour for each agent. */
export const makeWarnOfCut = Effect.map(Ref.make(HashMap.empty<string, number>()), (warnedAt) => {
  const isDue = (agentId: string) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      Ref.modify(warnedAt, (before) => {
        const due = Option.match(HashMap.get(before, agentId), {
          onNone: () => true,
          onSome: (at) => now - at >= HOUR_MS
        })
        return [due, due ? HashMap.set(before, agentId, now) : before]
      })
    )
  return (agentId: string, asked: Asked, { inputTokens }: Gathered): Effect.Effect<void> =>
    isCutSilently(bytesOf(asked), inputTokens)
      ? Effect.logWarning(
          `the server of agent ${agentId} has read only ${inputTokens} tokens of a question that must have more: it cuts what is too long for it, and says nothing`
        ).pipe(
          Effect.annotateLogs({
            code: "context_cut",
            hint: "Ollama reads 4096 tokens unless it is started with OLLAMA_CONTEXT_LENGTH. Raise that, or lower agents.list[].memory.contextTokens."
          }),
          Effect.whenEffect(isDue(agentId)),
          Effect.asVoid
        )
      : Effect.void
})
