/** What happens in the gateway, as whoever looks at its terminal reads it. */
import { bridgeChangeInWords } from "../../../schemas/bridgeWords.ts"
import { tookInWords } from "../../../schemas/decisionWords.ts"
import { wordsOfFate } from "../../../schemas/fateWords.ts"
import type { GatewayEvent } from "../../../schemas/GatewayEvent.ts"
import { accountNamed, personInWords } from "../../../schemas/naming.ts"
import type { People } from "../../../schemas/People.ts"
import { kindInWords, leaveInWords } from "../../../schemas/permissionWords.ts"

/** By what names there are. */
export interface Names {
  readonly people: People
  readonly accounts: ReadonlyArray<{ readonly id: string; readonly name?: string | undefined }>
  /** What a chat of an account is called, by its rowid; undefined where that is not known. */
  readonly chatName: (accountId: string, chatId: number) => string | undefined
}

type Event<Tag extends GatewayEvent["_tag"]> = Extract<GatewayEvent, { readonly _tag: Tag }>

const CHAT_ID = /^chat_id:(\d+)$/u

/** Where something goes: by the name of the chat, or of the person, else as it is written. */
const placeOf = (accountId: string, target: string, { chatName, people }: Names): string => {
  const chatId = CHAT_ID.exec(target)?.[1]
  if (chatId === undefined) return personInWords(people, target)
  return chatName(accountId, Number(chatId)) ?? `chat ${chatId}`
}

/** Nothing of what is nobody's, and of what the next event says better. */
const judged = (event: Event<"MessageJudged">, names: Names): string | undefined => {
  const { because, done, key } = wordsOfFate(event.fate)
  if (done === "not for anybody" || event.fate === "pairing-requested") return undefined
  const who = event.sender === undefined ? "somebody" : personInWords(names.people, event.sender)
  const group =
    event.fate.startsWith("group-") && event.chatId !== undefined
      ? ` in ${placeOf(event.accountId, `chat_id:${event.chatId}`, names)}`
      : ""
  const by = key === undefined || done === "given to the agent" ? "" : ` (${key})`
  return `${who} wrote${group}: ${done}: ${because}${by}`
}

const ended = ({ agentId, durationMs, outcome }: Event<"TurnEnded">): string | undefined => {
  switch (outcome) {
    case "answered":
      return `${agentId} answered after ${tookInWords(durationMs)}: it is on its way`
    case "silent":
      return `${agentId} said nothing, after ${tookInWords(durationMs)}`
    case "over-budget":
      return `${agentId} was not asked: what messages.budget allows in 24 hours is used up`
    case "stopped":
      return `${agentId} was stopped, by /stop or /new in the chat`
    case "failed":
      return undefined
  }
}

const lineOf = (event: GatewayEvent, names: Names): string | undefined => {
  switch (event._tag) {
    case "MessageJudged":
      return judged(event, names)
    case "TurnBegun":
      return `${event.agentId} is asked`
    case "TurnEnded":
      return ended(event)
    case "BridgeChanged":
      return `the private bridge of imsg ${bridgeChangeInWords[event.state]}`
    case "PermissionAsked":
      return `${event.agentId} asks an owner for leave to ${kindInWords[event.kind]}: imsg-gateway permissions list`
    case "PermissionDecided":
      return `leave for ${event.agentId} to ${kindInWords[event.kind]} was ${leaveInWords(event.allowed, event.reason)}`
    case "DeliveryEnded":
      return event.outcome === "sent" ? `sent to ${placeOf(event.accountId, event.target, names)}` : undefined
    case "PairingRequested":
      return `${personInWords(names.people, event.sender)} asks to be let in: imsg-gateway pairing approve imessage ${event.code}`
    case "ChatResumed":
      return `${placeOf(event.accountId, event.chat, names)} is answered again`
    case "SendAccepted":
      return `a message to ${placeOf(event.accountId, event.target, names)} was asked for by ${event.via === "tool" ? "a tool" : "hand"}`
    // The log says these itself, with what to do.
    case "AgentWorked":
    case "AccountState":
    case "ChildRestarted":
    case "BudgetExceeded":
    case "PartSettled":
    case "ChatPaused":
    case "PairingApproved":
    case "ConfigReloaded":
    case "SignedIn":
    case "TokenRefused":
      return undefined
  }
}

/** A line for an event; none where there is nothing to say. Its account is named where there are several. */
export const lifeLine = (event: GatewayEvent, names: Names): string | undefined => {
  const line = lineOf(event, names)
  if (line === undefined || names.accounts.length < 2 || !("accountId" in event)) return line
  return `${accountNamed(names.accounts, event.accountId)}: ${line}`
}
