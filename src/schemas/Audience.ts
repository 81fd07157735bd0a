/** Who sees what is answered in a chat that counts as direct. */
import type { AccountConfig } from "./Config.ts"
import type { Envelope } from "./Envelope.ts"
import { normaliseHandle } from "./Handle.ts"
import { isSamePerson, type People } from "./People.ts"

/** By what it is known who is who. */
interface Known {
  readonly account: Pick<AccountConfig, "region">
  readonly people: People
}

/** Whether only two take part: the chat of two is identified by a handle of the other one. */
export const isBetweenTwo = ({ account, people }: Known, { chatIdentifier, sender }: Envelope): boolean =>
  chatIdentifier !== undefined &&
  isSamePerson(people, sender, normaliseHandle(chatIdentifier, account.region))

/** Whether only one other can see what is answered; where nobody knows it, others can. */
export const isForOne = (known: Known, envelope: Envelope): boolean =>
  envelope.participantCount === undefined ? isBetweenTwo(known, envelope) : envelope.participantCount <= 1
