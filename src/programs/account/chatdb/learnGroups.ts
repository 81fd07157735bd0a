/**
 * What the groups are called that the config names by their chat_id. One that goes on as another chat is known again by
 * its identifier, which has to be known before the first message from there is judged.
 */
import { Effect } from "effect"
import { chatIdsOf } from "../../../schemas/config/groupKeys.ts"
import type { ChatNames } from "../../../schemas/GroupSettings.ts"
import { type ImsgChat, Methods } from "../../../schemas/ImsgProtocol.ts"
import { GroupChats } from "../../../services/GroupChats.ts"
import type { ImsgSession } from "../../../services/ImsgProcess.ts"
import type { AccountContext } from "../AccountContext.ts"

/** Chats that are looked through, newest first; what is older than all of these is known once it writes. */
const CHATS = 500

const namesOf = ({ guid, id, identifier }: ImsgChat): ChatNames => ({
  chatId: id,
  ...(guid ? { chatGuid: guid } : {}),
  ...(identifier ? { chatIdentifier: identifier } : {})
})

/** The chats of some ids, and those with the same identifiers. */
export const chatsOfGroups = (
  chats: ReadonlyArray<ImsgChat>,
  chatIds: ReadonlyArray<number>
): ReadonlyArray<ChatNames> => {
  const identifiers = new Set(
    chats.flatMap(({ id, identifier }) => (identifier && chatIds.includes(id) ? [identifier] : []))
  )
  return chats.filter(({ identifier }) => identifier && identifiers.has(identifier)).map(namesOf)
}

/** Asks the child where there is anything to learn. That it cannot say it is no failure: it is asked again. */
export const learnGroups = ({ account }: AccountContext, session: ImsgSession) =>
  Effect.gen(function* () {
    const groupChats = yield* GroupChats
    const unknown = yield* groupChats.unknown(account.id, chatIdsOf(Object.keys(account.groups)))
    if (unknown.length === 0) return
    const { chats } = yield* session.request(
      Methods.chatsList,
      { limit: CHATS },
      account.supervision.requestTimeoutMs
    )
    yield* groupChats.learn(account.id, chatsOfGroups(chats.readable, unknown))
  }).pipe(
    Effect.catchAll((error) =>
      Effect.logDebug("what groups are called could not be asked").pipe(
        Effect.annotateLogs({ code: error.code })
      )
    )
  )
