/**
 * What happened in a chat: what was said, from Messages' own history; what was decided of it, what the agent made of it
 * and what became of its answer, from the gateway's. Pure.
 */
import type { MessageRecord } from "../schemas/control/Records.ts"
import type { DecidedPart, DecidedTurn, Decision } from "../schemas/Decision.ts"
import { WAITING } from "../schemas/Fate.ts"
import { fateInWords, wordsOfFate } from "../schemas/fateWords.ts"
import { codeWords, type Tone, took } from "./words.ts"

export interface Note {
  readonly tone: Tone
  readonly words: string
}

/** A message, or a row of which only the decision is known: its text is undefined then. */
export interface Entry {
  readonly id: number
  readonly at: number | undefined
  readonly isOurs: boolean
  readonly sender: string | undefined
  readonly senderName: string | undefined
  readonly text: string | undefined
  readonly files: ReadonlyArray<string>
  readonly notes: ReadonlyArray<Note>
}

type AgentName = (id: string) => string

const turnNote = (turn: DecidedTurn, agentName: AgentName): Note => {
  const agent = agentName(turn.agentId)
  const why = turn.reason ?? (turn.code === undefined ? undefined : codeWords(turn.code))
  switch (turn.outcome) {
    case "answered":
      return { tone: "good", words: `${agent} answered after ${took(turn.durationMs)}` }
    case "silent":
      return { tone: "plain", words: `${agent} had nothing to say` }
    case "failed":
      return { tone: "bad", words: `${agent} failed${why === undefined ? "" : `: ${why}`}` }
    case "over-budget":
      return { tone: "doubtful", words: `${agent} was not asked: the budget is used up` }
    case "stopped":
      return { tone: "doubtful", words: `${agent} was stopped` }
  }
}

const UNSENT = {
  uncertain: "may or may not have been sent",
  failed: "was not sent",
  "left-out": "was left out"
} as const

/** What is not in the chat has to be told; what was sent stands there by itself. */
const partNote = ({ detail, index, state }: DecidedPart): ReadonlyArray<Note> =>
  state === "sent"
    ? []
    : [
        {
          tone: state === "failed" ? "bad" : "doubtful",
          words: `Part ${index + 1} of the answer ${UNSENT[state]}${detail === null ? "" : `: ${detail}`}`
        }
      ]

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** What is to be said of a row that somebody else wrote. */
export const notesOf = (decision: Decision | undefined, agentName: AgentName): ReadonlyArray<Note> => {
  if (decision === undefined) return [{ tone: "plain", words: "What was decided of it is not known" }]
  const { fate, parts, turn } = decision
  if (fate === WAITING) return [{ tone: "doubtful", words: "Waits for what Messages has not written yet" }]
  const { done } = wordsOfFate(fate)
  const decided: Note = {
    tone: done === "not answered" || done === "given a code" ? "doubtful" : "plain",
    words: sentence(fateInWords(fate))
  }
  if (turn !== null) return [decided, turnNote(turn, agentName), ...parts.flatMap(partNote)]
  const open: ReadonlyArray<Note> =
    done === "given to the agent" ? [{ tone: "plain", words: "The agent has not finished with it yet" }] : []
  return [decided, ...open, ...parts.flatMap(partNote)]
}

/** What is to be said of a row that the account itself wrote. */
const ownNotes = (answerTo: Decision | undefined, agentName: AgentName): ReadonlyArray<Note> =>
  answerTo?.turn == null ? [] : [{ tone: "good", words: `Sent for ${agentName(answerTo.turn.agentId)}` }]

const OWN: ReadonlyArray<string> = ["from-me", "echo"]

const withoutWords = (decision: Decision, agentName: AgentName): Entry => {
  const isOurs = OWN.includes(decision.fate)
  return {
    id: decision.rowId,
    at: decision.at,
    isOurs,
    sender: undefined,
    senderName: undefined,
    text: undefined,
    files: [],
    notes: isOurs ? [] : notesOf(decision, agentName)
  }
}

/** The flow of a chat, oldest first; without a history (nobody can ask Messages) what was decided alone. */
export const flowOf = (
  history: ReadonlyArray<MessageRecord> | undefined,
  decisions: ReadonlyArray<Decision>,
  agentName: AgentName
): ReadonlyArray<Entry> => {
  if (history === undefined) return decisions.map((one) => withoutWords(one, agentName)).reverse()
  const byGuid = new Map(decisions.map((one) => [one.guid, one]))
  const byRow = new Map(decisions.map((one) => [one.rowId, one]))
  const answers = new Map(
    decisions.flatMap((one) => one.parts.flatMap(({ guid }) => (guid === null ? [] : [[guid, one] as const])))
  )
  return history.map(({ at, files, guid, id, isFromMe, sender, senderName, text }) => ({
    id,
    at,
    isOurs: isFromMe,
    sender,
    senderName,
    text,
    files,
    notes: isFromMe
      ? ownNotes(answers.get(guid), agentName)
      : notesOf(byGuid.get(guid) ?? byRow.get(id), agentName)
  }))
}
