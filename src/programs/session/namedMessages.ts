/**
 * The messages that an agent names: those of its own chat that it was told of, and what the gateway said there. A guid of
 * another chat is nothing that it can know rightly, and what people wrote may have put it into its mouth.
 */
import { Array as Arr, Option, Predicate } from "effect"
import type { MessageAct, NamedMessage } from "../../schemas/Act.ts"
import type { AskedActs } from "../../schemas/AgentOutput.ts"
import { guidKey } from "../../schemas/guids.ts"
import type { Turn, TurnMessage } from "../../schemas/Turn.ts"
import { tapbackOf } from "../../schemas/tapback.ts"

/** Beside `agents.list[].maxParts`: acts fill no screen, and an answer that is as long as it may be can have some. */
export const MAX_ACTS = 20

/** Guids by what they are compared by, each as it is spelt. */
type Guids = ReadonlyMap<string, string>

const byKey = (guids: ReadonlyArray<string>): Guids => new Map(guids.map((guid) => [guidKey(guid), guid]))

export interface Nameable {
  /** What `true` means: the last message of the turn; none where people only reacted. */
  readonly last: string | undefined
  /**
   * Those of what the agent was told, as Messages spells them: its messages, those before them in the group, and what they
   * reply or react to.
   */
  readonly heard: Guids
  /** Those of what the gateway said there, as the answers to its sends spelt them. */
  readonly said: Guids
  /** Those of it that are the agent's own: only these can be edited and taken back. */
  readonly own: Guids
}

/** What is reacted to can be named, and a reaction is no message. */
const namedBy = ({ guid, reaction }: Pick<TurnMessage, "guid" | "reaction">): string | undefined =>
  reaction === undefined ? guid : reaction.to.guid

/** What the gateway said in a chat, and whether it is the agent's own. */
export interface SaidThere {
  readonly guid: string
  readonly isOwn: boolean
}

/** What a turn's agent may name, by what the gateway said in its chat. */
export const nameableIn = ({ envelopes, history }: Turn, said: ReadonlyArray<SaidThere>): Nameable => ({
  last: Arr.findLast(envelopes, ({ isReaction }) => !isReaction).pipe(
    Option.map(({ guid }) => guid),
    Option.getOrUndefined
  ),
  heard: byKey(
    [
      ...envelopes.flatMap((message) => [namedBy(message), message.replyTo?.guid, message.threadGuid]),
      ...history.map(namedBy)
    ].filter(Predicate.isNotUndefined)
  ),
  said: byKey(said.map(({ guid }) => guid)),
  own: byKey(said.filter(({ isOwn }) => isOwn).map(({ guid }) => guid))
})

/** The guid of a message that an agent names, as Messages spells it where that is known; nothing where it may not name it. */
export const guidOf = (named: NamedMessage, { heard, last, said }: Nameable): string | undefined => {
  if (named === true) return last
  return heard.get(guidKey(named)) ?? said.get(guidKey(named))
}

/** What an agent asks for, and which message it is about. */
interface Asked {
  readonly named: NamedMessage
  /** Whether it can only be done to the agent's own messages. */
  readonly isOfOwn: boolean
  /** Nothing where there is no such act. */
  readonly act: (guid: string) => MessageAct | undefined
}

const removing = ({ remove }: { readonly remove?: boolean }) => (remove === true ? { remove } : {})

const askedIn = ({
  edits = [],
  reactions = [],
  unsend = [],
  votes = []
}: AskedActs): ReadonlyArray<Asked> => [
  ...reactions.map(
    (asked): Asked => ({
      named: asked.guid,
      isOfOwn: false,
      act: (guid) => {
        const reaction = tapbackOf(asked.reaction)
        return reaction === undefined ? undefined : { _tag: "React", guid, reaction, ...removing(asked) }
      }
    })
  ),
  ...edits.map(
    ({ guid: named, text }): Asked => ({
      named,
      isOfOwn: true,
      act: (guid) => ({ _tag: "Edit", guid, text })
    })
  ),
  ...unsend.map((named): Asked => ({ named, isOfOwn: true, act: (guid) => ({ _tag: "Unsend", guid }) })),
  ...votes.map(
    (asked): Asked => ({
      named: asked.poll,
      isOfOwn: false,
      act: (guid) => ({ _tag: "Vote", guid, option: asked.option, ...removing(asked) })
    })
  )
]

/** Something that is not done, to a message as it was named. */
export interface LeftOut {
  readonly named: NamedMessage
  readonly why: string
}

export interface Acts {
  readonly acts: ReadonlyArray<MessageAct>
  readonly leftOut: ReadonlyArray<LeftOut>
}

const NOT_OWN = "the agent has said no such message in this chat, or too long ago"
export const NOT_OF_CHAT =
  "it is no message of this chat that the agent was told of, nor one that the gateway said there"
const NO_TAPBACK = "a tapback is love, like, dislike, laugh, emphasize, question or one emoji"
const TOO_MANY = `an answer may have ${MAX_ACTS} acts`

const judged = ({ act, isOfOwn, named }: Asked, nameable: Nameable): MessageAct | LeftOut => {
  const guid = guidOf(named, nameable)
  if (guid === undefined || (isOfOwn && !nameable.own.has(guidKey(guid)))) {
    return { named, why: isOfOwn ? NOT_OWN : NOT_OF_CHAT }
  }
  return act(guid) ?? { named, why: NO_TAPBACK }
}

/** What is done of what an agent asks for, each once and in its order, and what is not. */
export const actsOf = (asked: AskedActs, nameable: Nameable): Acts => {
  const acts = new Map<string, MessageAct>()
  const leftOut: Array<LeftOut> = []
  for (const one of askedIn(asked)) {
    const act = judged(one, nameable)
    if ("why" in act) leftOut.push(act)
    else if (acts.size < MAX_ACTS || acts.has(JSON.stringify(act))) acts.set(JSON.stringify(act), act)
    else leftOut.push({ named: one.named, why: TOO_MANY })
  }
  return { acts: [...acts.values()], leftOut }
}
