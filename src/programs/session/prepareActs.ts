/** From what an agent asks to be done beside its replies to what is done: of its own chat's messages, within bounds. */
import { Effect, Option } from "effect"
import type { Act, MessageAct } from "../../schemas/Act.ts"
import type { AskedActs } from "../../schemas/AgentOutput.ts"
import { MAX_TEXT } from "../../schemas/bounds.ts"
import type { Turn } from "../../schemas/Turn.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { makeNameableOf, warnOf } from "./nameable.ts"
import { actsOf, type LeftOut, MAX_ACTS } from "./namedMessages.ts"
import { makePrepareGroupActs } from "./prepareGroupActs.ts"
import { saidText } from "./saidText.ts"

const leftOut = (what: string, why: LeftOut) => Effect.as(warnOf(what, why), Option.none<MessageAct>())

/** The function that prepares the acts of a turn. Without its agent and its account in the config there are none. */
export const makePrepareActs = Effect.gen(function* () {
  const config = yield* ConfigService
  const nameableOf = yield* makeNameableOf
  const prepareGroupActs = yield* makePrepareGroupActs

  return (turn: Turn, asked: AskedActs): Effect.Effect<ReadonlyArray<Act>> =>
    Effect.gen(function* () {
      const { accounts, agents, messages } = yield* config.current
      const agent = agents.list.find(({ id }) => id === turn.agentId)
      const account = accounts.find(({ id }) => id === turn.envelopes[0].accountId)
      if (agent === undefined || account === undefined) return []

      /** An edit says what is said from then on, so it is made as every text is; how it is shown no edit can tell. */
      const prepared = (act: MessageAct) =>
        Effect.gen(function* () {
          if (act._tag !== "Edit") return Option.some(act)
          const { text } = yield* saidText(agent, account, messages.responsePrefix, act.text)
          if (text.trim() === "") {
            return yield* leftOut("an edit", { named: act.guid, why: "nothing is left of its text" })
          }
          if (text.length > MAX_TEXT) {
            return yield* leftOut("an edit", { named: act.guid, why: "its text is too long" })
          }
          return Option.some({ ...act, text })
        })

      const { acts, leftOut: others } = actsOf(asked, yield* nameableOf(turn))
      yield* Effect.forEach(others.slice(0, MAX_ACTS), (one) => warnOf("an act", one), { discard: true })
      if (others.length > MAX_ACTS) {
        yield* Effect.logWarning(`${others.length - MAX_ACTS} more acts of the answer are left out`)
      }
      const all = (yield* Effect.forEach(acts, prepared)).flatMap(Option.toArray)
      if (asked.group === undefined) return all
      // What is done to messages comes first: who has left a group can do nothing there.
      return [
        ...all,
        ...(yield* prepareGroupActs({ turn, agent, account }, asked.group, MAX_ACTS - all.length))
      ]
    })
})
