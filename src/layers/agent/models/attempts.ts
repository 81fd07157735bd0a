/** A question is asked again with less where its server could not take it as it was: once for each thing that can go. */
import { Effect, HashSet, Ref } from "effect"
import type { Exchange } from "../../../schemas/Conversation.ts"
import { halved } from "./budget.ts"
import { conversation } from "./conversation.ts"
import { makeWarnOfCut } from "./cutWarning.ts"
import type { Asked, Picture } from "./Dialect.ts"
import { dialectOf, type ModelRuntime } from "./dialects.ts"
import { exchange } from "./exchange.ts"
import { type Failure, judge } from "./Failure.ts"
import type { Gathered } from "./gathered.ts"

/** What a model is told whatever it remembers. */
export interface Told {
  readonly system: string
  readonly text: string
  readonly pictures: ReadonlyArray<Picture>
  readonly user: string
}

/** What can be less of a question: what is remembered, and what a server can do without. */
export interface Attempt {
  readonly exchanges: ReadonlyArray<Exchange>
  readonly isBare: boolean
  readonly isHalved: boolean
}

/** What is asked next where a server has refused an attempt; nothing where that would change nothing. */
const nextAfter = (attempt: Attempt, failure: Failure): Attempt | undefined => {
  if (failure._tag !== "Refused") return undefined
  switch (judge(failure)) {
    case "overflow":
      return attempt.isHalved || attempt.exchanges.length === 0
        ? undefined
        : { ...attempt, exchanges: halved(attempt.exchanges), isHalved: true }
    case "extras":
      return attempt.isBare ? undefined : { ...attempt, isBare: true }
    default:
      return undefined
  }
}

const askedBy = ({ pictures, system, text, user }: Told, { exchanges, isBare }: Attempt): Asked => ({
  system,
  messages: conversation(exchanges, { text, pictures }),
  user,
  isBare
})

/** The function that asks. `connected` is run once the server may have begun. */
export const makeAttempts = Effect.gen(function* () {
  const warnOfCut = yield* makeWarnOfCut
  /** Servers that have refused extras: they are asked without from then on. */
  const bareServers = yield* Ref.make(HashSet.empty<string>())

  return (
    agentId: string,
    runtime: ModelRuntime,
    told: Told,
    remembered: ReadonlyArray<Exchange>,
    connected: Effect.Effect<void>
  ): Effect.Effect<Gathered, Failure> => {
    const { baseUrl, silenceMs, stream } = runtime
    const from = (attempt: Attempt): Effect.Effect<Gathered, Failure> => {
      const asked = askedBy(told, attempt)
      return exchange(dialectOf(runtime), asked, { silenceMs, stream, connected }).pipe(
        Effect.tap((gathered) => warnOfCut(agentId, asked, gathered)),
        Effect.tap(() => Effect.when(Ref.update(bareServers, HashSet.add(baseUrl)), () => attempt.isBare)),
        Effect.catchTag("Refused", (refused) => {
          const next = nextAfter(attempt, refused)
          if (next === undefined) return Effect.fail(refused)
          return Effect.zipRight(
            Effect.logInfo(`agent ${agentId} is asked again with less: HTTP ${refused.status}`),
            from(next)
          )
        })
      )
    }
    return Effect.flatMap(Ref.get(bareServers), (bare) =>
      from({ exchanges: remembered, isBare: HashSet.has(bare, baseUrl), isHalved: false })
    )
  }
})
