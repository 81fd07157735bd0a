/** Tokens of agents, in memory: none outlives the process that it was made for. */
import { Array as Arr, Effect, HashMap, Layer, Redacted, Ref } from "effect"
import { digestOf } from "../../schemas/accessToken.ts"
import { type Grant, NO_CHAT } from "../../schemas/Grant.ts"
import type { Turn } from "../../schemas/Turn.ts"
import { AgentAccess } from "../../services/AgentAccess.ts"
import { makeToken } from "../web/makeToken.ts"

/** Between its turns an agent can ask which tools there are, as it does when its session begins, and nothing else. */
const IDLE: Grant = { scopes: ["chat"], only: NO_CHAT }

/** A chat that Messages has no number for cannot be named: nothing can be asked of it. */
const grantOf = ({ agentId, envelopes }: Turn): Grant => {
  const { accountId, chatId } = Arr.lastNonEmpty(envelopes)
  return {
    scopes: ["chat"],
    only: chatId === undefined ? NO_CHAT : { accountId, chatId },
    by: { _tag: "Agent", agentId }
  }
}

const make = Effect.map(Ref.make(HashMap.empty<string, Grant>()), (granted) =>
  AgentAccess.of({
    issue: Effect.gen(function* () {
      const token = makeToken()
      const digest = digestOf(Redacted.value(token))
      yield* Effect.acquireRelease(Ref.update(granted, HashMap.set(digest, IDLE)), () =>
        Ref.update(granted, HashMap.remove(digest))
      )
      // A turn that outlives its session, or comes after it, brings nothing back.
      const become = (worth: Grant) =>
        Ref.update(
          granted,
          HashMap.modify(digest, () => worth)
        )
      const rest = become(IDLE)
      return {
        token,
        duringTurn: (turn) => Effect.acquireRelease(become(grantOf(turn)), () => rest),
        rest
      }
    }),
    find: (digest) => Effect.map(Ref.get(granted), HashMap.get(digest))
  })
)

export const layer: Layer.Layer<AgentAccess> = Layer.effect(AgentAccess, make)
