/** Chats and messages for people. */
import { harmless, oneLine } from "../../../layers/terminal/harmless.ts"
import type { Look } from "../../../layers/terminal/look.ts"
import type { MessageRecord } from "../../../schemas/control/Records.ts"
import type { ChatEntry } from "../../chats/Listed.ts"
import { table } from "../cli/table.ts"

export const cell = (text: string): string => oneLine(text.replace(/\s+/gu, " ").trim())

const twoDigits = (number: number): string => String(number).padStart(2, "0")

/** A time of this machine's zone, to the minute. */
export const localTime = (at: number): string => {
  const date = new Date(at)
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(twoDigits).join("-")
  return `${day} ${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`
}

export const showChats = (chats: ReadonlyArray<ChatEntry>, look?: Look): string =>
  chats.length === 0
    ? "There are no chats."
    : table(
        [
          ["ID", "NAME", "WITH", "SERVICE", "LAST MESSAGE"],
          ...chats.map(({ id, identifier, lastMessageAt, name, participants, service }) => [
            String(id),
            cell(name ?? "-"),
            cell(participants.length === 0 ? (identifier ?? "-") : participants.join(", ")),
            cell(service ?? "-"),
            lastMessageAt === undefined ? "-" : localTime(lastMessageAt)
          ])
        ],
        look
      )

const sender = ({ isFromMe, sender, senderName }: MessageRecord): string =>
  isFromMe ? "me" : cell(senderName || sender || "unknown")

const showMessage = (message: MessageRecord): string => {
  const said = [
    ...(message.text === "" ? [] : [message.text]),
    ...message.files.map((name) => `[file: ${name}]`)
  ]
  const when = message.at === undefined ? "-" : localTime(message.at)
  return `${when}  ${sender(message)}: ${harmless(said.join("\n")).replaceAll("\n", "\n    ")}`
}

export const showHistory = (chatId: number, messages: ReadonlyArray<MessageRecord>): string =>
  messages.length === 0
    ? `There are no messages in a chat with the id ${chatId}.`
    : messages.map(showMessage).join("\n")
