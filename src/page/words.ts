/** What the page says of times, states and events. Pure: nothing here touches the document. */
import type { AccountReport, ConfigChange, Status } from "../schemas/control/Status.ts"
import type { GatewayEvent } from "../schemas/GatewayEvent.ts"
import { accountName, type Names } from "./names.ts"

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

/** How many of what: `1 turn`, `2 turns`. */
export const counted = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`

/** The line below the title. */
export const summaryOf = ({ deliveries, sessions, version }: Status): string => {
  const under = [
    { count: sessions.busy, words: counted(sessions.busy, "conversation is busy", "conversations are busy") },
    { count: sessions.waiting, words: counted(sessions.waiting, "message waits", "messages wait") },
    { count: deliveries.queued, words: `${counted(deliveries.queued, "answer", "answers")} on the way` }
  ].filter(({ count }) => count > 0)
  return [
    `Version ${version}`,
    ...(under.length === 0 ? ["all quiet"] : under.map(({ words }) => words))
  ].join(" · ")
}

/** An event, and the account that it is of, by name. */
export const accountOfEvent = (event: GatewayEvent, names: Names): string | undefined =>
  "accountId" in event ? accountName(names, event.accountId) : undefined

/** How the connection to the gateway is. */
export const CONNECTION_WORDS = {
  connecting: "connecting",
  live: "live",
  reconnecting: "reconnecting"
} as const

/** How much on the overview waits for a person: `asked` of people and agents, accounts that need somebody, chats that do not go on alone. */
export const needing = (status: Status | undefined, asked: ReadonlyArray<unknown>): number =>
  asked.length +
  (status?.accounts.filter(({ state }) => state === "degraded").length ?? 0) +
  (status?.paused.filter(({ until }) => until === null).length ?? 0)

/** What a reload of the config came to. */
export const changeWords = ({ added, changed, others, removed }: ConfigChange): string => {
  const words = [
    ...added.map((id) => `${id} added`),
    ...removed.map((id) => `${id} removed`),
    ...changed.map((id) => `${id} changed`),
    ...(others ? ["other settings changed"] : [])
  ]
  return words.length === 0
    ? "The config was read again: nothing is different."
    : `The config was read again: ${words.join(", ")}.`
}

/** How long something took. */
export const took = (ms: number): string =>
  ms < SECOND ? `${Math.round(ms)} ms` : ms < MINUTE ? `${(ms / SECOND).toFixed(1)} s` : spanOf(ms)

/** How a part, or an answer, can end. */
export const PART_ENDINGS = {
  sent: "was sent",
  uncertain: "may or may not have been sent,",
  failed: "could not be sent,",
  "left-out": "was left out",
  expired: "was of no use any more,",
  withdrawn: "was taken back before it was sent,"
} as const

/** How a turn can end. */
export const ENDINGS = {
  answered: "answered",
  silent: "had nothing to say",
  failed: "failed",
  "over-budget": "was not asked, over the budget,",
  stopped: "was stopped"
} as const

/** The same of an agent's last turn. */
export const TURN_WORDS: Readonly<Record<keyof typeof ENDINGS, string>> = {
  answered: "answered",
  silent: "nothing to say",
  failed: "failed",
  "over-budget": "not asked, over the budget",
  stopped: "stopped"
}

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
