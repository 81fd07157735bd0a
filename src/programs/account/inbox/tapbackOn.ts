/** Tapbacks that are read again in builds whose histories have no rows of them: they stand on their messages. */
import type { ImsgMessage } from "../../../schemas/ImsgProtocol.ts"
import type { UnripeRow } from "../../../schemas/UnripeRow.ts"

/** What is said of the chat in each of its rows. */
const chatIn = ({ chat_guid, chat_id, chat_identifier, is_group, participants }: ImsgMessage) => ({
  ...(chat_guid === undefined ? {} : { chat_guid }),
  ...(chat_id === undefined ? {} : { chat_id }),
  ...(chat_identifier === undefined ? {} : { chat_identifier }),
  ...(is_group === undefined ? {} : { is_group }),
  ...(participants === undefined ? {} : { participants })
})

/** A row that waits as the tapback that it is on a message; none where it does not stand there, or was taken back. */
export const tapbackOn = (message: ImsgMessage, { guid, rowId }: UnripeRow): ImsgMessage | undefined => {
  const standing = message.reactions?.find(({ id }) => id === rowId)
  if (standing?.is_from_me === undefined) return undefined
  const { created_at, emoji, is_from_me, sender, type } = standing
  return {
    ...chatIn(message),
    ...{ id: rowId, guid, is_from_me },
    ...{ is_reaction: true, is_reaction_add: true, reacted_to_guid: message.guid },
    ...(type === undefined ? {} : { reaction_type: type }),
    ...(emoji === undefined ? {} : { reaction_emoji: emoji }),
    ...(sender === undefined ? {} : { sender }),
    ...(created_at === undefined ? {} : { created_at })
  }
}
