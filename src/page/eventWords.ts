/** What the page says of events. Pure, as words.ts. */
import { bridgeChangeInWords } from "../schemas/bridgeWords.ts"
import { fateInWords, wordsOfFate } from "../schemas/fateWords.ts"
import type { GatewayEvent } from "../schemas/GatewayEvent.ts"
import { kindInWords, leaveInWords } from "../schemas/permissionWords.ts"
import { agentName, type Names, personName, targetName } from "./names.ts"
import { codeWords, ENDINGS, PART_ENDINGS, STATE_WORDS, type Tone, toneOf, took } from "./words.ts"

type Tag = GatewayEvent["_tag"]

const VIA = { socket: "on this machine", web: "over HTTP", tool: "by a tool" } as const

/** Every kind of event, by its name on the wire, as the page calls it. */
export const KINDS: Readonly<Record<Tag, string>> = {
  AccountState: "Account",
  ChildRestarted: "Restart",
  BridgeChanged: "Bridge",
  MessageJudged: "Message in",
  TurnBegun: "Turn begun",
  TurnEnded: "Turn ended",
  AgentWorked: "At work",
  PermissionAsked: "Leave asked",
  PermissionDecided: "Leave",
  BudgetExceeded: "Over budget",
  PartSettled: "Part out",
  DeliveryEnded: "Delivery",
  ChatPaused: "Chat paused",
  ChatResumed: "Chat goes on",
  PairingRequested: "Pairing request",
  PairingApproved: "Let in",
  ConfigReloaded: "Config",
  SignedIn: "Sign-in",
  TokenRefused: "Wrong token",
  SendAccepted: "Sent by hand"
}

export const isTag = (name: string): name is Tag => Object.hasOwn(KINDS, name)

const named = (word: string, ids: ReadonlyArray<string>): ReadonlyArray<string> =>
  ids.length === 0 ? [] : [`${word} ${ids.join(", ")}`]

type Judged = Extract<GatewayEvent, { readonly _tag: "MessageJudged" }>

const judgedWords = ({ accountId, chatId, fate, sender }: Judged, names: Names): string => {
  const who = sender === undefined ? "" : `${personName(names, sender)}: `
  const where = chatId === undefined ? "" : targetName(names, accountId, `chat_id:${chatId}`)
  const from = who !== "" || where === "" || where.startsWith("chat_id:") ? who : `${where}: `
  return `${from}${fateInWords(fate)}`
}

type Changed = Extract<GatewayEvent, { readonly _tag: "ConfigReloaded" }>

const reloadedWords = ({ added, changed, removed }: Changed): string => {
  const changes = [...named("added", added), ...named("removed", removed), ...named("changed", changed)]
  return changes.length === 0 ? "read again, no account changed" : `read again: ${changes.join("; ")}`
}

const workWords = ({ kind, what }: Extract<GatewayEvent, { readonly _tag: "AgentWorked" }>): string => {
  switch (what) {
    case "thought":
      return "thinks"
    case "plan":
      return "has a plan"
    case "tool":
      return `began to ${kindInWords[kind ?? "other"]}`
  }
}

/** What happened, in a line, with people by name. The words of messages are not in it. */
export const eventWords = (event: GatewayEvent, names: Names): string => {
  const chat = (target: string): string =>
    "accountId" in event ? targetName(names, event.accountId, target) : target
  switch (event._tag) {
    case "AccountState":
      return `${STATE_WORDS[event.state] ?? event.state}: ${event.message ?? codeWords(event.reason)}`
    case "ChildRestarted":
      return `imsg was started anew: ${codeWords(event.reason)}`
    case "BridgeChanged":
      return `the private bridge ${bridgeChangeInWords[event.state]}${event.message === undefined ? "" : `: ${event.message}`}`
    case "MessageJudged":
      return judgedWords(event, names)
    case "TurnBegun":
      return `${agentName(names, event.agentId)} is asked`
    case "TurnEnded":
      return `${agentName(names, event.agentId)} ${ENDINGS[event.outcome]} after ${took(event.durationMs)}`
    case "AgentWorked":
      return `${agentName(names, event.agentId)} ${workWords(event)}`
    case "PermissionAsked":
      return `${agentName(names, event.agentId)} asks for leave to ${kindInWords[event.kind]}`
    case "PermissionDecided":
      return `leave for ${agentName(names, event.agentId)} to ${kindInWords[event.kind]} was ${leaveInWords(event.allowed, event.reason)}`
    case "BudgetExceeded":
      return `${personName(names, event.subject)} has used up messages.budget.${event.budget}, and is not answered for now`
    case "PartSettled":
      return `part ${event.index + 1} to ${chat(event.target)} ${PART_ENDINGS[event.outcome]} after ${took(event.durationMs)}`
    case "DeliveryEnded":
      return `the answer to ${chat(event.target)} ${PART_ENDINGS[event.outcome]} after ${took(event.durationMs)}`
    case "ChatPaused":
      return event.times === 0
        ? `${chat(event.chat)} is paused by an owner until you resume it`
        : `${chat(event.chat)} gives the gateway's own words back: paused ${event.until === null ? "until you resume it" : "for a while"}`
    case "ChatResumed":
      return `${chat(event.chat)} is answered again`
    case "PairingRequested":
      return `${personName(names, event.sender)} asks to be let in, with the code ${event.code}`
    case "PairingApproved":
      return `${personName(names, event.sender)} is let in`
    case "SignedIn":
      return `a browser at ${event.address} signed in`
    case "TokenRefused":
      return `somebody at ${event.address} showed a wrong token`
    case "SendAccepted":
      return `a message to ${chat(event.target)} was asked for ${VIA[event.via]}`
    case "ConfigReloaded":
      return reloadedWords(event)
  }
}

/** What was done with a message, where it says more than that it came. */
const TONES: Readonly<Record<string, Tone>> = { "given to the agent": "good", "given a code": "doubtful" }

/** Events that somebody should look at. */
const DOUBTFUL: ReadonlyArray<string> = ["ChildRestarted", "BudgetExceeded", "ChatPaused", "TokenRefused"]

/** The tone of an event. */
export const eventTone = (event: GatewayEvent): Tone => {
  if ("outcome" in event) return toneOf(event.outcome)
  if (event._tag === "AccountState") return toneOf(event.state)
  if (event._tag === "MessageJudged") return TONES[wordsOfFate(event.fate).done] ?? "plain"
  if (DOUBTFUL.includes(event._tag)) return "doubtful"
  return "plain"
}
