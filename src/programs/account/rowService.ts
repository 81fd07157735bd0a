/**
 * The service of a row, where somebody is admitted by one service and not by another. A row does not say it, and newer
 * versions of Messages keep one chat for all services, whose guid does not tell either: it is asked of the chat.
 */
import { Array as Arr, Effect } from "effect"
import { readEntry } from "../../schemas/AllowList.ts"
import type { AccountConfig } from "../../schemas/Config.ts"
import { viaOf } from "../../schemas/Envelope.ts"
import { type ImsgMessage, Methods } from "../../schemas/ImsgProtocol.ts"
import { isEveryService } from "../../schemas/Target.ts"
import type { ImsgSession, RequestError } from "../../services/ImsgProcess.ts"
import { whenIdle } from "./whenIdle.ts"

/** Chats that are looked through, those with the newest messages first: the row is among the newest. */
const CHATS = 50

/** Whether anything in the config of an account depends on the service of a message. */
const dependsOnService = ({ allowFrom, groupAllowFrom = [], region, services }: AccountConfig): boolean =>
  !isEveryService(services) ||
  Arr.getRights([...allowFrom, ...groupAllowFrom].map((entry) => readEntry(entry, region))).some(
    (entry) => entry._tag === "Sender" && entry.via !== undefined
  )

/** The row with the service of its chat, where that matters and the row does not tell it; else the row as it is. */
export const withService = (
  account: AccountConfig,
  session: ImsgSession,
  row: ImsgMessage
): Effect.Effect<ImsgMessage, RequestError> =>
  viaOf(row) !== undefined || !dependsOnService(account)
    ? Effect.succeed(row)
    : whenIdle(session).pipe(
        Effect.zipRight(
          session.request(Methods.chatsList, { limit: CHATS }, account.supervision.requestTimeoutMs)
        ),
        Effect.map(({ chats }) => {
          const chat = chats.readable.find(
            ({ guid, id }) => id === row.chat_id || (guid !== undefined && guid === row.chat_guid)
          )
          return chat?.service === undefined ? row : { ...row, service: chat.service }
        })
      )
