/** Messages writes the preview of a link as a row of its own, after the message that has the link. */
import { Effect, Option } from "effect"
import { beginning } from "../../../schemas/cut.ts"
import type { ImsgMessage } from "../../../schemas/ImsgProtocol.ts"
import { sentAtOf } from "../chatdb/landmarks.ts"
import type { LookInto } from "../chatdb/said.ts"

const PROVIDER = "com.apple.messages.URLBalloonProvider"
/** How much younger than its message a preview may be; some builds date rows to the second. */
const WITHIN_MS = 6000
const BEFORE_MS = 1000
/** Messages that are remembered, and how much of each. */
const CAPACITY = 32
const REMEMBERED = 16_384

/** A link of its own, or the preview of one: nothing but its address, which is all that Messages makes one of. */
const ADDRESS = /^\S+$/u

/** Whether a word of a text is an address that Messages could make a preview of; it needs no scheme for that. */
const isAddress = (word: string): boolean =>
  /:\/\/./u.test(word) || (!word.includes("@") && /[\p{L}\p{N}]\.\p{L}{2}/u.test(word))

/** Whether a row is a link as Messages shows it; by itself it is a message. */
const isLink = ({ balloon_bundle_id }: ImsgMessage): boolean => balloon_bundle_id === PROVIDER

/**
 * Whether a link is the preview of one that a message has. `reply_to_guid` alone does not say so, since newer builds
 * fill it with whatever came before; but of a message with a link, the preview can have another address: the one that
 * it leads to, or the same in another spelling.
 */
export const isPreviewOf = (link: ImsgMessage, message: ImsgMessage): boolean => {
  const [younger, older] = [sentAtOf(link), sentAtOf(message)]
  const isItsOwn =
    message.id < link.id &&
    message.guid !== link.guid &&
    !isLink(message) &&
    message.chat_id === link.chat_id &&
    message.sender === link.sender &&
    message.is_from_me === link.is_from_me
  if (!isItsOwn || younger === undefined || older === undefined) return false
  if (younger - older > WITHIN_MS || older - younger > BEFORE_MS) return false
  if (message.url_preview?.guid) return message.url_preview.guid === link.guid
  const address = (link.text ?? "").replaceAll("\ufffc", "").trim().replace(/\/$/u, "")
  const text = message.text ?? ""
  return (
    (ADDRESS.test(address) && text.toLowerCase().includes(address.toLowerCase())) ||
    (link.reply_to_guid === message.guid && text.split(/\s+/u).some(isAddress))
  )
}

/** Whether a row, which must have its chat, is the preview of a link in a message from before it. */
export type IsPreview = (row: ImsgMessage) => Effect.Effect<boolean>

export const makeIsPreview = (lookInto: LookInto): IsPreview => {
  let recent: ReadonlyArray<ImsgMessage> = []
  const note = (row: ImsgMessage) => {
    const text = beginning(row.text ?? "", REMEMBERED)
    // One that waits is shown more than once.
    const others = recent.filter(({ guid }) => guid !== row.guid)
    recent = [...others.slice(1 - CAPACITY), { ...row, text }]
  }
  /** Whether all that could be the message of a link was seen by this child. */
  const reachesBackOver = (link: ImsgMessage): boolean => {
    const [first] = recent
    const [oldest, youngest] = [first && sentAtOf(first), sentAtOf(link)]
    return oldest !== undefined && youngest !== undefined && youngest - oldest > WITHIN_MS
  }
  return (row) =>
    Effect.gen(function* () {
      if (!isLink(row)) {
        note(row)
        return false
      }
      if (recent.some((message) => isPreviewOf(row, message))) return true
      if (reachesBackOver(row) || row.chat_id === undefined || row.chat_id <= 0) return false
      const { chat_id } = row
      return Option.exists(yield* lookInto(chat_id), ({ rows }) =>
        // Old builds do not name the chat in it, which is known.
        rows.some((message) => isPreviewOf(row, { ...message, chat_id }))
      )
    })
}
