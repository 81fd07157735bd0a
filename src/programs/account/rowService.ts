/**
 * The service of a row, where somebody is admitted by one service and not by another. A row does not say it, and newer
 * versions of Messages keep one chat for all services, whose guid does not tell either: it is asked of the chat.
 */
import { Array as Arr, Effect } from "effect"
import { readEntry } from "../../schemas/AllowList.ts"
import type { AccountConfig } from "../../schemas/Config.ts"
import { viaOf } from "../../schemas/Envelope.ts"
import { normaliseHandle } from "../../schemas/Handle.ts"
import { type ImsgMessage, Methods } from "../../schemas/ImsgProtocol.ts"
import { isEveryService } from "../../schemas/Target.ts"
import type { ImsgSession, RequestError } from "../../services/ImsgProcess.ts"

/** Chats that are looked through, those with the newest messages first: the row is among the newest. */
const CHATS = 50

/** The handles that are let in by one service only. */
const byOneService = ({ allowFrom, groupAllowFrom = [], region }: AccountConfig): ReadonlySet<string> =>
  new Set(
    Arr.getRights([...allowFrom, ...groupAllowFrom].map((entry) => readEntry(entry, region))).flatMap(
      (entry) => (entry._tag === "Sender" && entry.via !== undefined ? [entry.handle] : [])
    )
  )

/** The function that completes an account's rows with the service of their chat, where that matters. */
export const makeWithService = (account: AccountConfig, session: ImsgSession) => {
  const { region, services, supervision } = account
  const isOpen = isEveryService(services)
  const handles = byOneService(account)
  const matters = ({ reply_to_sender, sender }: ImsgMessage): boolean =>
    !isOpen || [sender, reply_to_sender].some((one) => one && handles.has(normaliseHandle(one, region)))

  return (row: ImsgMessage): Effect.Effect<ImsgMessage, RequestError> =>
    viaOf(row) !== undefined || !matters(row)
      ? Effect.succeed(row)
      : session.request(Methods.chatsList, { limit: CHATS }, supervision.requestTimeoutMs).pipe(
          Effect.map(({ chats }) => {
            const chat = chats.readable.find(
              ({ guid, id }) => id === row.chat_id || (guid !== undefined && guid === row.chat_guid)
            )
            return chat?.service === undefined ? row : { ...row, service: chat.service }
          })
        )
}
