/** How much of what people write is kept and given to an agent. Sizes are bytes of UTF-8. */
import { cutTo } from "./cut.ts"
import type { Envelope } from "./Envelope.ts"
import { oneLine } from "./oneLine.ts"

/** The text of a message: one of plain letters that was cut where it was read (`MAX_TEXT`) has room, with its mark. */
export const MESSAGE_BYTES = 68 * 1024
/** What a message quotes. */
export const QUOTE_BYTES = 4 * 1024
/** The text of a group message that was not for the agent; and what is said of its files. */
export const REMEMBERED_BYTES = 8 * 1024
/** All that an agent is shown of a group's history. */
export const HISTORY_BYTES = 128 * 1024
/** What is said in a voice note. */
export const TRANSCRIPT_BYTES = 16 * 1024
/** The name of a person. */
const NAME_BYTES = 256

/** Somebody's name as one line of a sensible length, where they have one. */
const boundedName = ({ senderName }: Pick<Envelope, "senderName">): Pick<Envelope, "senderName"> =>
  senderName === undefined ? {} : { senderName: cutTo(oneLine(senderName), NAME_BYTES) }

/** A message with as much of its words as there is room for. */
export const boundedMessage = (envelope: Envelope): Envelope => ({
  ...envelope,
  ...boundedName(envelope),
  text: cutTo(envelope.text, MESSAGE_BYTES),
  ...(envelope.replyTo === undefined
    ? {}
    : { replyTo: { ...envelope.replyTo, text: cutTo(envelope.replyTo.text, QUOTE_BYTES) } })
})

type Remembered = Pick<Envelope, "senderName" | "text" | "attachments">

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))

/** The first things of a list that there is room for. */
const firstWithin = <A>(all: ReadonlyArray<A>, maxBytes: number): ReadonlyArray<A> => {
  let bytes = 0
  const end = all.findIndex((one) => {
    bytes += bytesOf(one)
    return bytes > maxBytes
  })
  return end === -1 ? all : all.slice(0, end)
}

/** A group message as it is kept. */
export const boundedMemory = <M extends Remembered>(message: M): M => ({
  ...message,
  ...boundedName(message),
  text: cutTo(message.text, REMEMBERED_BYTES),
  attachments: firstWithin(message.attachments, REMEMBERED_BYTES)
})

/** The newest messages of a history that there is room for, in their order, and whether older ones are left out. */
export const boundedHistory = <M extends Remembered>(
  history: ReadonlyArray<M>
): { readonly history: ReadonlyArray<M>; readonly isCut: boolean } => {
  const newest = firstWithin(history.map(boundedMemory).reverse(), HISTORY_BYTES)
  return { history: [...newest].reverse(), isCut: newest.length < history.length }
}
