/** Dead letters for people and for machines. */

import { harmless, oneLine } from "../../../layers/terminal/harmless.ts"
import type { Look } from "../../../layers/terminal/look.ts"
import type { GatewayConfig } from "../../../schemas/Config.ts"
import {
  accountOf,
  type DeadContent,
  type DeadLetter,
  idOf,
  type Unreadable
} from "../../../schemas/DeadLetter.ts"
import type { PartRecord } from "../../../schemas/Delivery.ts"
import { inWords } from "../../../schemas/inWords.ts"
import { accountNamed, personInWords } from "../../../schemas/naming.ts"
import type { People } from "../../../schemas/People.ts"
import { partInWords, plannedWords, stateName } from "../../../schemas/partWords.ts"
import { chatOf, kindOf, sessionOf } from "../../deadLetters/records.ts"
import { table } from "./table.ts"

const brief = (text: string): string => text.replace(/\s+/gu, " ").trim()

const indented = (text: string): string => harmless(text).replace(/^/gmu, "    ")

/** By what names there are. */
type Named = Pick<GatewayConfig, "accounts" | "people">

export const showList = (
  letters: ReadonlyArray<DeadLetter>,
  { accounts, people }: Named,
  now: number,
  look?: Look
): string =>
  letters.length === 0
    ? "There are no dead letters."
    : table(
        [
          ["ID", "KIND", "ACCOUNT", "WHERE", "CODE", "AGE", "STATUS", "REASON"],
          ...letters.map(({ buriedAt, code, content, message, number, status }) => [
            String(number),
            kindOf(content),
            accountNamed(accounts, accountOf(content)),
            brief(sessionOf(content) ?? personInWords(people, chatOf(content))),
            code,
            inWords(now - buriedAt),
            status,
            brief(message)
          ])
        ],
        look
      )

const stateOf = ({ state }: PartRecord): string =>
  "detail" in state ? `${stateName(state)}: ${state.detail}` : stateName(state)

const bodyOf = (
  content: DeadContent | Unreadable,
  parts: ReadonlyArray<PartRecord>,
  people: People
): ReadonlyArray<string> => {
  if (content._tag === "Turn") {
    return content.messages.flatMap(({ envelope: { attachments, sender, senderName, sentAt, text } }) => [
      `message of ${oneLine(personInWords(people, sender, senderName))}${sentAt === undefined ? "" : `, ${new Date(sentAt).toISOString()}`}`,
      indented([text, ...attachments.map(({ path }) => `file ${path}`)].join("\n"))
    ])
  }
  if (parts.length > 0) {
    return parts.flatMap((record) => [
      `part ${record.index + 1} of ${parts.length}, ${oneLine(stateOf(record))}`,
      indented(partInWords(record.part))
    ])
  }
  if (content._tag === "Unreadable") return ["what it says cannot be read"]
  const planned = plannedWords(content.delivery, (path) => `file ${path}`)
  return planned.flatMap((words) => ["not begun", indented(words)])
}

export const showOne = (
  letter: DeadLetter,
  parts: ReadonlyArray<PartRecord>,
  { accounts, people }: Named,
  now: number
): string => {
  const { attempts, buriedAt, code, content, message, number, report = message, status } = letter
  const session = sessionOf(content)
  return [
    table([
      ["id", String(number)],
      ["kind", kindOf(content)],
      ["account", accountNamed(accounts, accountOf(content))],
      ["chat", personInWords(people, chatOf(content))],
      ...(session === undefined ? [] : [["session", session]]),
      ["subject", idOf(content)],
      ["status", status],
      ["failed", `${new Date(buriedAt).toISOString()}, ${inWords(now - buriedAt)} ago`],
      ["failed for good", attempts === 1 ? "once" : `${attempts} times`],
      ["code", code],
      ["reason", report]
    ]),
    "",
    ...bodyOf(content, parts, people)
  ].join("\n")
}
