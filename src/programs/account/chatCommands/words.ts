/**
 * What the gateway says to commands. Pure. No answer is a command itself, so that two gateways do not talk to each
 * other for ever.
 */
import type { CommandName } from "../../../schemas/ChatCommand.ts"
import type { AgentConfig } from "../../../schemas/Config.ts"
import { inWords } from "../../../schemas/inWords.ts"
import type { PermissionRecord } from "../../../schemas/Permission.ts"
import { whatInWords } from "../../../schemas/permissionWords.ts"
import { saidTitle } from "../../../schemas/saidTitle.ts"
import type { AccountState } from "../../../services/Accounts.ts"
import type { PairingRequest } from "../../../services/PairingStore.ts"
import type { Pause } from "../../../services/PausedChats.ts"

/** Lines of a list that are said; of more only how many. */
const MOST_LINES = 20

const counted = (count: number, one: string, many: string): string =>
  count === 1 ? `1 ${one}` : `${count} ${many}`

/** What an agent is called. */
const nameOf = ({ id, name }: AgentConfig): string => name ?? id

/** The model that answers, where an agent is one. */
const modelOf = ({ model, runtime }: AgentConfig): string | undefined =>
  "model" in runtime ? runtime.model : model

/** `messages` are those that are not answered any more. */
export const stopped = (messages: number): string => {
  if (messages === 0) return "Nothing was running."
  return messages === 1 ? "Stopped." : `Stopped: ${messages} messages are not answered.`
}

/** `agent` is undefined where the config has it no more. */
export const begunAnew = (agent: AgentConfig | undefined, messages: number): string => {
  const stop = messages === 0 ? "" : ` ${stopped(messages)}`
  if (agent?.memory !== undefined) return `This is a new conversation.${stop}`
  const who = agent === undefined ? "the agent" : nameOf(agent)
  return `Nothing of a conversation is kept here: what ${who} remembers, if anything, it keeps itself.${stop}`
}

/** What somebody may know of where they write. */
export interface ChatStatus {
  readonly agent: AgentConfig | undefined
  readonly accountId: string
  readonly state: AccountState | undefined
  /** Messages of the chat that wait or are being answered. */
  readonly waiting: number
  readonly isPaused: boolean
}

const whoAnswers = (agent: AgentConfig): string => {
  const model = modelOf(agent)
  return `${nameOf(agent)} answers here${model === undefined ? "" : `, with the model ${model}`}.`
}

export const chatStatus = ({ accountId, agent, isPaused, state, waiting }: ChatStatus): string =>
  [
    agent === undefined ? "The agent that answered here is not in the config any more." : whoAnswers(agent),
    `The account ${accountId} is ${state ?? "unknown"}.`,
    waiting === 0
      ? "Nothing waits for an answer here."
      : `${counted(waiting, "message", "messages")} here ${waiting === 1 ? "waits or is" : "wait or are"} being answered.`,
    ...(isPaused ? ["This chat is paused: what is written here waits."] : [])
  ].join("\n")

/** What an owner may know beside that, of all chats and accounts. */
export interface Totals {
  readonly accounts: ReadonlyArray<{ readonly id: string; readonly state: AccountState }>
  readonly messages: number
  readonly replies: number
  readonly requests: number
  /** What agents wait for leave for. */
  readonly leave: number
  readonly paused: number
  /** What failed for good, or may have been sent. */
  readonly letters: number
}

export const totals = ({ accounts, leave, letters, messages, paused, replies, requests }: Totals): string =>
  [
    `In all: ${accounts.map(({ id, state }) => `${id} is ${state}`).join(", ")}.`,
    `${counted(messages, "message waits", "messages wait")}, ${counted(replies, "reply is", "replies are")} on the way.`,
    ...(requests === 0 ? [] : [`${counted(requests, "person waits", "people wait")} to be let in: /pairing`]),
    ...(leave === 0 ? [] : [`${counted(leave, "agent waits", "agents wait")} for leave: /allow`]),
    ...(paused === 0 ? [] : [`${counted(paused, "chat is", "chats are")} paused: /pause`]),
    ...(letters === 0
      ? []
      : [
          `${counted(letters, "reply or turn", "replies and turns")} failed or may have: imsg-gateway deadletters list`
        ])
  ].join("\n")

