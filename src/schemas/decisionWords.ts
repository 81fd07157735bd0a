/** What came of a message after it was decided, as people are told it. Nothing here needs more than the language. */
import type { DecidedPart, Decision } from "./Decision.ts"
import { wordsOfFate } from "./fateWords.ts"

/** A time that something took: `340 ms`, `2.1 s`. */
export const tookInWords = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`

/** What became of the turn that a message is part of; none of what is nobody's turn. */
export const turnInWords = ({ accountId, fate, guid, parts, turn }: Decision): string | undefined => {
  if (turn === null) {
    if (wordsOfFate(fate).done !== "given to the agent") return undefined
    return parts.length > 0
      ? "it was answered; how long that took is not known"
      : "it is not answered yet: its agent is being asked, or earlier messages or a paused chat are in its way"
  }
  const { agentId, durationMs, outcome, reason } = turn
  const among = turn.id === `${accountId}:${guid}` ? "" : ", together with earlier messages"
  switch (outcome) {
    case "answered":
      return `${agentId} was asked${among}, and answered in ${tookInWords(durationMs)}`
    case "silent":
      return `${agentId} was asked${among}, and said nothing, after ${tookInWords(durationMs)}`
    case "failed":
      return `it failed after ${tookInWords(durationMs)}${among}: ${reason ?? "nobody said why"}; see \`imsg-gateway deadletters list\``
    case "over-budget":
      return `${agentId} was not asked: what messages.budget allows in 24 hours is used up`
    case "stopped":
      return "it was stopped, by /stop or /new in the chat"
  }
}

const STATES = {
  sent: "was sent",
  uncertain: "may have been sent",
  failed: "was not sent",
  "left-out": "was left out"
} as const

const partInWords = ({ detail, index, state }: DecidedPart, isOnly: boolean): string =>
  `${isOnly ? "the answer" : `part ${index + 1}`} ${STATES[state]}${state === "sent" || detail === null ? "" : `: ${detail}`}`

/** What became of each part of the answer, in their order; those that wait are one line where none is settled. */
export const partsInWords = ({ parts, turn }: Decision): ReadonlyArray<string> =>
  parts.length === 0 && turn?.outcome === "answered"
    ? ["the answer waits or is being sent"]
    : parts.map((part) => partInWords(part, parts.length === 1))
