/** What the page says of times, states and events. Pure: nothing here touches the document. */
import type { AccountReport, Status } from "../schemas/control/Status.ts"
import type { GatewayEvent } from "../schemas/GatewayEvent.ts"

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A span in its largest unit: `5 s`, `3 min`, `2 h`, `4 days`. */
export const spanOf = (ms: number): string => {
  if (ms < MINUTE) return `${Math.max(0, Math.floor(ms / SECOND))} s`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h`
  const days = Math.floor(ms / DAY)
  return days === 1 ? "1 day" : `${days} days`
}

/** How a time is told: how long ago or ahead it is, or only how long that is. */
export type Tense = "ago" | "for"

/** A time as people say it. */
export const timeWords = (at: number, now: number, tense: Tense): string => {
  const span = spanOf(Math.abs(now - at))
  if (tense === "for") return span
  return at > now ? `in ${span}` : `${span} ago`
}

type AccountState = AccountReport["state"]

/** The states of an account in words. */
export const STATE_WORDS: Readonly<Record<AccountState, string>> = {
  starting: "starting",
  running: "running",
  backoff: "waiting to restart",
  degraded: "needs you",
  stopped: "stopped",
  disabled: "disabled"
}

/** Codes such as `child_exited`, as words. */
export const codeWords = (code: string): string => code.replaceAll(/[_-]+/gu, " ")

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`

/** The line below the title. */
export const summaryOf = ({ accounts, deliveries, sessions, version }: Status): string => {
  const enabled = accounts.filter(({ state }) => state !== "disabled")
  const running = enabled.filter(({ state }) => state === "running")
  return [
    `Version ${version}`,
    `${running.length} of ${counted(enabled.length, "account runs", "accounts run")}`,
    `${counted(sessions.busy, "conversation", "conversations")} busy`,
    `${counted(sessions.waiting, "message waits", "messages wait")}`,
    `${counted(deliveries.queued, "reply", "replies")} on the way`
  ].join(" · ")
}

type Tag = GatewayEvent["_tag"]

/** Every kind of event, by its name on the wire, as the page calls it. */
export const KINDS: Readonly<Record<Tag, string>> = {
  AccountState: "Account",
  ChildRestarted: "Restart",
  MessageJudged: "Message in",
  TurnBegun: "Turn",
  TurnEnded: "Turn",
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

const took = (ms: number): string => (ms < SECOND ? `${Math.round(ms)} ms` : `${(ms / SECOND).toFixed(1)} s`)

const named = (word: string, ids: ReadonlyArray<string>): ReadonlyArray<string> =>
  ids.length === 0 ? [] : [`${word} ${ids.join(", ")}`]

/** What happened, in a line. The words of messages are not in it. */
export const eventWords = (event: GatewayEvent): string => {
  switch (event._tag) {
    case "AccountState":
      return `${STATE_WORDS[event.state] ?? event.state}: ${event.message ?? event.reason}`
    case "ChildRestarted":
      return `the child was replaced: ${codeWords(event.reason)}`
    case "MessageJudged":
      return [
        `row ${event.rowId}`,
        ...(event.sender === undefined ? [] : [`from ${event.sender}`]),
        codeWords(event.fate)
      ].join(", ")
    case "TurnBegun":
      return `${event.agentId} is asked`
    case "TurnEnded":
      return `${event.agentId} ${ENDINGS[event.outcome]} after ${took(event.durationMs)}`
    case "BudgetExceeded":
      return `${event.subject} has used up messages.budget.${event.budget}, and is not answered for now`
    case "PartSettled":
      return `part ${event.index + 1} to ${event.target} ${event.outcome} after ${took(event.durationMs)}`
    case "DeliveryEnded":
      return `to ${event.target} ${event.outcome} after ${took(event.durationMs)}`
    case "ChatPaused":
      return event.times === 0
        ? `${event.chat} is paused by an owner until you resume it`
        : `${event.chat} gives the gateway's own words back: paused ${event.until === null ? "until you resume it" : "for a while"}`
    case "ChatResumed":
      return `${event.chat} is answered again`
    case "PairingRequested":
      return `${event.sender} asks to be let in, with the code ${event.code}`
    case "PairingApproved":
      return `${event.sender} is let in`
    case "SignedIn":
      return `a browser at ${event.address} signed in`
    case "TokenRefused":
      return `somebody at ${event.address} showed a wrong token`
    case "SendAccepted":
      return `a message to ${event.target} was asked for ${event.via === "web" ? "over TCP" : "on this machine"}`
    case "ConfigReloaded": {
      const changes = [
        ...named("added", event.added),
        ...named("removed", event.removed),
        ...named("changed", event.changed)
      ]
      return changes.length === 0 ? "read again, no account changed" : `read again: ${changes.join("; ")}`
    }
  }
}

/** How a turn can end. */
const ENDINGS = {
  answered: "answered",
  silent: "had nothing to say",
  failed: "failed",
  "over-budget": "was not asked, over the budget,",
  stopped: "was stopped"
} as const

/** How an event should look. */
export type Tone = "good" | "bad" | "doubtful" | "plain"

const OUTCOMES: Readonly<Record<string, Tone>> = {
  running: "good",
  answered: "good",
  sent: "good",
  backoff: "doubtful",
  uncertain: "doubtful",
  "over-budget": "doubtful",
  stopped: "doubtful",
  degraded: "bad",
  failed: "bad",
  expired: "bad"
}

/** The tone of an outcome or a state. */
export const toneOf = (outcome: string): Tone => OUTCOMES[outcome] ?? "plain"

/** Events that somebody should look at. */
const DOUBTFUL: ReadonlyArray<string> = ["ChildRestarted", "BudgetExceeded", "ChatPaused", "TokenRefused"]

/** The tone of an event. */
export const eventTone = (event: GatewayEvent): Tone => {
  if ("outcome" in event) return toneOf(event.outcome)
  if (event._tag === "AccountState") return toneOf(event.state)
  if (DOUBTFUL.includes(event._tag)) return "doubtful"
  return "plain"
}
