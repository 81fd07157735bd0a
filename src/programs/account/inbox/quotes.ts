/** What a message replies to, where its row only says which message that is. */
import { Effect, Option } from "effect"
import { MAX_QUOTE } from "../../../schemas/bounds.ts"
import { cut } from "../../../schemas/cut.ts"
import type { ImsgMessage } from "../../../schemas/ImsgProtocol.ts"
import type { LookInto } from "../chatdb/said.ts"

/** Quotations that are remembered, `MAX_QUOTE` at most of each: a thread replies to one message again and again. */
const CAPACITY = 64

type Quotation = Pick<ImsgMessage, "reply_to_text" | "reply_to_sender">

/**
 * The message that a row replies to, where its row does not say what that was. `reply_to_guid` alone proves no reply:
 * Messages writes the message before into most rows.
 */
const wantedBy = ({ reply_to_text, thread_originator_guid }: ImsgMessage): string | undefined =>
  reply_to_text ? undefined : thread_originator_guid || undefined

/** In a direct chat the sender of an outgoing row can be the other one: only whose account it was is certain. */
const quotationOf = ({ destination_caller_id, is_from_me, sender, text }: ImsgMessage): Quotation => {
  const author = is_from_me ? destination_caller_id : sender
  return {
    reply_to_text: cut(text ?? "", MAX_QUOTE),
    ...(author === undefined ? {} : { reply_to_sender: author })
  }
}

/** Adds to a row what it replies to, where that can be found out. */
export type WithQuotation = (row: ImsgMessage) => Effect.Effect<ImsgMessage>

/** Whether there is something to be found out. */
export const lacksQuotation = (row: ImsgMessage): boolean => wantedBy(row) !== undefined

export const makeWithQuotation = (lookInto: LookInto): WithQuotation => {
  const known = new Map<string, Quotation>()
  const remember = (guid: string, quotation: Quotation) => {
    known.set(guid, quotation)
    const [oldest] = known.keys()
    if (known.size > CAPACITY && oldest !== undefined) known.delete(oldest)
  }
  return (row) =>
    Effect.gen(function* () {
      const guid = wantedBy(row)
      const { chat_id } = row
      if (guid === undefined || chat_id === undefined || chat_id <= 0) return row
      const before = known.get(guid)
      if (before !== undefined) return { ...row, ...before }
      const said = yield* lookInto(chat_id)
      const quoted = Option.flatMapNullable(said, ({ rows }) => rows.find((other) => other.guid === guid))
      if (Option.isNone(quoted)) return row
      const quotation = quotationOf(quoted.value)
      remember(guid, quotation)
      return { ...row, ...quotation }
    })
}
