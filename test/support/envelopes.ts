/** Envelopes and rows for tests. */
import type { Envelope } from "../../src/schemas/Envelope.ts"
import type { ImsgMessage } from "../../src/schemas/ImsgProtocol.ts"
import type { TurnMessage } from "../../src/schemas/Turn.ts"

/** Who writes, where a test says nothing else. */
export const ALICE = "+15555550101"
export const BOB = "+15555550102"

/** A direct message of Alice, without a time. */
export const makeEnvelope = (partial: Partial<Envelope> = {}): Envelope & { readonly chatId: number } => ({
  accountId: "default",
  rowId: 1,
  cursor: partial.rowId ?? 1,
  guid: `guid-${partial.rowId ?? 1}`,
  service: "auto",
  isGroup: false,
  isFromMe: false,
  isReaction: false,
  sender: ALICE,
  text: "hello",
  attachments: [],
  ...partial,
  chatId: partial.chatId ?? 7
})

/** One of which Messages does not say what chat it belongs to. */
export const withoutChat = (envelope: Envelope): Envelope => {
  const { chatId: _, ...rest } = envelope
  return rest
}

/** An envelope as a turn has it, with no files. */
export const asTurnMessage = (envelope: Envelope): TurnMessage => ({
  ...envelope,
  attachments: [],
  withheld: []
})

/** A row as `imsg` shows it: a direct message of Alice. */
export const makeMessage = (partial: Partial<ImsgMessage> = {}): ImsgMessage => ({
  id: 1,
  guid: `guid-${partial.id ?? 1}`,
  chat_id: 7,
  is_from_me: false,
  sender: ALICE,
  text: "hello",
  ...partial
})
