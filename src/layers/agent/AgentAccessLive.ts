/** Tokens of agents, in memory: none outlives the process that it was made for. */
import { Array as Arr, Effect, HashMap, Layer, type Option, Redacted, Ref } from "effect"
import { digestOf } from "../../schemas/accessToken.ts"
import type { Grant } from "../../schemas/Grant.ts"
import type { Turn } from "../../schemas/Turn.ts"
import { AgentAccess } from "../../services/AgentAccess.ts"
import { makeToken } from "../web/makeToken.ts"

/** A chat that Messages has no number for cannot be named: nothing can be asked of it. */
const grantOf = ({ agentId, envelopes }: Turn): Grant => {
  const { accountId, chatId } = Arr.lastNonEmpty(envelopes)
  return chatId === undefined
    ? { scopes: [] }
    : { scopes: ["chat"], only: { accountId, chatId }, by: { _tag: "Agent", agentId } }
}

const make = Effect.map(Ref.make(HashMap.empty<string, Grant>()), (granted) =>
  AgentAccess.of({
    issue: Effect.gen(function* () {
      const token = makeToken()
      const digest = digestOf(Redacted.value(token))
      const forget = Ref.update(granted, HashMap.remove(digest))
      yield* Effect.addFinalizer(() => forget)
      return {
        token,
        duringTurn: (turn) =>
          Effect.acquireRelease(Ref.update(granted, HashMap.set(digest, grantOf(turn))), () => forget)
      }
    }),
    find: (digest) =>
      Effect.map(Ref.get(granted), (all) => HashMap.get(all, digest) satisfies Option.Option<Grant>)
  })
)

export const layer: Layer.Layer<AgentAccess> = Layer.effect(AgentAccess, make)
