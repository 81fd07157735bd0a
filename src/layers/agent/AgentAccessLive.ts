/** Tokens of agents, in memory: none outlives the process that it was made for. */
import { Array as Arr, Effect, HashMap, Layer, Redacted, Ref } from "effect"
import { digestOf } from "../../schemas/accessToken.ts"
import { type Grant, NO_CHAT, type OnlyChat } from "../../schemas/Grant.ts"
import type { Turn } from "../../schemas/Turn.ts"
import { AgentAccess, type AgentGrant } from "../../services/AgentAccess.ts"
import { makeToken } from "../web/makeToken.ts"

const ofChat = (only: OnlyChat): Grant => ({ scopes: ["chat"], only })

/** Between its turns an agent can ask which tools there are, as it does when its session begins, and nothing else. */
const IDLE: AgentGrant = { agentId: undefined, grant: ofChat(NO_CHAT) }

/** A chat that Messages has no number for cannot be named: nothing can be asked of it. */
const grantOf = ({ agentId, envelopes }: Turn): AgentGrant => {
  const { accountId, chatId } = Arr.lastNonEmpty(envelopes)
  return { agentId, grant: ofChat(chatId === undefined ? NO_CHAT : { accountId, chatId }) }
}

const make = Effect.map(Ref.make(HashMap.empty<string, AgentGrant>()), (granted) =>
  AgentAccess.of({
    issue: Effect.gen(function* () {
      const token = makeToken()
      const digest = digestOf(Redacted.value(token))
      const become = (worth: AgentGrant) => Ref.update(granted, HashMap.set(digest, worth))
      // A turn that outlives its session brings nothing back.
      const rest = Ref.update(
        granted,
        HashMap.modify(digest, () => IDLE)
      )
      yield* Effect.acquireRelease(become(IDLE), () => Ref.update(granted, HashMap.remove(digest)))
      return {
        token,
        duringTurn: (turn) => Effect.acquireRelease(become(grantOf(turn)), () => rest)
      }
    }),
    find: (digest) => Effect.map(Ref.get(granted), HashMap.get(digest))
  })
)

export const layer: Layer.Layer<AgentAccess> = Layer.effect(AgentAccess, make)
