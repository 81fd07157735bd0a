/** Why messages were answered, or not, for people and for machines. */
import { harmless, oneLine } from "../../../layers/terminal/harmless.ts"
import type { ChatRecord } from "../../../schemas/control/Records.ts"
import { partsInWords, turnInWords } from "../../../schemas/decisionWords.ts"
import { wordsOfFate } from "../../../schemas/fateWords.ts"
import { personInWords } from "../../../schemas/naming.ts"
import type { People } from "../../../schemas/People.ts"
import type { Cursor } from "../../../services/Positions.ts"
import type { Explained } from "../../chats/explained.ts"
import { cell, localTime } from "../chats/text.ts"

/** What was decided, by which rule, and what would change it. */
const inWords = (fate: string): ReadonlyArray<string> => {
  const { because, change, done, key } = wordsOfFate(fate)
  return [
    `${done}: ${because}${key === undefined ? "" : ` (${key})`}`,
    ...(change === undefined || done === "given to the agent" ? [] : [change])
  ]
}

/** What else there is to say it with. */
export interface Known {
  readonly people: People
  /** Up to where the account has read its database, and where it began; undefined where it never has. */
  readonly cursor: Cursor | undefined
  /** What chats are called, where the gateway that runs says it. */
  readonly chats: ReadonlyArray<ChatRecord>
}

/** Of a message nothing is kept: it is not read yet, it was there before anything was, or it was decided long ago. */
const undecided = ({ message, rowId }: Explained, cursor: Cursor | undefined): ReadonlyArray<string> => {
  if (cursor === undefined || rowId > cursor.rowId) {
    return ["not decided yet: the gateway has not read it; `imsg-gateway status` says whether it runs"]
  }
  const { baselineAt } = cursor
  return message?.at !== undefined && baselineAt !== undefined && message.at <= baselineAt
    ? inWords("before-first-start")
    : ["what was decided is not kept any more, or was not yet: see retention.days"]
}

/** All that can be said of a message, line by line: what was decided, and what came of it. */
const linesOf = (one: Explained, cursor: Cursor | undefined): ReadonlyArray<string> => {
  const { decision } = one
  if (decision === undefined) return undecided(one, cursor)
  const turn = turnInWords(decision)
  return [...inWords(decision.fate), ...(turn === undefined ? [] : [turn]), ...partsInWords(decision)]
}

/** Who writes in a chat, by its name and who is in it, else by its id. */
const whoIsIn = (id: number, { chats, people }: Known): string => {
  const { isGroup = true, name = "", participants = [] } = chats.find((one) => one.id === id) ?? {}
  const [only, ...others] = participants
  if (!isGroup && only !== undefined && others.length === 0) return personInWords(people, only, name)
  if (name !== "") return `somebody in ${name} (chat ${id})`
  return `somebody in ${participants.length === 0 ? "" : `a group of ${participants.length}, `}chat ${id}`
}

const whoOf = ({ decision, message }: Explained, known: Known): string => {
  if (message?.sender !== undefined && message.sender !== "")
    return personInWords(known.people, message.sender, message.senderName)
  const chatId = decision?.chatId ?? null
  return chatId === null ? "somebody" : whoIsIn(chatId, known)
}

const whenOf = ({ decision, message }: Explained): string => {
  const at = message?.at ?? decision?.at
  return at === undefined ? "-" : localTime(at)
}

const showOne = (one: Explained, known: Known): string => {
  const { files = [], text = "" } = one.message ?? {}
  const said = [text, ...files.map((name) => `[file: ${name}]`)].filter((words) => words !== "").join(" ")
  return [
    `${whenOf(one)}  ${oneLine(whoOf(one, known))}${said === "" ? "" : `: ${cell(said)}`}`,
    ...linesOf(one, known.cursor).map((line) => `    ${harmless(line).replaceAll("\n", "\n    ")}`)
  ].join("\n")
}

export const showWhy = (messages: ReadonlyArray<Explained>, known: Known): string =>
  messages.length === 0
    ? "No message has come that anything is known of: `imsg-gateway status` says whether the account runs."
    : messages.map((one) => showOne(one, known)).join("\n")

/** A message for machines: what the interface says of it, who wrote it where that is known, and the same in words. */
export const whyRecord = (one: Explained, { cursor, people }: Known) => {
  const { decision, message, rowId } = one
  const words = decision === undefined ? undefined : wordsOfFate(decision.fate)
  return {
    ...(decision ?? { rowId, guid: message?.guid, fate: null, turn: null, parts: [] }),
    ...(message === undefined ? {} : { sentAt: message.at, sender: message.sender }),
    ...(message?.sender === undefined
      ? {}
      : { who: personInWords(people, message.sender, message.senderName) }),
    key: words?.key ?? null,
    change: words?.change ?? null,
    words: linesOf(one, cursor)
  }
}
