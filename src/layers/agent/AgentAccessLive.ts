/** Tokens of agents, in memory: none outlives the process that it was made for. */
import { Array as Arr, Effect, HashMap, Layer, Option, Redacted, Ref } from "effect"
import { digestOf } from "../../schemas/accessToken.ts"
import { type Grant, NO_CHAT, type OnlyChat } from "../../schemas/Grant.ts"
import type { Turn } from "../../schemas/Turn.ts"
import { AgentAccess } from "../../services/AgentAccess.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { makeToken } from "../web/makeToken.ts"

/** Whose token it is, and the chat that it is worth now. */
interface Worth {
  readonly agentId: string
  readonly only: OnlyChat
  /** Whether it works for a turn. */
  readonly isAtWork: boolean
}

/** A chat that Messages has no number for cannot be named: nothing can be asked of it. */
const chatOf = ({ envelopes }: Turn): OnlyChat => {
  const { accountId, chatId } = Arr.lastNonEmpty(envelopes)
  return chatId === undefined ? NO_CHAT : { accountId, chatId }
}

const make = Effect.gen(function* () {
  const config = yield* ConfigService
  const granted = yield* Ref.make(HashMap.empty<string, Worth>())

  /** Between its turns an agent can ask which tools there are, as it does when its session begins, and nothing else. */
  const grantOf = ({ agentId, isAtWork, only }: Worth) =>
    Effect.map(config.current, ({ agents }): Grant => {
      const isTrusted = agents.list.some(({ groupActions, id }) => id === agentId && groupActions)
      return {
        scopes: isTrusted ? ["chat", "group"] : ["chat"],
        only,
        ...(isAtWork ? { by: { _tag: "Agent", agentId } as const } : {})
      }
    })

  return AgentAccess.of({
    issue: (agentId) =>
      Effect.gen(function* () {
        const token = makeToken()
        const digest = digestOf(Redacted.value(token))
        const idle: Worth = { agentId, only: NO_CHAT, isAtWork: false }
        yield* Effect.acquireRelease(Ref.update(granted, HashMap.set(digest, idle)), () =>
          Ref.update(granted, HashMap.remove(digest))
        )
        // A turn that outlives its session, or comes after it, brings nothing back.
        const become = (worth: Worth) =>
          Ref.update(
            granted,
            HashMap.modify(digest, () => worth)
          )
        const rest = become(idle)
        const atWork = (turn: Turn): Worth => ({
          agentId: turn.agentId,
          only: chatOf(turn),
          isAtWork: true
        })
        return {
          token,
          duringTurn: (turn) => Effect.acquireRelease(become(atWork(turn)), () => rest),
          rest
        }
      }),
    find: (digest) =>
      Effect.flatMap(Ref.get(granted), (all) =>
        Option.match(HashMap.get(all, digest), {
          onNone: () => Effect.succeedNone,
          onSome: (worth) => Effect.asSome(grantOf(worth))
        })
      )
  })
})

export const layer: Layer.Layer<AgentAccess, never, ConfigService> = Layer.effect(AgentAccess, make)
