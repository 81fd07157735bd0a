/** Conversations for machines: without anybody's words in lists, with them where one is asked for. */

import type { Exchange, KnownConversation } from "../../schemas/Conversation.ts"
import type { ConversationRecord, ConversationWords } from "../../schemas/control/Records.ts"
import { type People, personOf } from "../../schemas/People.ts"

/** A conversation as `list --json` has it; `people` are those of the config as it is now. */
export const summary = (
  { beganAt, exchanges, key: { agentId, kind, of }, lastAt, number }: KnownConversation,
  people: People
): ConversationRecord => {
  const name = kind === "person" ? personOf(people, of)?.name : undefined
  return {
    ...{ id: number, agentId, kind, of },
    ...(name === undefined ? {} : { name }),
    ...{ exchanges, beganAt, lastAt }
  }
}

/** A conversation as `show --json` has it: with all that was said. */
export const details = (
  known: KnownConversation & { readonly said: ReadonlyArray<Exchange> },
  people: People
): ConversationWords => ({ ...summary(known, people), said: known.said })