const HELP: Readonly<Record<CommandName, ReadonlyArray<string>>> = {
  Stop: ["/stop ends what is being answered here, and drops what waits for it."],
  New: ["/new (or /reset) begins a new conversation, and stops as well."],
  Status: ["/status says who answers here, and what waits."],
  Help: ["/help says this."],
  Pairing: ["/pairing says who waits to be let in."],
  Pair: ["/pair CODE lets them in."],
  Reject: ["/reject CODE refuses them."],
  Paused: [],
  Pause: [
    "/pause CHAT holds what is written in a chat, by its id or by who writes there; without one it says which are held."
  ],
  Resume: ["/resume CHAT lets it go on."],
  Permissions: [],
  Allow: ["/allow CODE lets an agent do what it asks leave for, once; without a code it says what waits."],
  Deny: ["/deny CODE refuses it."]
}

export const help = (allowed: ReadonlyArray<CommandName>): string =>
  ["Here you can write:", ...allowed.flatMap((name) => HELP[name])].join("\n")

const listed = (lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.length <= MOST_LINES
    ? lines
    : [...lines.slice(0, MOST_LINES), `… and ${lines.length - MOST_LINES} more.`]

/** `now` in Unix ms. */
export const requests = (pending: ReadonlyArray<PairingRequest>, now: number): string =>
  pending.length === 0
    ? "Nobody waits to be let in."
    : [
        ...listed(
          pending.map(
            ({ accountId, code, createdAt, sender }) =>
              `${code}: ${sender}, to ${accountId}, ${inWords(now - createdAt)} ago`
          )
        ),
        "/pair CODE lets them in, /reject CODE refuses them."
      ].join("\n")

/** Of a code that is nobody's. */
export const noRequest = (code: string): string =>
  `Nobody waits with the code ${code}: it was answered already, has expired, or is another one.`

export const pausedChats = (pauses: ReadonlyArray<Pause>, now: number): string =>
  pauses.length === 0
    ? "No chat is paused. /pause CHAT pauses one."
    : [
        ...listed(
          pauses.map(
            ({ accountId, chat, until }) =>
              `${chat} of ${accountId}: paused ${until === undefined ? "until you resume it" : `for ${inWords(until - now)}`}`
          )
        ),
        "/resume CHAT lets one go on."
      ].join("\n")

export const paused = (chats: ReadonlyArray<string>): string =>
  `${chats.join(", ")} ${chats.length === 1 ? "is" : "are"} paused: what is written there waits for /resume.`

export const resumed = (chats: ReadonlyArray<string>): string =>
  `${chats.join(", ")} ${chats.length === 1 ? "goes" : "go"} on: what waited is answered.`

export const noChat = (given: string): string =>
  `There is no chat ${given} here. Ids are listed by: imsg-gateway chats`

export const notPaused = (given: string): string => `${given} is not paused.`

/** Of what could not be found out at the moment. */
export const CANNOT_TELL = "Messages cannot be asked just now which chat that is. Please say it again later."

/** What an owner is told of somebody who asks: never what they wrote. */
export const asks = ({ accountId, code, sender }: PairingRequest): string =>
  `${sender} asks to be let in to ${accountId}. /pair ${code} lets them in, /reject ${code} refuses.`

export const MORE_ASK = "More people ask to be let in: /pairing says who."

/** What agents wait for leave for; `now` in Unix ms. */
export const leaveWaiting = (waiting: ReadonlyArray<PermissionRecord>, now: number): string =>
  waiting.length === 0
    ? "No agent waits for leave."
    : [
        ...listed(
          waiting.map(({ agentId, chat, code, expiresAt, ...what }) => {
            return `${code}: ${agentId} wants to ${whatInWords({ ...what, title: saidTitle(what.title) })} (for ${chat}), within ${inWords((expiresAt ?? now) - now)}`
          })
        ),
        "/allow CODE lets it, /deny CODE refuses."
      ].join("\n")

/** Of a code under which no agent waits. */
export const noLeave = (code: string): string =>
  `No agent waits for leave with the code ${code}: it was answered already, its time is over, or it is another one.`
