/** What people write in a round. */

/** The chats of each account. `self` is the one with oneself; `stranger` is not admitted. */
export const CHATS = ["ann", "ben", "cleo", "group", "self", "stranger"] as const
export type ChatName = (typeof CHATS)[number]

/** How the agent behaves: at once, after a pause, or failing at the first try. */
export type Manner = "plain" | "slow" | "flaky"

/** One message of a person. `n` is unique in its round; `parts` are the messages of its answer. */
export interface Message {
  readonly n: number
  readonly chat: ChatName
  readonly parts: number
  readonly manner: Manner
  /** Whether it mentions the agent, which only counts in the group. */
  readonly mentions: boolean
}

/** The text of a message; the agent and the checker read its number, its parts and its manner from it. */
export const textOf = ({ chat, manner, mentions, n, parts }: Message): string =>
  `#${n}:${parts}:${manner}# ${chat === "stranger" ? `${SECRET} ` : ""}äöü 🎈${mentions ? ` ${AGENT_NAME}?` : ""}`

/** What the agents are called. */
export const AGENT_NAME = "Robin"

/** Stands in everything that the stranger writes, and must be nowhere. */
export const SECRET = "words-of-a-stranger"

/** Whether a message is to be answered by the agent. */
export const isForAgent = ({ chat, mentions }: Pick<Message, "chat" | "mentions">): boolean =>
  chat !== "stranger" && (chat !== "group" || mentions)
